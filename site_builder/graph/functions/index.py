"""Reading and writing where another tensor says."""

from __future__ import annotations

from ..ops.elementwise import equal, less, less_equal, minimum
from ..tensor import Tensor, broadcast, caller, fail, make
from .elementwise import cast, where
from .sources import iota
from .views import Part, indexed, moved, reshape, spelt_out, transpose

__all__ = ["gather", "one_hot", "tril", "triu", "update_at"]


def gather(table: Tensor, rows: Tensor) -> Tensor:
    """table[rows]: table [n, …], rows u32[…] or i32[…] -> [*rows, …].

    A negative row counts from the end, as in NumPy. What is past an end takes the row at that end.
    """
    return make("gather", (table, from_start(rows, table.shape[0] if table.shape else 0)))


def taken(x: Tensor, index: tuple[Part, ...]) -> Tensor:
    """x[index] with at most one tensor of places along its axis; the axes of that tensor stand in the axis's place.

    As in NumPy, but that a place past an end means that end, and that a number apart from the tensor is refused: NumPy
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
    """1.0 at each label and 0.0 elsewhere: labels of whole numbers […] -> f32[…, classes].

    A label that is none of the classes gives zeros, a negative one too.
    """
    shape = (*labels.shape, classes)
    return equal(broadcast(reshape(labels, (*labels.shape, 1)), shape), broadcast(iota(classes), shape))


def from_start(places: Tensor, length: int) -> Tensor:
    """Places along an axis as u32: of i32 those below 0 count from its end, and what is before its start is at it."""
    if places.dtype != "i32":
        return places
    return cast(where(less(places, 0), places + length, places), "u32")


def tril(x: Tensor, diagonal: int = 0) -> Tensor:
    """x [..., rows, columns] with zeros above the diagonal, or above the one so many places further up.

    `tril(full((n, n), 1.0))` is the causal mask: 1.0 where query (row) i may see key (column) j <= i. So
    `softmax(where(tril(full((n, n), 1.0)), scores, -1e30))` are causal weights.
    """
    row, column = _places("tril", x, diagonal)
    return where(less_equal(column, row), x, 0)


def triu(x: Tensor, diagonal: int = 0) -> Tensor:
    """x [..., rows, columns] with zeros below the diagonal, or below the one so many places further up."""
    row, column = _places("triu", x, diagonal)
    return where(less_equal(row, column), x, 0)


def _places(op: str, x: Tensor, diagonal: int) -> tuple[Tensor, Tensor]:
    """u32 [rows, 1] and [columns], equal where the diagonal of x stands that is so many places further up."""
    if len(x.shape) < 2:
        raise fail(f"{op}: expected [..., rows, columns], found {x.type}", caller())
    rows, columns = x.shape[-2:]
    return reshape(iota(rows), (rows, 1)) + max(diagonal, 0), iota(columns) + max(-diagonal, 0)


def is_replaced(x: Tensor, index: Tensor, axis: int) -> Tensor:
    """1.0 where `update_at` replaces what x has there, else 0.0; of x's shape."""
    length, after = x.shape[axis], len(x.shape) - axis - 1
    chosen = equal(iota(length), broadcast(minimum(index, length - 1), (length,)))
    return broadcast(reshape(chosen, (length, *[1] * after)), x.shape)


def update_at(x: Tensor, index: Tensor, value: Tensor, axis: int = 0) -> Tensor:
    """x with what stands at `index` (a whole scalar) of `axis` replaced: value has x's shape without that axis.

    A negative index counts from the end; one past an end means that end. Where x is a state, and the result is assigned
    to that state and to nothing else, only what is replaced is written.
    """
    axis = axis + len(x.shape) if axis < 0 else axis
    place = from_start(index, x.shape[axis] if 0 <= axis < len(x.shape) else 0)
    return make("update_at", (x, place, value), axis=axis)
