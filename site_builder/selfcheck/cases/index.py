"""Cases of the family `index`."""

from __future__ import annotations

from ... import graph as g
from ...graph.tensor import make
from .table import Case, Input


def _update(shape: tuple[int, ...], axis: int, below: int = 0) -> Case:
    row = shape[:axis] + shape[axis + 1 :]
    return Case(
        "update_at",
        lambda x, at, value: g.update_at(x, at, value, axis),
        (Input(shape, below=below), Input((), below=shape[axis] + 2), Input(row, below=below)),
        tags=(f"axis{axis}", "u32" if below else "f32"),
    )


CASES: list[Case] = [
    *[
        Case("gather", lambda t, r: t[r], (Input(table), Input(rows, below=table[0] + 2)), tags=("past the end",))
        for table, rows in (((1,), (1,)), ((9,), (65,)), ((5, 7), (64,)), ((4, 2, 3), (2, 5)))
    ],
    *[  # of numbers that are an index into something else
        Case("gather", lambda t, r: t[r], (Input(table, below=9), Input(rows, below=table[0] + 2)), tags=("u32",))
        for table, rows in (((9,), (65,)), ((9,), (1024,)), ((5, 8), (128,)), ((5, 4), (256,)), ((5, 2), (512,)))
    ],
    *[_update(s, axis) for s, axis in (((1,), 0), ((65,), 0), ((5, 7), 0), ((5, 7), 1), ((2, 3, 4), 1), ((64, 16), 0))],
    *[_update(s, axis, below=9) for s, axis in (((65,), 0), ((5, 7), 1), ((64, 16), 1))],
    *[
        Case(
            "scatter_add",
            lambda v, r, n=n: make("scatter_add", (r, v), count=n),
            (Input((rows, *tail)), Input((rows,), below=n + 2)),
            tags=("past the end", str(n)),
        )
        for n, rows, tail in ((1, 1, ()), (5, 64, ()), (5, 65, (7,)), (3, 4, (2, 3)))
    ],
]
