"""Reading and writing where another tensor says."""

from __future__ import annotations

from ..tensor import Tensor, broadcast, caller, fail, make
from .elementwise import equal
from .sources import iota
from .views import Part, indexed, moved, reshape, spelt_out, transpose

__all__ = ["gather", "one_hot", "update_at"]


def gather(table: Tensor, rows: Tensor) -> Tensor:
    """table[rows]: table [n, …], rows u32[…] -> [*rows, …]; an index past the end takes the last row."""
    return make("gather", (table, rows))


def taken(x: Tensor, index: tuple[Part, ...]) -> Tensor:
    """x[index] with at most one u32 tensor of places along its axis; the axes of that tensor stand in the axis's place.

    As in NumPy, but that a place past the end means the last, and that a number apart from the tensor is refused: NumPy
    puts the tensor's axes first then, PyTorch does not.
    """
    parts = spelt_out(x, index)
    tensors = [n for n, part in enumerate(parts) if isinstance(part, Tensor)]
    box = indexed(x, tuple(slice(None) if isinstance(part, Tensor) else part for part in parts))
    if not tensors:
        return box
    if len(tensors) > 1:
        hint = "Index twice; one element of each row, whose place `at` says, is sum(x * one_hot(at, x.shape[-1]), -1)"
        raise fail(f"{x.type}: an index has one tensor at most, found {len(tensors)}", caller(), hint=hint)
    (at,) = tensors
    numbers = [n for n, part in enumerate(parts) if isinstance(part, int)]
    if numbers and max(*numbers, at) - min(*numbers, at) > len(numbers):
        raise fail(f"{x.type}: a number stands apart from the tensor in an index", caller(), hint="Index twice")
    places, axis = parts[at], at - sum(n < at for n in numbers)
    assert isinstance(places, Tensor)
    y = gather(moved(box, axis, 0), places)
    new = len(places.shape)
    return transpose(y, (*range(new, new + axis), *range(new), *range(new + axis, len(y.shape))))


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """1.0 at each label and 0.0 elsewhere: labels u32[…] -> f32[…, classes]; a label past the end gives zeros."""
    shape = (*labels.shape, classes)
    return equal(broadcast(reshape(labels, (*labels.shape, 1)), shape), broadcast(iota(classes), shape))


def update_at(x: Tensor, index: Tensor, value: Tensor, axis: int = 0) -> Tensor:
    """x with what stands at `index` (u32 scalar) of `axis` replaced: value has x's shape without that axis.

    It is written in place, so it is to be assigned to the variable (a state) that x reads; whoever uses the result
    sees the new value. An index past the end means the last.
    """
    return make("update_at", (x, index, value), axis=axis + len(x.shape) if axis < 0 else axis)
