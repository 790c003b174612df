"""Attention, and the positions that it needs to be told."""

from __future__ import annotations

import math

from ..ops.elementwise import absolute, exp, floor, less, tanh
from ..ranges import expect_number
from ..tensor import Operand, Tensor, broadcast, caller, constant, expect_axes, fail, make
from .elementwise import cast, where
from .matrix import matmul
from .normalisation import scale_and_shift
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
    expect_axes("attention", "batch,time,heads,head_dim", q, k, v)
    expect_number("attention: scale", scale)
    if scale is not None:
        q = q * (scale * math.sqrt(q.shape[-1]))  # since the op divides by √head_dim
    return make("attention", (q, k, v, _lengths(k, lengths)), causal=int(causal))


def attention_weights(
    q: Tensor, k: Tensor, causal: bool = False, scale: Operand | None = None, lengths: Tensor | None = None
) -> Tensor:
    """The probabilities by which `attention` weighs the values: f32[batch, heads, queries, keys].

    Arguments as of `attention`. A query that sees no key weighs all alike.
    """
    expect_axes("attention_weights", "batch,time,heads,head_dim", q, k)
    expect_number("attention_weights: scale", scale)
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
    expect_axes("additive_attention", "batch,time,features", q, k, v)
    batch, queries, units = q.shape
    keys = k.shape[1]
    hidden = tanh(reshape(q, (batch, queries, 1, units)) + reshape(k, (batch, 1, keys, units)))
    scores = sum(scale_and_shift(hidden, weights, None), -1)  # whose gradient by the weights many can share
    if lengths is not None:
        there = broadcast(reshape(_lengths(k, lengths), (batch, 1, 1)), scores.shape)
        scores = where(less(broadcast(iota(keys), scores.shape), there), scores, HIDDEN)
    p = softmax(scores)
    return matmul(p, v), p


def sinusoidal_positions(length: int, width: int) -> Tensor:
    """f32[length, width]: sines of the position in the even columns, cosines in the odd ones.

    Columns 2n and 2n + 1 turn by position / 10000^(2n/width) radians. Source: Vaswani et al. (2017), section 3.5.
    """
    if width % 2:
        raise fail(f"sinusoidal_positions: sines and cosines take an even width, found {width}", caller())
    turns = _turns(iota(length), width)
    return reshape(stack([_sine(turns), _cosine(turns)], -1), (length, width))


def rotary(x: Tensor, positions: Tensor | None = None) -> Tensor:
    """x with each pair of features turned by an angle proportional to its row's position.

    So products of two turned rows depend on the distance between them. x [batch, time, heads, head_dim]; positions
    u32[time], or u32[] of the first row; 0, 1, 2, … unless given. Feature n is paired with n + head_dim / 2, as in
    GPT-NeoX, and turned by position / 10000^(2n/head_dim) radians. Source: Su et al. (2021), section 3.2.
    """
    if len(x.shape) != 4 or x.shape[-1] % 2:
        raise fail(f"rotary: expected f32[batch,time,heads,head_dim] with an even head_dim, found {x.type}", caller())
    time, half = x.shape[1], x.shape[3] // 2
    if positions is None or positions.shape == ():
        positions = iota(time) if positions is None else iota(time) + positions
    turns = _turns(positions, 2 * half)
    sine, cosine = (reshape(wave, (time, 1, half)) for wave in (_sine(turns), _cosine(turns)))
    first, second = x[..., :half], x[..., half:]
    return concatenate([first * cosine - second * sine, second * cosine + first * sine], -1)


def _turns(positions: Tensor, width: int) -> Tensor:
    """position / 10000^(2n/width) / 2π for n < width / 2: u32[time] -> f32[time, width / 2]."""
    frequencies = exp(cast(iota(width // 2), "f32") * (-2 / width * math.log(10_000))) / (2 * math.pi)
    return reshape(cast(positions, "f32"), (*positions.shape, 1)) * frequencies


def _sine(turns: Tensor) -> Tensor:
    return _cosine(turns + 0.75)


def _cosine(turns: Tensor) -> Tensor:
    """cos 2πt, to some 1e-7: by symmetry a sine between ±π/2, and that by its Taylor series up to x^11.

    Devices promise cosines to 5e-4 between ±π and nothing past that.
    """
    from_half = absolute(turns - floor(turns) - 0.5)
    x = (from_half - 0.25) * (2 * math.pi)
    square, series = x * x, constant(1.0)
    for n in (10, 8, 6, 4, 2):
        series = 1 - square * series * (1 / (n * (n + 1)))
    return x * series


def _lengths(k: Tensor, lengths: Tensor | None) -> Tensor:
    """u32[batch]: as given, the same for all, or as many as there are keys."""
    batch, keys = k.shape[:2]
    known = constant(keys, "u32") if lengths is None else lengths
    return broadcast(cast(known, "u32") if known.dtype == "i32" else known, (batch,))
