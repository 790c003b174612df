"""Axes added, dropped and moved, and elements repeated or put elsewhere, as views: nothing here is computed."""

from __future__ import annotations

import math
from typing import Literal

from ..tensor import Tensor, broadcast, caller, fail
from .views import axes_of, axis_of, concatenate, pad, reshape, slice, transpose

__all__ = [
    "expand_dims",
    "flatten",
    "meshgrid",
    "moveaxis",
    "repeat_interleave",
    "roll",
    "sliding_window_view",
    "squeeze",
    "tile",
]


def squeeze(x: Tensor, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """x without its axes of length 1, or without those that `axis` names, whose length must be 1."""
    ones = tuple(n for n, length in enumerate(x.shape) if length == 1)
    axes = ones if axis is None else axes_of("squeeze", x, axis)
    for n in axes:
        if n not in ones:
            raise fail(f"squeeze: axis {n} of {x.type} has length {x.shape[n]}, expected 1", caller())
    return reshape(x, tuple(length for n, length in enumerate(x.shape) if n not in axes))


def expand_dims(x: Tensor, axis: int) -> Tensor:
    """x with a new axis of length 1 as axis `axis`; `x[:, None]` is the shorter way to write it."""
    rank = len(x.shape) + 1
    if not -rank <= axis < rank:
        raise fail(f"expand_dims: {x.type} gets a new axis from {-rank} to {rank - 1}, found {axis}", caller())
    return reshape(x, (*x.shape[: axis % rank], 1, *x.shape[axis % rank :]))


def flatten(x: Tensor, start: int = 0, end: int = -1) -> Tensor:
    """x with its axes `start` to `end`, and all between, as one axis; of a scalar a vector of one."""
    if not x.shape:
        return reshape(x, (1,))
    first, last = axis_of("flatten", x, start), axis_of("flatten", x, end)
    if first > last:
        raise fail(f"flatten: of {x.type} axis {end} does not come after axis {start}", caller())
    return reshape(x, (*x.shape[:first], math.prod(x.shape[first : last + 1]), *x.shape[last + 1 :]))


def moveaxis(x: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Tensor:
    """x with axes `source` as axes `destination`, one or several, and the others in their order."""
    given = [(each,) if isinstance(each, int) else each for each in (source, destination)]
    if len(given[0]) != len(given[1]):
        raise fail(f"moveaxis: as many sources as destinations, found {source} and {destination}", caller())
    for axes in given:
        axes_of("moveaxis", x, axes)
    at, to = (tuple(n % len(x.shape) for n in axes) for axes in given)
    order = [n for n in range(len(x.shape)) if n not in at]
    for target, origin in sorted(zip(to, at, strict=True)):
        order.insert(target, origin)
    return transpose(x, tuple(order))


def repeat_interleave(x: Tensor, repeats: int, axis: int) -> Tensor:
    """Each slice along `axis` so many times, one after the other: [1, 2] twice is [1, 1, 2, 2]. NumPy's `repeat`."""
    axis = axis_of("repeat_interleave", x, axis)
    if repeats < 1:
        raise fail(f"repeat_interleave: repeats is at least 1, found {repeats}", caller())
    before, length, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    wide = broadcast(reshape(x, (*before, length, 1, *after)), (*before, length, repeats, *after))
    return reshape(wide, (*before, length * repeats, *after))


def tile(x: Tensor, repeats: int | tuple[int, ...]) -> Tensor:
    """x as a whole, so many times along each axis: [1, 2] twice is [1, 2, 1, 2]. PyTorch's method `repeat`.

    Fewer numbers than axes are for the last axes, and for more of them x gets new axes in front.
    """
    times = (repeats,) if isinstance(repeats, int) else repeats
    if min(times, default=1) < 1:
        raise fail(f"tile: repeats are at least 1, found {repeats}", caller())
    rank = max(len(times), len(x.shape))
    times = (*(1,) * (rank - len(times)), *times)
    shape = (*(1,) * (rank - len(x.shape)), *x.shape)
    wide = tuple(n for each in zip(times, shape, strict=True) for n in each)
    apart = reshape(x, tuple(n for length in shape for n in (1, length)))
    return reshape(broadcast(apart, wide), tuple(n * m for n, m in zip(times, shape, strict=True)))


def roll(x: Tensor, shift: int | tuple[int, ...], axis: int | tuple[int, ...] | None = None) -> Tensor:
    """x with its elements so many places further along axes, those that leave at the end coming in at the start.

    Without `axis`, along all elements in row-major order.
    """
    if axis is None:
        if not isinstance(shift, int):
            raise fail(f"roll: one shift where no axis is named, found {shift}", caller())
        return reshape(roll(reshape(x, (x.size,)), shift, 0), x.shape)
    axes = (axis,) if isinstance(axis, int) else axis
    shifts = (shift,) * len(axes) if isinstance(shift, int) else shift
    if len(shifts) != len(axes):
        raise fail(f"roll: a shift for each axis, found {shift} for {axis}", caller())
    for by, each in zip(shifts, axes, strict=True):
        n = axis_of("roll", x, each)
        cut = -by % x.shape[n]
        if cut:
            lengths, zeros = list(x.shape), (0,) * len(x.shape)
            head, tail = ((*lengths[:n], m, *lengths[n + 1 :]) for m in (cut, x.shape[n] - cut))
            start = (*zeros[:n], cut, *zeros[n + 1 :])
            x = concatenate([slice(x, start, tail), slice(x, zeros, head)], n)
    return x


def sliding_window_view(x: Tensor, window: int, axis: int = -1) -> Tensor:
    """All `window` neighbours along an axis: y[..., i, ..., j] = x[..., i + j, ...], j along a new last axis.

    x [n] -> [n - window + 1, window]. PyTorch's method `unfold` gives every step-th of them: y[::step].
    """
    axis = axis_of("sliding_window_view", x, axis)
    n = x.shape[axis]
    if not 1 <= window <= n:
        raise fail(f"sliding_window_view: a window of {x.type} has 1 to {n} elements, found {window}", caller())
    order = (*(a for a in range(len(x.shape)) if a != axis), axis)
    lines = transpose(x, order)
    before = lines.shape[:-1]
    # In window copies one after the other, read as rows of n + 1, each row begins one element further on.
    copies = broadcast(reshape(lines, (*before, 1, n)), (*before, window, n))
    line = pad(reshape(copies, (*before, window * n)), [*[(0, 0)] * len(before), (0, window)])
    rows = reshape(line, (*before, window, n + 1))[..., : n - window + 1]
    rank = len(before)
    return transpose(rows, (*range(axis), rank + 1, *range(axis, rank), rank))


def meshgrid(*tensors: Tensor, indexing: Literal["ij", "xy"]) -> list[Tensor]:
    """Vectors as coordinates of a grid: of each a tensor of the grid's shape, which varies along its own axis.

    "ij": axis n is the n-th vector's, as in PyTorch. "xy": the first two are exchanged, as in NumPy.
    """
    if any(len(x.shape) != 1 for x in tensors):
        raise fail(f"meshgrid: expected vectors, found {' and '.join(str(x.type) for x in tensors)}", caller())
    axes = list(range(len(tensors)))
    if indexing == "xy":
        axes[:2] = axes[:2][::-1]
    lengths = {axis: x.size for axis, x in zip(axes, tensors, strict=True)}
    shape = tuple(lengths[n] for n in range(len(tensors)))
    alone = (
        tuple(x.size if n == axis else 1 for n in range(len(shape))) for axis, x in zip(axes, tensors, strict=True)
    )
    return [broadcast(reshape(x, own), shape) for x, own in zip(tensors, alone, strict=True)]
