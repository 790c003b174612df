"""The order of numbers along an axis, and what stands at a place in it."""

from __future__ import annotations

import math

from ..ops.elementwise import equal
from ..ranges import expect_number
from ..tensor import Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, where
from .reduce import sum
from .sources import iota
from .views import axis_of, moved, reshape

__all__ = ["argsort", "quantile", "rank", "sort", "top_k"]

EXACT = 2**24  # below it f32 holds every whole number, as which places are found


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
    if length > EXACT:
        raise fail(f"top_k: expected at most {EXACT} elements in a row, found {x.type}", caller())
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


def quantile(x: Tensor, q: float, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The number below which a share q of the elements along an axis lies, or of all; between two, in proportion.

    q = 0.5 gives the median as in NumPy, the mean of the two in the middle; PyTorch's `median` is the lower one.
    Every pair of a row is compared, as by `sort`.
    """
    expect_number("quantile: q", q, 0, 1)
    axis = None if axis is None else axis_of("quantile", x, axis)
    rows = reshape(x, (x.size,)) if axis is None else moved(x, axis, -1)
    at = q * (rows.shape[-1] - 1)
    low, share = math.floor(at), at - math.floor(at)
    ordered = sort(rows)
    y = ordered[..., low] if share == 0 else ordered[..., low] * (1 - share) + ordered[..., low + 1] * share
    kept = tuple(1 if axis is None or n == axis else length for n, length in enumerate(x.shape))
    return reshape(y, kept) if keepdims else y
