"""Many numbers made one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from ..ops.elementwise import less, not_equal, sqrt, square
from ..tensor import Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, where
from .sources import eye, full
from .views import axes_of, concatenate, reshape, slice

__all__ = [
    "all",
    "any",
    "argmax",
    "argmin",
    "count_nonzero",
    "global_norm",
    "max",
    "mean",
    "min",
    "norm",
    "prod",
    "std",
    "sum",
    "var",
]

LONG = 64  # so many products of all numbers but one are computed at once; for more, of blocks

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


def prod(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Product over one axis, several, or all; those axes go, or with `keepdims` stay with length 1. x is f32.

    The gradient by each number is the product of the others, also where one of them is 0.
    """
    return _reduce("prod", x, axis, keepdims)


def all(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """1.0 where no element (f32) along one axis, several, or all is 0, else 0.0."""
    return min(_counted("all", x), axis, keepdims)


def any(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """1.0 where some element (f32) along one axis, several, or all is not 0, else 0.0."""
    return max(_counted("any", x), axis, keepdims)


def count_nonzero(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """u32: how many elements (f32) along one axis, several, or all are not 0; exact up to 2^24.

    So `count_nonzero(x > 0)` counts what is positive; the share of it is mean(x > 0).
    """
    return cast(sum(_counted("count_nonzero", x), axis, keepdims), "u32")


def _counted(op: str, x: Tensor) -> Tensor:
    if x.dtype != "f32":
        raise fail(f"{op}: expected f32, as x > 0 gives it, found {x.type}: compare it with 0, as x != 0", caller())
    return not_equal(x, broadcast(constant(0.0), x.shape))


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


def products_of_others(y: Tensor) -> Tensor:
    """For each element that the product y is of, the product of the others: of x's shape.

    Where they are many, the product of the other blocks of √length elements, and of the others in its own.
    """
    (x,), axes = y.inputs, y.attributes["axes"]
    before, length = math.prod(x.shape[: axes[0]]), math.prod(x.shape[axis] for axis in axes)
    rows = reshape(x, (before, length, x.size // (before * length)))
    if length <= LONG:
        return reshape(_others(rows, 1), x.shape)
    width = math.isqrt(length - 1) + 1
    count = -(-length // width)
    ones = full((before, count * width - length, rows.shape[2]), 1.0) if count * width > length else None
    whole = rows if ones is None else concatenate([rows, ones], 1)
    blocks = reshape(whole, (before, count, width, rows.shape[2]))
    found = _others(blocks, 2) * _others(prod(blocks, 2, keepdims=True), 1)
    return reshape(slice(reshape(found, whole.shape), (0, 0, 0), rows.shape), x.shape)


def _others(x: Tensor, axis: int) -> Tensor:
    n, after = x.shape[axis], x.shape[axis + 1 :]
    own = reshape(eye(n), (n, n, *[1] * len(after)))
    return prod(where(own, 1.0, reshape(x, (*x.shape[:axis], 1, n, *after))), axis + 1)


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
