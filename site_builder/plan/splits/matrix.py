"""Products along a long axis: of its parts, to be added. Elimination, column after column."""

from __future__ import annotations

from ...graph import Tensor
from ...graph.functions.elementwise import cast
from ...graph.functions.sources import iota
from ...graph.functions.views import concatenate, reshape, transpose
from ...graph.tensor import broadcast, make
from .table import Split, added, cut, longest, ranges

SHORT = 256  # terms of a product at least, where many are computed beside each other …
BESIDE = 2**20  # … which give no more numbers than this


def _matmul(y: Tensor) -> Tensor | None:
    """Where y is small, many products beside each other, so that they fill a GPU; else one after the other."""
    inner = _inner(y)
    part = longest(y, "INNER", inner)
    if part is None:
        return None
    count = min(inner // SHORT, BESIDE // y.size)
    if count * part < inner:
        return reshape(_one_by_one(_batch_of_one(y), part), y.shape)
    part = -(-inner // count)
    count = inner // part
    beside = tuple(_beside(x, axis, count, part) for x, axis in zip(y.inputs, _axes(y), strict=True))
    total = make("sum", (make("batched_matmul", beside, form=y.attributes["form"]),), axes=(0,))
    if rest := inner - count * part:
        total = total + reshape(_product(_batch_of_one(y), count * part, rest), y.shape)
    return total


def _batched(y: Tensor) -> Tensor | None:
    part = longest(y, "INNER", _inner(y))
    return None if part is None else _one_by_one(y, part)


def _one_by_one(y: Tensor, part: int) -> Tensor:
    return added(_product(y, start, n) for start, n in ranges(_inner(y), part))


def _product(y: Tensor, start: int, length: int) -> Tensor:
    """What a part of the inner axis adds to a batch of products."""
    operands = (cut(x, axis, start, length) for x, axis in zip(y.inputs, _axes(y), strict=True))
    return make("batched_matmul", tuple(operands), form=y.attributes["form"])


def _batch_of_one(y: Tensor) -> Tensor:
    """The same product as a batch, whose operands are read where they lie, also when they are parts of others."""
    return make("batched_matmul", tuple(reshape(x, (1, *x.shape)) for x in y.inputs), form=y.attributes["form"])


def _beside(x: Tensor, axis: int, count: int, part: int) -> Tensor:
    """A matrix as a batch of its parts along an axis."""
    whole = cut(x, axis, 0, count * part)
    if axis == 0:
        return reshape(whole, (count, part, x.shape[1]))
    return transpose(reshape(whole, (x.shape[0], count, part)), (1, 0, 2))


def _axes(y: Tensor) -> tuple[int, int]:
    """The inner axis of each operand."""
    last = len(y.shape) - 1
    return last - (y.attributes["form"] == "tn"), last - (y.attributes["form"] != "nt")


def _inner(y: Tensor) -> int:
    return y.inputs[0].shape[_axes(y)[0]]


def _lu(y: Tensor) -> Tensor:
    """Column after column, beside which stands from which row of the matrix each row is."""
    (a,) = y.inputs
    size = a.shape[-1]
    rows = broadcast(cast(reshape(iota(size), (size, 1)), "f32"), (*a.shape[:-1], 1))
    left = concatenate([a, rows], -1)
    for step in range(size - 1):
        left = make("lu", (left,), step=step, pivoting=y.attributes["pivoting"])
    return left


SPLITS: dict[str, Split] = {"matmul": _matmul, "batched_matmul": _batched, "lu": _lu}
