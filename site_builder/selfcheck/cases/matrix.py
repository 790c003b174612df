"""Cases of the family `matrix`."""

from __future__ import annotations

from collections.abc import Callable

from ... import graph as g
from ...graph import Tensor
from ...graph.tensor import make
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


def _heads(x: Tensor, start: int) -> Tensor:
    """[2, t, 18] -> [2, 3, t, 6 / 3]: columns of a packed projection as heads, as attention sees them."""
    return g.swapaxes(g.reshape(x[:, :, start : start + 6], (2, x.shape[1], 3, 2)), 1, 2)


def _linear_gradients(x: Tensor, d: Tensor) -> Tensor:
    """The gradients of a linear layer's weights and, as a last row, of its bias: two ops that one kernel computes."""
    return g.concatenate([g.matmul(x, d, "tn"), g.sum(d, 0)[None]])


def _triangle(lower: bool, transposed: bool, unit: bool) -> Callable[[Tensor, Tensor], Tensor]:
    """A triangle that is far from singular; what stands beside it, and a diagonal of ones, is not read."""
    attributes = {"lower": lower, "transposed": transposed, "unit": unit}
    return lambda t, b: make("triangular_solve", (0.2 * t + g.eye(t.shape[-1]), b), **attributes)


_BATCHES = ((1, 1, 1, 1), (2, 3, 5, 7), (6, 4, 4, 4), (3, 65, 2, 17), (2, 5, 64, 1))

CASES: list[Case] = [
    *_matmul(),
    *[
        Case("batched_matmul", g.matmul, (Input((batch, m, k)), Input((batch, k, n))), tags=("nn",))
        for batch, m, n, k in _BATCHES
    ],
    *[
        Case("matmul", _linear_gradients, (Input((r, k)), Input((r, n))), tags=("with the bias",))
        for r, k, n in ((1, 1, 1), (65, 7, 10), (129, 132, 64))
    ],
    *[
        Case(
            "lu",
            lambda a, pivoting=pivoting: make("lu", (a if pivoting else a @ g.swapaxes(a, -1, -2),), pivoting=pivoting),
            (Input(shape),),
            1e-4,
            "pivots of 32 random rows",
            tags=("pivoting",) if pivoting else (),
        )
        for pivoting, shape in ((True, (1, 1)), (True, (3, 5, 5)), (False, (65, 2, 2)), (True, (2, 2, 16, 16)))
    ],
    *[
        Case(
            "triangular_solve",
            _triangle(lower, transposed, unit),
            (Input(t), Input((*t[:-1], columns))),
            1e-4,
            "32 unknowns, each found from those before it",
            tags=("lower" if lower else "upper", *["transposed"] * transposed, *["unit"] * unit),
        )
        for lower, transposed, unit in ((True, False, False), (False, False, False), (True, True, True))
        for t, columns in (((1, 1), 1), ((3, 5, 5), 7), ((65, 3, 3), 1), ((2, 32, 32), 5))
    ],
    Case("batched_matmul", lambda a, b: g.matmul(a, b, "nt"), (Input((2, 3, 5, 7)), Input((2, 3, 4, 7))), tags=("nt",)),
    Case("batched_matmul", lambda a, b: g.matmul(a, b, "tn"), (Input((2, 3, 7, 5)), Input((2, 3, 7, 4))), tags=("tn",)),
    Case("batched_matmul", g.matmul, (Input((5, 5)), Input((3, 5, 4))), tags=("one left for all",)),
    Case("batched_matmul", g.matmul, (Input((2, 1, 3, 4, 5)), Input((2, 3, 1, 5, 2))), tags=("broadcast",)),
    Case(
        "batched_matmul",
        lambda x: g.matmul(_heads(x, 0), _heads(x, 6), "nt") @ _heads(x, 12),
        (Input((2, 5, 18)),),
        tags=("heads",),
    ),
    Case("matmul", g.matmul, (Input((2, 3, 4, 5)), Input((5, 6))), tags=("one right for all",)),
    *[
        Case("matmul", lambda a, b, form=form: g.matmul(a, b, form), (Input(a), Input(b)), tags=("large", form))
        for form, a, b in (
            ("nn", (129, 128), (128, 68)),
            ("nt", (129, 128), (68, 128)),
            ("tn", (129, 132), (129, 64)),
            ("nn", (129, 127), (127, 67)),
            ("nt", (129, 128), (67, 128)),
            ("tn", (129, 131), (129, 64)),
        )
    ],
    *[
        Case("matmul", lambda a, b, form=form: g.matmul(a, b, form), (Input(a), Input(b)), tags=("very large", form))
        for form, a, b in (
            ("nn", (516, 512), (512, 256)),
            ("nt", (516, 512), (256, 512)),
            ("tn", (512, 516), (512, 256)),
        )
    ],
]
