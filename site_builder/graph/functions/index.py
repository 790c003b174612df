"""Reading and writing where another tensor says."""

from __future__ import annotations

import math

from ..ops.elementwise import equal, less, less_equal, minimum
from ..tensor import Operand, Tensor, broadcast, caller, common_shape, fail, make
from .elementwise import cast, where
from .reduce import sum
from .sources import iota
from .views import Part, axis_of, indexed, moved, reshape, spelt_out, transpose

__all__ = [
    "gather",
    "index_add",
    "masked_fill",
    "nonzero",
    "one_hot",
    "scatter_add",
    "take_along_axis",
    "tril",
    "triu",
    "update_at",
]

MANY = 32  # groups from which on a gradient compares places within each alone: as many as scatter_add does in a block


def gather(table: Tensor, rows: Tensor) -> Tensor:
    """table[rows]: table [n, …], rows u32[…] or i32[…] -> [*rows, …].

    A negative row counts from the end, as in NumPy. What is past an end takes the row at that end.
    """
    return make("gather", (table, from_start(rows, table.shape[0] if table.shape else 0)))


def gather_gradient(y: Tensor, d: Tensor) -> Tensor:
    """The gradient by the table of y = gather(table, rows): rows of d added up where they came from.

    What the gather promises of its rows makes that cheaper: that they are `exchanged` in pairs, or that table and rows
    consist of `groups` of equal length, each of which takes rows of its own part of the table.
    """
    table, rows = y.inputs
    if y.attributes.get("exchanged"):
        return make("gather", (d, rows), exchanged=True)
    return within_groups(rows, d, table.shape[0], y.attributes.get("groups", 1))


def within_groups(rows: Tensor, values: Tensor, count: int, groups: int) -> Tensor:
    """Values added up where `rows` say, of `count`; of equal groups of both, each stays within its own part."""
    if groups < MANY:
        return make("scatter_add", (rows, values), count=count)
    length, taken, after = count // groups, rows.size // groups, values.shape[len(rows.shape) :]
    ones = (1,) * len(after)
    here = reshape(iota(groups * length), (groups, 1, length, *ones))
    there = reshape(rows, (groups, taken, 1, *ones))
    found = equal(*(broadcast(x, (groups, taken, length, *ones)) for x in (here, there)))
    added = sum(where(found, reshape(values, (groups, taken, 1, *after)), 0.0), 1)
    return reshape(added, (count, *after))


def taken(x: Tensor, index: tuple[Part, ...]) -> Tensor:
    """x[index] with tensors of places (u32, i32) among its parts, which are broadcast to one shape.

    As in NumPy: of neighbouring axes the elements at those places, whose axes stand where the first of them stood; of
    axes apart, first of all. But a place past an end means that end, and a number apart from a tensor is refused: NumPy
    puts the tensor's axes first then, PyTorch does not.
    """
    parts = spelt_out(x, index)
    tensors = [n for n, part in enumerate(parts) if isinstance(part, Tensor)]
    numbers = [n for n, part in enumerate(parts) if isinstance(part, int)]
    box = indexed(x, tuple(slice(None) if isinstance(part, Tensor) else part for part in parts))
    if not tensors:
        return box
    first, last = min(tensors + numbers), max(tensors + numbers)
    apart = last - first >= len(tensors) + len(numbers)
    if apart and numbers:
        raise fail(f"{x.type}: a number stands apart from the tensor in an index", caller(), hint="Index twice")
    axes = tuple(n - len([m for m in numbers if m < n]) for n in tensors)
    others = tuple(n for n in range(len(box.shape)) if n not in axes)
    y = _rows(transpose(box, (*axes, *others)), tuple(part for part in parts if isinstance(part, Tensor)))
    at, new = 0 if apart else axes[0], len(y.shape) - len(others)
    return transpose(y, (*range(new, new + at), *range(new), *range(new + at, len(y.shape))))


def _rows(table: Tensor, places: tuple[Tensor, ...]) -> Tensor:
    """table[places], one for each of its first axes."""
    if len(places) == 1:
        return gather(table, places[0])
    lengths = table.shape[: len(places)]
    shape = common_shape("an index", *(each.shape for each in places))
    flat = reshape(table, (math.prod(lengths), *table.shape[len(places) :]))
    row = broadcast(_within(places[0], lengths[0]), shape)
    for each, length in zip(places[1:], lengths[1:], strict=True):
        row = row * length + broadcast(_within(each, length), shape)
    # x[iota(n), places] takes from each row of x in its turn.
    groups = lengths[0] if _counts(places[0], lengths[0], len(shape)) else 1
    return make("gather", (flat, row), **({"groups": groups} if groups > 1 else {}))


def _counts(x: Tensor, length: int, rank: int) -> bool:
    """Whether x is 0, 1, …, length - 1 along the first of `rank` axes."""
    along = len(x.shape) == rank and x.shape[0] == x.size == length
    while x.op == "reshape":
        (x,) = x.inputs
    return along and x.op == "iota"


def _within(places: Tensor, length: int) -> Tensor:
    """The places from the start of an axis, of which one past the end is the last."""
    return minimum(from_start(places, length), length - 1)


def take_along_axis(x: Tensor, indices: Tensor, axis: int) -> Tensor:
    """Of each row of x along `axis`, the elements at the places that the same row of `indices`, whole numbers, holds.

    Both have as many axes, and are broadcast but along `axis`. A negative place counts from the end; past an end it is
    that end. So `take_along_axis(logits, labels[:, None], 1)` is the logit of each label, and with argsort(x) it sorts.
    """
    axis = axis_of("take_along_axis", x, axis)
    x, indices = _beside("take_along_axis", x, indices, axis)
    x, indices = moved(x, axis, -1), moved(indices, axis, -1)
    rows, length = x.size // x.shape[-1], x.shape[-1]
    row = reshape(iota(rows), (*x.shape[:-1], 1))
    places = broadcast(row * length, indices.shape) + _within(indices, length)
    y = make("gather", (reshape(x, (x.size,)), places), **({"groups": rows} if rows > 1 else {}))
    return moved(y, -1, axis)


def index_add(x: Tensor, indices: Tensor, values: Tensor, axis: int = 0) -> Tensor:
    """x with slices of `values` added along `axis`, each where `indices` (a vector) says; several may go to one place.

    x [n, …], indices [k], values [k, …] for axis 0. A place past the end means the last. So messages along the edges of
    a graph are gathered at its nodes: index_add(full((nodes, features), 0.0), targets, messages).
    """
    axis = axis_of("index_add", x, axis)
    expected = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
    if len(indices.shape) != 1 or values.shape != expected:
        found = f"indices {indices.type} and values {values.type}"
        raise fail(f"index_add: {x.type} takes a vector of places, and {list(expected)} there, found {found}", caller())
    added = make("scatter_add", (from_start(indices, x.shape[axis]), moved(values, axis, 0)), count=x.shape[axis])
    return x + moved(added, 0, axis)


def scatter_add(x: Tensor, indices: Tensor, values: Tensor, axis: int = 0) -> Tensor:
    """x with each of `values` added to its own row along `axis`, where `indices`, whole numbers of its shape, says.

    As PyTorch's: for axis 0, y[indices[i, j], j] += values[i, j], but that the other axes are as long as x's. A place
    past the end means the last. Whole slices are added by `index_add`.
    """
    axis = axis_of("scatter_add", x, axis)
    expected = (*x.shape[:axis], *indices.shape[axis : axis + 1], *x.shape[axis + 1 :])
    if indices.shape != values.shape or values.shape != expected:
        found = f"{indices.type} and {values.type}"
        raise fail(f"scatter_add: {x.type} along {axis} takes indices and values alike, found {found}", caller())
    if len(x.shape) == 1:
        return x + make("scatter_add", (from_start(indices, x.size), values), count=x.size)
    here = reshape(iota(x.shape[axis]), (x.shape[axis], *(1,) * len(x.shape[axis + 1 :])))
    wide = (*x.shape[:axis], indices.shape[axis], *x.shape[axis:])
    places = broadcast(reshape(_within(indices, x.shape[axis]), (*wide[: axis + 1], 1, *wide[axis + 2 :])), wide)
    each = reshape(values, (*wide[: axis + 1], 1, *wide[axis + 2 :]))
    return x + sum(where(equal(places, broadcast(here, wide)), each, 0.0), axis)


def _beside(op: str, x: Tensor, indices: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Both, broadcast to one shape but along `axis`."""
    if indices.dtype == "f32" or len(indices.shape) != len(x.shape):
        raise fail(f"{op}: expected whole numbers with as many axes as {x.type} has, found {indices.type}", caller())
    shape = list(common_shape(op, *((*y.shape[:axis], 1, *y.shape[axis + 1 :]) for y in (x, indices))))
    both = []
    for y in (x, indices):
        shape[axis] = y.shape[axis]
        both.append(broadcast(y, tuple(shape)))
    return both[0], both[1]


def masked_fill(x: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """`value` where the mask (f32) is not 0, and x elsewhere; where x is scores of attention, -1e30 hides a key."""
    return where(mask, value, x)


def nonzero(x: Tensor) -> Tensor:
    """Refused: how many elements are not 0 is known only when the model runs, and its shapes before."""
    hint = "Keep all with a mask, as mean(x, weights=mask), or the largest, as top_k(x, k); count_nonzero counts"
    raise fail(f"nonzero: how many elements of {x.type} are not 0 is known only when it runs", caller(), hint=hint)


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
