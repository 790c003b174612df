"""Cases of the family `matrix`."""

from __future__ import annotations

from site_builder import graph as g

from .table import Case, Input


def _matmul() -> list[Case]:
    sizes = [(1, 1, 1), (3, 5, 7), (4, 4, 4), (8, 16, 8), (64, 64, 64), (65, 33, 17), (64, 10, 64), (1, 65, 2)]
    cases = []
    for form in ("nn", "nt", "tn"):
        for m, n, k in sizes:
            a = (k, m) if form == "tn" else (m, k)
            b = (n, k) if form == "nt" else (k, n)
            build = lambda x, y, form=form: g.matmul(x, y, form)  # noqa: E731
            cases.append(Case("matmul", build, (Input(a), Input(b)), tags=(form,)))
    return cases


CASES: list[Case] = [
    *_matmul(),
]
