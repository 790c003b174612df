"""The same elements elsewhere. No view computes anything: it is arithmetic on the indices of whoever reads it."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence

from ..tensor import Index, Tensor, caller, fail, make

__all__ = ["concatenate", "flip", "reshape", "slice", "split", "stack", "swap_axes", "transpose"]

Part = Index | Tensor


def reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same elements, in row-major order, in another shape; one length may be -1, for what the others leave."""
    if shape.count(-1) == 1:
        others = math.prod(n for n in shape if n != -1)
        if others < 1 or x.size % others:
            raise fail(f"reshape: {x.type} has {x.size} elements, of which {shape} leaves no whole length", caller())
        shape = tuple(x.size // others if n == -1 else n for n in shape)
    return x if x.shape == shape else make("reshape", (x,), shape=shape)


def transpose(x: Tensor, axes: tuple[int, ...] | None = None) -> Tensor:
    """Axes in another order: axis n of the result is axis `axes[n]` of x. Without `axes` they are reversed."""
    rank = len(x.shape)
    order = tuple(reversed(range(rank))) if axes is None else tuple(a + rank if a < 0 else a for a in axes)
    return x if order == tuple(range(rank)) else make("transpose", (x,), axes=order)


def axes_of(op: str, x: Tensor, axis: int | Sequence[int]) -> tuple[int, ...]:
    """The axes that `axis` names, in order and counted from 0; a GraphError where x lacks one or one is named twice."""
    rank, given = len(x.shape), (axis,) if isinstance(axis, int) else tuple(axis)
    axes = tuple(sorted(n + rank if n < 0 else n for n in given))
    if not all(0 <= n < rank for n in axes):
        raise fail(f"{op}: {x.type} has no axes {list(given)}", caller())
    if len(set(axes)) < len(axes):
        raise fail(f"{op}: an axis of {x.type} is named twice in {list(given)}", caller())
    return axes


def axis_of(op: str, x: Tensor, axis: int) -> int:
    """The axis that `axis` names, counted from 0."""
    return axes_of(op, x, axis)[0]


def moved(x: Tensor, source: int, destination: int) -> Tensor:
    """x with axis `source` as axis `destination`, the others in their order."""
    order = list(range(len(x.shape)))
    order.insert(destination % len(order), order.pop(source))
    return transpose(x, tuple(order))


def swap_axes(x: Tensor, a: int, b: int) -> Tensor:
    """Axes a and b of x exchanged."""
    a, b = axis_of("swap_axes", x, a), axis_of("swap_axes", x, b)
    order = list(range(len(x.shape)))
    order[a], order[b] = order[b], order[a]
    return transpose(x, tuple(order))


def flip(x: Tensor, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """x with its elements in reverse order along one axis, several, or all; `x[::-1]` is a shorter way to write it."""
    axes = axes_of("flip", x, tuple(range(len(x.shape))) if axis is None else axis)
    if all(x.shape[n] == 1 for n in axes):
        return x
    places = make("iota", (), shape=(x.size,))
    for n in axes:
        stride, length = math.prod(x.shape[n + 1 :]), x.shape[n]
        along = places // stride % length
        places = make("cast", (places + (length - 1) * stride - 2 * stride * along,), dtype="u32")
    # Numbers at computed places are no kernel's work but arithmetic; its gradient need not look for who took what.
    return reshape(make("gather", (reshape(x, (x.size,)), places), exchanged=True), x.shape)


def slice(x: Tensor, starts: tuple[int, ...], shape: tuple[int, ...]) -> Tensor:
    """The box of `shape` from `starts` on. `x[1:3, ..., 0]` is the shorter way to write it."""
    return x if shape == x.shape else make("slice", (x,), starts=starts, shape=shape)


def pad(x: Tensor, widths: Sequence[tuple[int, int]]) -> Tensor:
    """Zeros around x: widths has (before, after) for each axis. The word of models, `padding.pad`, knows more modes."""
    if len(widths) != len(x.shape):
        raise fail(f"pad: {x.type} has {len(x.shape)} axes, found {len(widths)} widths", caller())
    shape = tuple(n + before + after for n, (before, after) in zip(x.shape, widths, strict=True))
    return x if shape == x.shape else make("pad", (x,), before=tuple(before for before, _ in widths), shape=shape)


def concatenate(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    """Tensors one after the other along `axis`; their other lengths are equal."""
    if not tensors:
        raise fail("concatenate: expected at least one tensor", caller())
    axis = axis + len(tensors[0].shape) if axis < 0 else axis
    return make("concatenate", tuple(tensors), axis=axis) if len(tensors) > 1 else tensors[0]


def stack(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    """Tensors of one shape beside each other along a new `axis`."""
    if not tensors:
        raise fail("stack: expected at least one tensor", caller())
    shape = tensors[0].shape
    axis = axis + len(shape) + 1 if axis < 0 else axis
    return concatenate([reshape(x, (*x.shape[:axis], 1, *x.shape[axis:])) for x in tensors], axis)


def split(x: Tensor, parts: int, axis: int = -1) -> list[Tensor]:
    """x cut into `parts` of equal length along `axis`."""
    axis = axis_of("split", x, axis)
    length, rest = divmod(x.shape[axis], parts) if parts >= 1 else (0, 1)
    if rest:
        raise fail(f"split: axis {axis} of {x.type} cannot be cut into {parts} equal parts", caller())
    shape = (*x.shape[:axis], length, *x.shape[axis + 1 :])
    starts = (tuple(n * length if a == axis else 0 for a in range(len(shape))) for n in range(parts))
    return [slice(x, start, shape) for start in starts]


def spelt_out(x: Tensor, index: tuple[Part, ...]) -> tuple[Part, ...]:
    """The index without `...`: one part for each axis of x, and None for each new axis."""
    taken = sum(part is not None and part is not ... for part in index)
    dots = [n for n, part in enumerate(index) if part is ...]
    if taken > len(x.shape) or len(dots) > 1:
        raise fail(f"{x.type} has no index {index!r}", caller())
    at = dots[0] if dots else len(index)
    return (*index[:at], *(builtins.slice(None),) * (len(x.shape) - taken), *index[at + 1 :])


def indexed(x: Tensor, index: tuple[Index, ...]) -> Tensor:
    """x[index], NumPy's basic indexing: numbers, slices, `...` and None for a new axis of length 1."""
    ranges: list[range] = []
    shape: list[int] = []
    turned: list[int] = []
    for part in spelt_out(x, index):
        if part is None:
            shape.append(1)
            continue
        places = _range(part, x.shape[len(ranges)], x)
        if places.step < 0:
            turned.append(len(shape))
        ranges.append(places if places.step > 0 else places[::-1])
        shape += [len(places)] if isinstance(part, builtins.slice) else []
    box = reshape(_taken(x, ranges), tuple(shape))
    return flip(box, tuple(turned)) if turned else box


def _taken(x: Tensor, ranges: Sequence[range]) -> Tensor:
    """The elements at the places `ranges` along each axis.

    With steps, an axis of n m elements is reshaped to [n, m], where m is the step, of which a slice takes one column.
    """
    counts = tuple(map(len, ranges))
    if all(r.step == 1 for r in ranges):
        return slice(x, tuple(r.start for r in ranges), counts)
    lengths = [n * r.step for n, r in zip(counts, ranges, strict=True)]
    starts = [max(0, min(r.start, n - m)) for r, n, m in zip(ranges, x.shape, lengths, strict=True)]
    there = [min(n - start, m) for start, n, m in zip(starts, x.shape, lengths, strict=True)]
    whole = pad(slice(x, tuple(starts), tuple(there)), [(0, m - n) for n, m in zip(there, lengths, strict=True)])
    steps = reshape(whole, tuple(m for n, r in zip(counts, ranges, strict=True) for m in (n, r.step)))
    places = tuple(m for r, start in zip(ranges, starts, strict=True) for m in (0, r.start - start))
    return reshape(slice(steps, places, tuple(m for n in counts for m in (n, 1))), counts)


def _range(part: object, length: int, x: Tensor) -> range:
    """The places that one part of an index means on an axis of `length`."""
    hint = "An index is a whole number, a slice that is not empty, `...`, None, or a tensor of whole numbers, places"
    if isinstance(part, builtins.slice):
        found = range(*part.indices(length))
        if found:
            return found
    elif isinstance(part, int) and not isinstance(part, bool) and -length <= part < length:
        return range(part % length, part % length + 1)
    raise fail(f"{x.type} has no {part!r} along an axis of length {length}", caller(), hint=hint)
