"""Cases of the family `scan`."""

from __future__ import annotations

from ... import graph as g
from ...graph import Tensor
from .table import Case, Input


def _recurrent(reverse: bool) -> Case:
    def build(h: Tensor, xs: Tensor, w: Tensor) -> Tensor:
        last, states = g.scan(lambda h, x: (g.tanh(x + h @ w), h * x), h, xs, reverse=reverse)
        return states + last

    shapes = (3, 4), (5, 3, 4), (4, 4)
    return Case("scan", build, tuple(map(Input, shapes)), tags=("matrix", *(["reverse"] if reverse else [])))


def _sums(xs: Tensor) -> Tensor:
    return g.scan(lambda so_far, x: (so_far + x, so_far + x), 0.0, xs)[1]


def _nested(xs: Tensor, w: Tensor) -> Tensor:
    def row(carry: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        carry, _ = g.scan(lambda c, z: (g.sin(c * w + z), None), carry, x)
        return carry, carry

    return g.scan(row, g.full(xs.shape[2:], 0.0), xs)[1]


def _of_time(xs: Tensor) -> Tensor:
    count = xs.shape[0]
    return g.scan(lambda c, each: (c, each[0] * g.cast(each[1], "f32")), 0.0, (xs, g.iota(count)))[1]


CASES: list[Case] = [
    *map(_recurrent, (False, True)),
    *[Case("scan", _sums, (Input((count,)),), tags=("sums",)) for count in (1, 2, 65)],
    Case("scan", _nested, (Input((3, 4, 5)), Input((5,))), tags=("nested",)),
    *[Case("time", _of_time, (Input((count, 5)),)) for count in (1, 7)],
]
