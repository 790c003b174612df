"""Cases of the family `sources`."""

from __future__ import annotations

from ... import graph as g
from ...graph import constant
from .table import Case, Input

_DRAWN = ((1,), (3,), (64,), (65,), (5, 7), (64, 16))


CASES: list[Case] = [
    Case("constant", lambda x: x + constant(0.25), (Input((3,)),)),
    Case("read", lambda x: x, (Input((5, 7)),)),
    *[Case("iota", lambda s=s: g.iota(*s), (), tags=(str(s),)) for s in _DRAWN],
    *[
        Case("uniform", lambda s=s: g.uniform(s, 7), (), tolerance=0, why="24 bits are exact", tags=(str(s),))
        for s in _DRAWN
    ],
    *[Case("normal", lambda s=s: g.normal(s, 7), (), tolerance=1e-3, why="as cosine", tags=(str(s),)) for s in _DRAWN],
    *[Case("random_index", lambda s=s: g.random_index(s, 10, 7), (), tags=(str(s),)) for s in _DRAWN],
]
