"""Attention, and the positions that it needs to be told."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..ops.elementwise import absolute, exp, floor, less, not_equal, tanh
from ..ranges import expect_number
from ..tensor import Operand, Tensor, broadcast, caller, constant, expect_axes, fail, make
from .elementwise import cast, where
from .matrix import matmul
from .normalisation import scale_and_shift
from .reduce import sum
from .softmax import softmax
from .sources import iota
from .views import concatenate, pad, reshape, stack, transpose

__all__ = ["additive_attention", "attention", "attention_weights", "rotary", "sinusoidal_positions"]

HIDDEN = -1e30  # the score of a key that is not seen
BLOCKS = 4  # from so many windows on, scores are computed in blocks


def attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool = False,
    scale: Operand | None = None,
    lengths: Tensor | None = None,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    window: int | None = None,
) -> Tensor:
    """softmax(scale · q kᵀ + bias) v for each batch and head.

    q [batch, queries, heads, head_dim], k [batch, keys, heads, head_dim], v [batch, keys, heads, value_dim]
    -> [batch, queries, heads, value_dim]. `scale`, a number or a scalar, is 1 / √head_dim unless given.
    `causal`: query i sees no key past i + (keys - queries), so that one query sees them all. `lengths` u32[batch] or
    u32[]: only so many of the keys are there, the others being padding or the free part of a cache. A query that sees
    no key gives zeros. q, k and v may be slices of one projection: they are read where they lie. k and v may have fewer
    heads, of which each serves as many neighbouring heads of q (Ainslie et al., 2023).

    No score is ever stored, unless one of these is given, all of which PyTorch takes as its `attn_mask`:
    `bias`, added to the scores, as that of ALiBi (Press, Smith and Lewis, 2022) or of relative positions, and `mask`,
    not 0 where a query sees a key, both of any shape that broadcasts to [batch, heads, queries, keys]; `window`: a
    query sees the keys less than so many places from it, its own being i + (keys - queries), so with `causal` so many
    keys (Beltagy, Peters and Cohan, 2020). What a bias hides by -1e30 is hidden; infinities are for no device.
    Source: Vaswani et al. (2017), section 3.2.1; computed as in Dao et al. (2022).
    """
    expect_axes("attention", "batch,time,heads,head_dim", q, k, v)
    expect_number("attention: scale", scale)
    _repeats("attention", q, k)
    if bias is not None or mask is not None or _narrows(q, k, window):
        return _by_scores(q, k, v, causal, scale, lengths, bias, mask, window)
    if scale is not None:
        q = q * (scale * math.sqrt(q.shape[-1]))  # since the op divides by √head_dim
    return _fused(q, k, v, _lengths(k, lengths), causal)


def _by_scores(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    scale: Operand | None,
    lengths: Tensor | None,
    bias: Tensor | None,
    mask: Tensor | None,
    window: int | None,
) -> Tensor:
    """Attention by way of its weights: all of them, or where there is nothing but a narrow window those near it."""
    alone = causal and bias is None and mask is None and lengths is None and q.shape[1] == k.shape[1]
    if alone and window is not None and k.shape[1] >= BLOCKS * window:
        return _in_blocks(q, k, v, scale, window)
    weights = attention_weights(q, k, causal, scale, lengths, bias, mask, window)
    for seen in _seen(q, k, causal, lengths, mask, window):
        weights = where(seen, weights, 0.0)  # which only matters where a query sees no key
    return weighted(weights, v)


def _fused(q: Tensor, k: Tensor, v: Tensor, lengths: Tensor, causal: bool) -> Tensor:
    """Attention by the kernels, which take as many heads of keys as of queries.

    Where a query's place doesn't matter, the query heads that ask one head of keys are so many more queries of one
    head; else that head of keys is repeated.
    """
    repeats = _repeats("attention", q, k)
    if repeats == 1:
        return make("attention", (q, k, v, lengths), causal=int(causal))
    if causal:
        return make("attention", (q, *(_repeated(x, repeats) for x in (k, v)), lengths), causal=1)
    batch, queries, heads, head_dim = q.shape
    grouped = reshape(q, (batch, queries, heads // repeats, repeats, head_dim))
    asked = reshape(transpose(grouped, (0, 1, 3, 2, 4)), (batch, queries * repeats, heads // repeats, head_dim))
    y = make("attention", (asked, k, v, lengths), causal=0)
    found = reshape(y, (batch, queries, repeats, heads // repeats, v.shape[3]))
    return reshape(transpose(found, (0, 1, 3, 2, 4)), (batch, queries, heads, v.shape[3]))


def attention_weights(
    q: Tensor,
    k: Tensor,
    causal: bool = False,
    scale: Operand | None = None,
    lengths: Tensor | None = None,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    window: int | None = None,
) -> Tensor:
    """The probabilities by which `attention` weighs the values: f32[batch, heads, queries, keys].

    Arguments as of `attention`. A query that sees no key weighs all alike.
    """
    expect_axes("attention_weights", "batch,time,heads,head_dim", q, k)
    expect_number("attention_weights: scale", scale)
    _, queries, heads, head_dim = q.shape
    batch, keys, key_heads, _ = k.shape
    repeats = _repeats("attention_weights", q, k)
    asked = transpose(q, (0, 2, 1, 3))
    if repeats > 1:
        asked = reshape(asked, (q.shape[0], key_heads, repeats * queries, head_dim))
    scores = matmul(asked, transpose(k, (0, 2, 1, 3)), "nt")
    scores = reshape(scores, (batch, heads, queries, keys)) if repeats > 1 else scores
    scores = scores * (1 / math.sqrt(head_dim) if scale is None else scale)
    if bias is not None:
        scores = scores + _over_scores("bias", bias, scores.shape)
    for seen in _seen(q, k, causal, lengths, mask, window):
        scores = where(seen, scores, HIDDEN)
    return softmax(scores)


def weighted(weights: Tensor, v: Tensor) -> Tensor:
    """What weights [batch, heads, queries, keys] take of values [batch, keys, heads or fewer, value_dim]."""
    batch, heads, queries, keys = weights.shape
    if v.shape[2] != heads:
        weights = reshape(weights, (batch, v.shape[2], heads // v.shape[2] * queries, keys))
    mixed = matmul(weights, transpose(v, (0, 2, 1, 3)))
    if v.shape[2] != heads:
        mixed = reshape(mixed, (batch, heads, queries, v.shape[3]))
    return transpose(mixed, (0, 2, 1, 3))


def _in_blocks(q: Tensor, k: Tensor, v: Tensor, scale: Operand | None, window: int) -> Tensor:
    """Causal attention to a window: each block of so many queries sees its own keys and those of the block before.

    So scores are few times 2 · window, and not times all keys.
    """
    (batch, time), count = q.shape[:2], -(-q.shape[1] // window)
    rest = count * window - time

    def blocks(x: Tensor, later: int) -> Tensor:
        """Blocks of x, of which the first `later` are zeros."""
        moved = pad(x, ((0, 0), (later * window, rest), (0, 0), (0, 0)))[:, : count * window]
        return reshape(moved, (batch * count, window, *x.shape[2:]))

    keys, values = (concatenate([blocks(x, 1), blocks(x, 0)], 1) for x in (k, v))
    block, place = reshape(iota(batch * count), (batch * count, 1, 1, 1)) % count, iota(2 * window)
    y = attention(
        blocks(q, 0), keys, values, True, scale, mask=less(window, block * window + (place + 1)), window=window
    )
    return reshape(y, (batch, count * window, *y.shape[2:]))[:, :time]


def _seen(
    q: Tensor, k: Tensor, causal: bool, lengths: Tensor | None, mask: Tensor | None, window: int | None
) -> Iterator[Tensor]:
    """Conditions [batch, heads, queries, keys], of which all must hold where a query sees a key."""
    shape = (k.shape[0], q.shape[2], q.shape[1], k.shape[1])
    _, _, queries, keys = shape
    key = broadcast(iota(keys), shape)
    query = broadcast(reshape(iota(queries), (queries, 1)), shape)
    if causal:
        yield less(key + queries, query + (keys + 1))
    if lengths is not None:
        yield less(key, broadcast(reshape(_lengths(k, lengths), (shape[0], 1, 1, 1)), shape))
    if mask is not None:
        yield not_equal(_over_scores("mask", mask, shape), 0)
    if _narrows(q, k, window):
        assert window is not None
        yield less(query + keys, key + (queries + window))
        if not causal:
            yield less(key + queries, query + (keys + window))


def _narrows(q: Tensor, k: Tensor, window: int | None) -> bool:
    """Whether some query has keys outside of its window."""
    if window is not None and window < 1:
        raise fail(f"attention: a window has at least 1 key, found {window}", caller())
    return window is not None and window < max(q.shape[1], k.shape[1])


def _over_scores(name: str, x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A bias or a mask for each score."""
    kept = zip(x.shape[::-1], shape[::-1], strict=False)
    if len(x.shape) > len(shape) or any(n not in (1, length) for n, length in kept):
        wanted = f"[batch,heads,queries,keys], here {list(shape)}"
        raise fail(f"attention: a {name} broadcasts to {wanted}, found {x.type}", caller())
    return broadcast(x, shape)


def _repeats(op: str, q: Tensor, k: Tensor) -> int:
    """How many heads of queries each head of keys serves."""
    heads, key_heads = q.shape[2], k.shape[2]
    if heads % key_heads:
        raise fail(f"{op}: {heads} heads of queries cannot share {key_heads} heads of keys equally", caller())
    return heads // key_heads


def _repeated(x: Tensor, repeats: int) -> Tensor:
    """Keys or values with each head so many times, one after the other."""
    batch, keys, heads, width = x.shape
    wide = broadcast(reshape(x, (batch, keys, heads, 1, width)), (batch, keys, heads, repeats, width))
    return reshape(wide, (batch, keys, heads * repeats, width))


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
