"""Cases of the family `views`."""

from __future__ import annotations

from site_builder import graph as g

from .table import Case, Input

CASES: list[Case] = [
    Case("broadcast", lambda x: g.broadcast(x, (4, 2, 3, 5)), (Input((2, 1, 5)),)),
    Case("broadcast", lambda x: g.broadcast(x, (4, 3)), (Input(()),)),
    Case("reshape", lambda x: g.reshape(x, (7, 5)), (Input((5, 7)),)),
    *[Case("transpose", g.transpose, (Input(s),)) for s in ((1, 1), (3, 5), (64, 65))],
]
