"""Cases of the family `index`."""

from __future__ import annotations

from site_builder.graph.tensor import make

from .table import Case, Input

UPDATE = "update_at"  # only makes sense assigned to its own variable: tests/gpu/test_programs.py runs it


CASES: list[Case] = [
    *[
        Case("gather", lambda t, r: t[r], (Input(table), Input(rows, below=table[0] + 2)), tags=("past the end",))
        for table, rows in (((1,), (1,)), ((9,), (65,)), ((5, 7), (64,)), ((4, 2, 3), (2, 5)))
    ],
    *[  # of numbers that are an index into something else
        Case("gather", lambda t, r: t[r], (Input(table, below=9), Input(rows, below=table[0] + 2)), tags=("u32",))
        for table, rows in (((9,), (65,)), ((9,), (1024,)), ((5, 8), (128,)), ((5, 4), (256,)), ((5, 2), (512,)))
    ],
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
