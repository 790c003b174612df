"""Cases of the family `views`."""

from __future__ import annotations

from ... import graph as g
from .table import Case, Input

CASES: list[Case] = [
    Case("broadcast", lambda x: g.broadcast(x, (4, 2, 3, 5)), (Input((2, 1, 5)),)),
    Case("broadcast", lambda x: g.broadcast(x, (4, 3)), (Input(()),)),
    *[Case("broadcast", lambda x: g.broadcast(x, (32, 8, 4)), (Input(s),)) for s in ((8, 1), (32, 1, 4), (8, 4), (1,))],
    *[Case("reshape", lambda x, s=s: g.reshape(x, s[::-1]), (Input(s),)) for s in ((5, 7), (64, 20))],
    *[Case("transpose", g.transpose, (Input(s),)) for s in ((1, 1), (3, 5), (64, 65), (64, 16))],
    *[
        Case("transpose", lambda x, axes=axes: g.transpose(x, axes), (Input((2, 3, 4, 5)),), tags=(str(axes),))
        for axes in ((0, 2, 1, 3), (3, 2, 1, 0), (1, 2, 3, 0), (0, 1, 3, 2))
    ],
    *[
        Case("transpose", lambda x, axes=axes: g.transpose(x, axes), (Input((4, 8, 4, 8)),), tags=(str(axes),))
        for axes in ((0, 2, 1, 3), (3, 2, 1, 0))
    ],
    Case("slice", lambda x: x[3], (Input((7,)),), tags=("row",)),
    Case("slice", lambda x: x[1:4], (Input((5, 3)),), tags=("rows",)),
    Case("slice", lambda x: x[..., 2:5], (Input((4, 7)),), tags=("columns",)),
    Case("slice", lambda x: x[1:, None, :2, -1], (Input((3, 5, 4)),), tags=("mixed",)),
    *[  # in fours, and across them: the start, the length and the rows
        Case("slice", lambda x, at=at: x[at], (Input((66, width)),), tags=(f"{tag} of {width}",))
        for width in (24, 26)
        for tag, at in {
            "rows": slice(1, 65),
            "fours": (slice(1, 65), slice(4, 20)),
            "threes": (slice(0, 64), slice(3, 19)),
            "a column": (slice(0, 64), slice(8, 9)),
        }.items()
    ],
    *[
        Case("pad", lambda x, around=around: g.pad(x, around), (Input((30, 8, 4)),), tags=(str(around),))
        for around in (
            [(1, 1), (0, 0), (0, 0)],
            [(0, 2), (1, 1), (4, 8)],
            [(1, 1), (0, 0), (1, 3)],
            [(2, 0), (3, 1), (0, 0)],
        )
    ],
    Case("pad", lambda x: g.pad(x, [(0, 3)]), (Input((65,)),), tags=("after",)),
    Case("pad", lambda x: g.pad(x, [(1, 0), (0, 0), (2, 1)]), (Input((3, 2, 5)),), tags=("box",)),
    *[
        Case("concatenate", lambda *parts, axis=axis: g.concatenate(parts, axis), tuple(map(Input, shapes)))
        for axis, shapes in (
            (0, ((1,), (64,), (3,))),
            (1, ((5, 2), (5, 1), (5, 4))),
            (-1, ((2, 3, 4),) * 2),
            (1, ((3, 2, 2),) * 8),
            (0, ((3,), (4,)) * 20),
            (0, ((512,), (256,), (256,))),
            (0, ((511,), (256,), (257,))),
            (1, ((64, 3, 4), (64, 1, 4))),
            (1, ((64, 8), (64, 4), (64, 8))),
            (1, ((64, 7), (64, 5), (64, 8))),
            (0, ((16, 2, 8), (48, 2, 8))),
        )
    ],
]
