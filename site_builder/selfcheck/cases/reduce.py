"""Cases of the family `reduce`."""

from __future__ import annotations

from ... import graph as g
from ...graph.tensor import make
from .table import SIZES, Case, Input


def _reduction(op: str, within: tuple[float, float] = (-2.0, 2.0), tolerance: float = 2e-6) -> list[Case]:
    shapes = [((n,), (0,)) for n in SIZES] + [
        ((5, 7), (1,)),
        ((5, 7), (0,)),
        ((65, 3), (0, 1)),
        ((3, 5, 2), (1,)),
        ((9001,), (0,)),
    ]
    return [
        Case(
            op,
            lambda x, op=op, axes=axes: make(op, (x,), axes=axes),
            (Input(shape, *within),),
            tolerance,
            tags=(f"axes{axes}",),
        )
        for shape, axes in shapes
    ]


CASES: list[Case] = [
    *_reduction("sum"),
    *_reduction("prod", (0.98, 1.02), 1e-5),  # of 9,001 factors, each rounded
    *_reduction("max"),
    *_reduction("argmax"),
    *_reduction("argmin"),
    Case("global_norm", lambda *x: make("global_norm", x), (Input((257,)),)),
    Case("global_norm", lambda *x: make("global_norm", x), tuple(map(Input, ((3,), (4,), (5,)) * 13)), tags=("many",)),
    Case(
        "global_norm", lambda *x: make("global_norm", x), tuple(map(Input, ((1,), (3, 5), (64,), (65,), (), (7, 40))))
    ),
    Case(
        "rank",
        lambda x: make("rank", (g.sign(x) * g.round(x),), ascending=True),
        (Input((3, 65)),),
        tags=("ascending",),
    ),
    *[
        Case(
            "rank",
            lambda x, up=up: make("rank", (g.sign(x) * g.round(x),), ascending=up, part=(3, 50)),
            (Input((2, 65)),),
            tags=("part", "ascending" if up else "descending"),
        )
        for up in (False, True)
    ],
    *[Case("rank", lambda x: g.rank(g.sign(x) * g.round(x)), (Input(s),)) for s in ((1,), (65,), (3, 5), (2, 3, 64))],
]
