"""Cases of the family `views`."""

from __future__ import annotations

from site_builder import graph as g

from .table import Case, Input

CASES: list[Case] = [
    Case("broadcast", lambda x: g.broadcast(x, (4, 2, 3, 5)), (Input((2, 1, 5)),)),
    Case("broadcast", lambda x: g.broadcast(x, (4, 3)), (Input(()),)),
    Case("reshape", lambda x: g.reshape(x, (7, 5)), (Input((5, 7)),)),
    *[Case("transpose", g.transpose, (Input(s),)) for s in ((1, 1), (3, 5), (64, 65))],
    *[
        Case("transpose", lambda x, axes=axes: g.transpose(x, axes), (Input((2, 3, 4, 5)),), tags=(str(axes),))
        for axes in ((0, 2, 1, 3), (3, 2, 1, 0), (1, 2, 3, 0), (0, 1, 3, 2))
    ],
    Case("slice", lambda x: x[3], (Input((7,)),), tags=("row",)),
    Case("slice", lambda x: x[1:4], (Input((5, 3)),), tags=("rows",)),
    Case("slice", lambda x: x[..., 2:5], (Input((4, 7)),), tags=("columns",)),
    Case("slice", lambda x: x[1:, None, :2, -1], (Input((3, 5, 4)),), tags=("mixed",)),
    Case("pad", lambda x: g.pad(x, [(0, 3)]), (Input((65,)),), tags=("after",)),
    Case("pad", lambda x: g.pad(x, [(1, 0), (0, 0), (2, 1)]), (Input((3, 2, 5)),), tags=("box",)),
    *[
        Case("concatenate", lambda *parts, axis=axis: g.concatenate(parts, axis), tuple(map(Input, shapes)))
        for axis, shapes in (
            (0, ((1,), (64,), (3,))),
            (1, ((5, 2), (5, 1), (5, 4))),
            (-1, ((2, 3, 4),) * 2),
            (1, ((3, 2, 2),) * 8),
        )
    ],
]
