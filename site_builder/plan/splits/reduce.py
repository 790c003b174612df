"""Reductions of long axes: of √length parts, and of what these give."""

from __future__ import annotations

import math

from ...graph import Tensor
from ...graph.functions.index import gather
from ...graph.functions.sources import iota
from ...graph.functions.views import concatenate, pad, reshape
from ...graph.ops.elementwise import sqrt, square
from ...graph.tensor import make
from .table import Split, added, cut, longest, ranges

MOST = 16  # parts in which a rank is computed: more would take longer than anyone waits


def _rows_of(y: Tensor) -> tuple[Tensor, int, int]:
    """What is reduced, as [outer, length, inner], how many parts it comes in, and how long each of them is."""
    (x,), axes = y.inputs, y.attributes["axes"]
    outer, length = math.prod(x.shape[: axes[0]]), math.prod(x.shape[axis] for axis in axes)
    part = math.isqrt(length - 1) + 1
    return reshape(x, (outer, length, x.size // (outer * length))), length // part, part


def _blocks(x: Tensor, count: int, part: int) -> Tensor:
    """The first `count` parts of the axis in the middle, as [outer, count, part, inner]."""
    return reshape(cut(x, 1, 0, count * part), (x.shape[0], count, part, x.shape[2]))


def _sum(y: Tensor) -> Tensor:
    x, count, part = _rows_of(y)
    count = -(-x.shape[1] // part)
    whole = pad(x, [(0, 0), (0, count * part - x.shape[1]), (0, 0)])
    sums = make("sum", (_blocks(whole, count, part),), axes=(2,))
    return reshape(make("sum", (sums,), axes=(1,)), y.shape)


def _of_parts(y: Tensor) -> Tensor:
    """The maximum of maxima, or the product of products."""
    x, count, part = _rows_of(y)
    return reshape(make(y.op, (_each(x, count, part, y.op),), axes=(1,)), y.shape)


def _each(x: Tensor, count: int, part: int, op: str) -> Tensor:
    """What `op` gives of each part, and of what is left over: [outer, parts, inner]."""
    found = [make(op, (_blocks(x, count, part),), axes=(2,))]
    if rest := x.shape[1] - count * part:
        found.append(make(op, (reshape(cut(x, 1, count * part, rest), (x.shape[0], 1, rest, x.shape[2])),), axes=(2,)))
    return concatenate(found, 1)


def _argmax(y: Tensor) -> Tensor:
    """The place in the first part whose largest number is the largest of all."""
    x, count, part = _rows_of(y)
    values = x if y.op == "argmax" else -x
    best = make("argmax", (_each(values, count, part, "max"),), axes=(1,))  # [outer, inner]
    places = _each(values, count, part, "argmax")  # [outer, parts, inner]
    (_, parts, inner), at = places.shape, iota(*best.shape)
    chosen = gather(reshape(places, (places.size,)), (at // inner * parts + best) * inner + at % inner)
    return reshape(best * part + chosen, y.shape)


def _global_norm(y: Tensor) -> Tensor:
    """The norm of norms is the norm of all: those of the parts of what is longest stand in its place."""
    x = max(y.inputs, key=lambda each: each.size)
    part = math.isqrt(x.size - 1) + 1
    count = -(-x.size // part)
    flat = pad(reshape(x, (x.size,)), [(0, count * part - x.size)])
    norms = sqrt(make("sum", (square(reshape(flat, (count, part))),), axes=(1,)))
    return make("global_norm", tuple(norms if each is x else each for each in y.inputs))


def _rank(y: Tensor) -> Tensor | None:
    (x,) = y.inputs
    length = x.shape[-1]
    whole = make("rank", (x,), **y.attributes, part=(0, length))
    part = longest(whole, "END", length)
    if part is None or length > MOST * part:
        return None
    return added(make("rank", (x,), **y.attributes, part=(start, start + n)) for start, n in ranges(length, part))


SPLITS: dict[str, Split] = {
    "sum": _sum,
    "prod": _of_parts,
    "max": _of_parts,
    "argmax": _argmax,
    "argmin": _argmax,
    "global_norm": _global_norm,
    "rank": _rank,
}
