"""Attention, and the positions that it needs to be told."""

from __future__ import annotations

import math

from ..tensor import Operand, Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, cos, exp, less, sin, tanh, where
from .matrix import matmul
from .reduce import sum
from .softmax import softmax
from .sources import iota
from .views import concatenate, reshape, stack, transpose

__all__ = ["additive_attention", "attention", "attention_weights", "rotary", "sinusoidal_positions"]

HIDDEN = -1e30  # the score of a key that is not seen


def attention(
    q: Tensor, k: Tensor, v: Tensor, causal: bool = False, scale: Operand | None = None, lengths: Tensor | None = None
) -> Tensor:
    """softmax(scale · q kᵀ) v for each batch and head, without ever storing the scores.

    q [batch, queries, heads, head_dim], k [batch, keys, heads, head_dim], v [batch, keys, heads, value_dim]
    -> [batch, queries, heads, value_dim]. `scale`, a number or a scalar, is 1 / √head_dim unless given.
    `causal`: query i sees no key past i + (keys - queries), so that one query sees them all. `lengths` u32[batch] or
    u32[]: only so many of the keys are there, the others being padding or the free part of a cache. A query that sees
    no key gives zeros. q, k and v may be slices of one projection: they are read where they lie.
    Source: Vaswani et al. (2017), section 3.2.1; computed as in Dao et al. (2022).
    """
    if scale is not None:
        q = q * (scale * math.sqrt(q.shape[-1]))  # which the kernel takes off again
    return make("attention", (q, k, v, _lengths(k, lengths)), causal=int(causal))


def attention_weights(
    q: Tensor, k: Tensor, causal: bool = False, scale: Operand | None = None, lengths: Tensor | None = None
) -> Tensor:
    """The probabilities by which `attention` weighs the values: f32[batch, heads, queries, keys].

    Arguments as of `attention`. A query that sees no key weighs all alike.
    """
    _, queries, _, head_dim = q.shape
    batch, keys, heads, _ = k.shape
    scores = matmul(transpose(q, (0, 2, 1, 3)), transpose(k, (0, 2, 1, 3)), "nt")
    scores = scores * (1 / math.sqrt(head_dim) if scale is None else scale)
    shape = (batch, heads, queries, keys)
    key = broadcast(iota(keys), shape)
    if causal:
        query = broadcast(reshape(iota(queries), (queries, 1)), shape)
        scores = where(less(key + queries, query + (keys + 1)), scores, HIDDEN)
    if lengths is not None:
        there = broadcast(reshape(_lengths(k, lengths), (batch, 1, 1, 1)), shape)
        scores = where(less(key, there), scores, HIDDEN)
    return softmax(scores)


def additive_attention(
    q: Tensor, k: Tensor, v: Tensor, weights: Tensor, lengths: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The context Σ_j p_ij v_j and the weights p_i = softmax_j(weights · tanh(q_i + k_j)) of Bahdanau's attention.

    q [batch, queries, units] and k [batch, keys, units] are projected already; v [batch, keys, width]; weights
    [units]; lengths as of `attention` -> f32[batch, queries, width] and f32[batch, queries, keys].
    Source: Bahdanau, Cho and Bengio (2015), section 3.1 and appendix A.1.2.
    """
    batch, queries, units = q.shape
    keys = k.shape[1]
    hidden = tanh(reshape(q, (batch, queries, 1, units)) + reshape(k, (batch, 1, keys, units)))
    scores = sum(hidden * weights, -1)
    if lengths is not None:
        there = broadcast(reshape(_lengths(k, lengths), (batch, 1, 1)), scores.shape)
        scores = where(less(broadcast(iota(keys), scores.shape), there), scores, HIDDEN)
    p = softmax(scores)
    return matmul(p, v), p


def sinusoidal_positions(length: int, width: int) -> Tensor:
    """f32[length, width]: sines of the position in the even columns, cosines in the odd ones.

    Column 2n turns by position / 10000^(2n/width) radians. Source: Vaswani et al. (2017), section 3.5.
    """
    if width % 2:
        raise fail(
            f"sinusoidal_positions: a sine and a cosine for each frequency, so an even width, found {width}", caller()
        )
    angles = _angles(iota(length), width)
    return reshape(stack([sin(angles), cos(angles)], -1), (length, width))


def rotary(x: Tensor, positions: Tensor | None = None) -> Tensor:
    """x with each pair of features turned by an angle proportional to its position, so that products of turned rows
    depend on the distance between them: x [batch, time, heads, head_dim], positions u32[time] or u32[] (of the first
    row), 0 for the first row unless given.

    Feature n is paired with n + head_dim / 2, as in GPT-NeoX, and turned by position / 10000^(2n/head_dim) radians.
    Source: Su et al. (2021), section 3.2.
    """
    *_, time, _, head_dim = x.shape
    if len(x.shape) != 4 or head_dim % 2:
        raise fail(f"rotary: expected f32[batch,time,heads,head_dim] with an even head_dim, found {x.type}", caller())
    positions = iota(time) if positions is None else positions
    if positions.shape == ():
        positions = positions + iota(time)
    half = head_dim // 2
    angles = reshape(_angles(positions, head_dim), (time, 1, half))
    first, second = x[..., :half], x[..., half:]
    turned = [first * cos(angles) - second * sin(angles), second * cos(angles) + first * sin(angles)]
    return concatenate(turned, -1)


def _angles(positions: Tensor, width: int) -> Tensor:
    """position / 10000^(2n/width) for n < width / 2: u32[time] -> f32[time, width / 2]."""
    exponents = cast(iota(width // 2), "f32") * (-2 / width * math.log(10_000))
    return reshape(cast(positions, "f32"), (*positions.shape, 1)) * exp(exponents)


def _lengths(k: Tensor, lengths: Tensor | None) -> Tensor:
    """u32[batch]: as given, the same for all, or as many as there are keys."""
    batch, keys = k.shape[:2]
    return broadcast(constant(keys, "u32") if lengths is None else lengths, (batch,))
