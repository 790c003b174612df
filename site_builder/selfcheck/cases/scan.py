"""Cases of the family `scan`."""

from __future__ import annotations

from ... import graph as g
from ...graph import Tensor
from .table import Case, Input


def _recurrent(reverse: bool) -> Case:
    def build(h: Tensor, xs: Tensor, w: Tensor) -> Tensor:
        last, states = g.scan(lambda h, x: (g.tanh(x + h @ w), h * x), h, xs, reverse=reverse)
        y: Tensor = states + last
        return y

    shapes = (3, 4), (5, 3, 4), (4, 4)
    return Case("scan", build, tuple(map(Input, shapes)), tags=("matrix", *(["reverse"] if reverse else [])))


def _sums(xs: Tensor) -> Tensor:
    y: Tensor = g.scan(lambda so_far, x: (so_far + x, so_far + x), 0.0, xs)[1]
    return y


def _nested(xs: Tensor, w: Tensor) -> Tensor:
    def row(carry: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        carry, _ = g.scan(lambda c, z: (g.sin(c * w + z), None), carry, x)
        return carry, carry

    y: Tensor = g.scan(row, g.full(xs.shape[2:], 0.0), xs)[1]
    return y


def _of_time(xs: Tensor) -> Tensor:
    def f(count: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        return count, x * g.uniform((), stream=1) + count  # which is drawn by the time

    y: Tensor = g.scan(f, 0.5, xs)[1]
    return y


CASES: list[Case] = [
    *map(_recurrent, (False, True)),
    *[Case("scan", _sums, (Input((count,)),), tags=("sums",)) for count in (1, 2, 65)],
    Case("scan", _nested, (Input((3, 4, 5)), Input((5,))), tags=("nested",)),
    *[Case("time", _of_time, (Input((count, 5)),)) for count in (1, 7)],
]
