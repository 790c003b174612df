"""Many numbers made one, and their order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from ..ops.elementwise import equal, less, sqrt, square
from ..tensor import Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, where
from .index import tril
from .sources import full, iota
from .views import axes_of, axis_of, moved, pad, reshape, slice

__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "cumsum",
    "global_norm",
    "max",
    "mean",
    "min",
    "norm",
    "rank",
    "sort",
    "std",
    "sum",
    "top_k",
    "var",
]

WHOLE = 2**24  # below it f32 holds every whole number, as which places are found
BLOCK = 16  # up to so many elements, each running sum is added up from the first element

Axis = int | tuple[int, ...] | None


def sum(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Sum over one axis, several, or all; those axes go, or with `keepdims` stay with length 1. x is f32."""
    return _reduce("sum", x, axis, keepdims)


def mean(x: Tensor, axis: Axis = None, weights: Tensor | None = None, keepdims: bool = False) -> Tensor:
    """Mean over one axis, several, or all; those axes go, or with `keepdims` stay with length 1.

    With `weights` that broadcast to x's shape, Σ w x / Σ w: with weights of 0 and 1, the mean of what is kept (NaN of
    nothing).
    """
    if weights is not None:
        total = _reduce("sum", x * weights, axis, keepdims)
        return total / _reduce("sum", broadcast(weights, x.shape), axis, keepdims)
    total = _reduce("sum", x, axis, keepdims)
    return total * (total.size / x.size)


def var(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Variance over one axis, several, or all: the mean of the squares of the differences from the mean.

    So it is divided by the count n, as in NumPy; PyTorch's `var` divides by n - 1 unless told correction=0.
    """
    return mean(square(x - mean(x, axis, keepdims=True)), axis, keepdims=keepdims)


def std(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Standard deviation, √var, divided by n as `var` is.

    Where all numbers are equal it is 0 and has no gradient (NaN): √(var(x) + epsilon) has.
    """
    return sqrt(var(x, axis, keepdims))


def max(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Maximum over one axis, several, or all, NaN where one of them is; equal maxima share the gradient."""
    return _reduce("max", x, axis, keepdims)


def min(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Minimum over one axis, several, or all, NaN where one of them is; equal minima share the gradient."""
    return -_reduce("max", -x, axis, keepdims)


def argmax(x: Tensor, axis: int = -1) -> Tensor:
    """u32 index of the first maximum along one axis, which goes; of the first NaN where there is one."""
    return make("argmax", (x,), axes=_axes("argmax", x, axis))


def argmin(x: Tensor, axis: int = -1) -> Tensor:
    """u32 index of the first minimum along one axis, which goes; of the first NaN where there is one."""
    return make("argmin", (x,), axes=_axes("argmin", x, axis))


def norm(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """√ Σ x² over one axis, several, or all: the Euclidean length of a vector, Frobenius' norm of a matrix.

    Its gradient at 0 is 0, as in PyTorch, where that of `sqrt(sum(square(x)))` is NaN.
    """
    total = _reduce("sum", square(x), axis, keepdims)
    positive = less(0.0, total)
    # What is not chosen has a gradient too: 0 times that of a root of 1.
    return where(positive, sqrt(where(positive, total, 1.0)), total)


def global_norm(tensors: Sequence[Tensor]) -> Tensor:
    """√ Σ x² over all elements of all the tensors, f32[]. Its gradient where all are 0 is taken to be 0."""
    if not tensors:
        raise fail("global_norm: expected at least one tensor", caller())
    return make("global_norm", tuple(tensors))


def rank(x: Tensor) -> Tensor:
    """u32 place of each element in descending order along the last axis, 0 for the largest; equal ones by index.

    `less(rank(x), k)` marks the k largest; k may be an input, say a slider's. NaN is larger than any number, as in
    PyTorch. Every pair of a row is compared.
    """
    return make("rank", (x,), ascending=False)


def top_k(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest elements along the last axis in descending order, and their indices: f32 and u32[..., k].

    Equal elements come in the order in which they stand, NaN before any number, as in PyTorch. The gradient reaches the
    elements that were taken.
    """
    return _first(x, k, ascending=False)


def _first(x: Tensor, k: int, ascending: bool) -> tuple[Tensor, Tensor]:
    """The first k elements along the last axis in an order, and their indices."""
    length = x.shape[-1] if x.shape else 0
    if not 1 <= k <= length:
        raise fail(f"top_k: k is between 1 and {length} for {x.type}, found {k}", caller())
    if length > WHOLE:
        raise fail(f"top_k: expected at most {WHOLE} elements in a row, found {x.type}", caller())
    wide = (*x.shape[:-1], k, length)
    places = make("rank", (x,), ascending=ascending)
    place = broadcast(reshape(places, (*x.shape[:-1], 1, length)), wide)
    taken = equal(place, broadcast(reshape(iota(k), (k, 1)), wide))
    values = broadcast(reshape(x, (*x.shape[:-1], 1, length)), wide)
    indices = broadcast(cast(iota(length), "f32"), wide)
    return sum(where(taken, values, constant(0.0)), -1), cast(sum(taken * indices, -1), "u32")


def argsort(x: Tensor, axis: int = -1, descending: bool = False) -> Tensor:
    """u32 places along `axis` from which `sort` takes its elements; equal ones in the order in which they stand.

    `x[argsort(x)]` is `sort(x)`, for one axis. Every pair of a row is compared: for rows of up to a few thousand.
    """
    return _ordered("argsort", x, axis, descending)[1]


def sort(x: Tensor, axis: int = -1, descending: bool = False) -> Tensor:
    """The elements along `axis` in ascending order, or in descending order; the gradient goes back where they stood.

    Every pair of a row is compared: for rows of up to a few thousand, and for the largest alone there is `top_k`.
    """
    return _ordered("sort", x, axis, descending)[0]


def _ordered(op: str, x: Tensor, axis: int, descending: bool) -> tuple[Tensor, Tensor]:
    """Values in order, and indices. NaN is larger than any number, as in PyTorch and NumPy."""
    axis = axis_of(op, x, axis)
    if x.dtype != "f32":
        raise fail(f'{op}: expected f32, found {x.type}: cast it, as cast(x, "f32")', caller())
    values, indices = _first(moved(x, axis, -1), x.shape[axis], not descending)
    return moved(values, -1, axis), moved(indices, -1, axis)


def cumsum(x: Tensor, axis: int) -> Tensor:
    """Running sums: element n along `axis` is the sum of x's elements 0 to n.

    Within blocks of √length elements, and then of what the blocks before it hold, so that many can be at work and few
    roundings follow one another; up to 16 elements are one block.
    """
    axis = axis_of("cumsum", x, axis)
    before, length, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    width = length if length <= BLOCK else math.isqrt(length - 1) + 1
    count = -(-length // width)
    whole = pad(x, [(0, count * width - length if n == axis else 0) for n in range(len(x.shape))])
    blocks = reshape(whole, (*before, count, width, *after))
    inside = _sums_to(blocks, axis + 1, 0)
    if count > 1:
        inside = inside + _sums_to(sum(blocks, axis + 1, keepdims=True), axis, -1)
    return slice(reshape(inside, whole.shape), (0,) * len(x.shape), x.shape)


def _sums_to(x: Tensor, axis: int, diagonal: int) -> Tensor:
    """Σ_m x_m over m <= n + diagonal along `axis`, for each n."""
    n, after = x.shape[axis], x.shape[axis + 1 :]
    lower = reshape(tril(full((n, n), 1.0), diagonal), (n, n, *[1] * len(after)))
    return sum(where(lower, reshape(x, (*x.shape[:axis], 1, n, *after)), 0.0), axis + 1)


def _reduce(op: str, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    """`op` over one run of neighbouring axes after another, from the first axes on: sums down columns are fast."""
    axes = _axes(op, x, axis)
    kept = tuple(1 if n in axes else length for n, length in enumerate(x.shape))
    y = x
    for start, run in itertools.groupby(enumerate(axes), lambda counted: counted[1] - counted[0]):
        y = make(op, (y,), axes=tuple(range(start, start + len(list(run)))))  # the axes before it have gone
    return reshape(y, kept) if keepdims else y


def _axes(op: str, x: Tensor, axis: Axis) -> tuple[int, ...]:
    return tuple(range(len(x.shape))) if axis is None else axes_of(op, x, axis)
