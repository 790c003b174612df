"""A case for every op: how it is called, and on which shapes. What tests of shapes, derivatives and kernels share.

Inputs are drawn by `numbers`, in a range where the op is smooth, unless a case says otherwise. `tolerance` is relative
to the largest number of the result; the default covers f32 sums of some hundred terms. Where it is wider, `why` says
why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder.graph import Model, Tensor, constant
from site_builder.graph.tensor import binary, make

Array = np.ndarray[Any, Any]
SIZES = (1, 3, 64, 65)  # one, odd, a tile or workgroup, and one more


@dataclass(frozen=True)
class Input:
    """A tensor that a case is fed with: f32 uniform in [low, high), or u32 below `below`."""

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    below: int = 0

    @property
    def dtype(self) -> str:
        return "u32" if self.below else "f32"


@dataclass(frozen=True)
class Case:
    """`build` makes the op from tensors of `inputs`."""

    op: str
    build: Callable[..., Tensor]
    inputs: tuple[Input, ...]
    tolerance: float = 2e-6
    why: str = ""
    tags: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        shapes = ",".join("x".join(map(str, i.shape)) or "scalar" for i in self.inputs)
        return f"{self.op}-{'-'.join((*self.tags, shapes)) or 'none'}"


def numbers(case: Case, seed: int = 0) -> list[Array]:
    """Inputs of a case, the same every time. f32 values sit away from whole numbers and halves, where steps jump."""
    rng = np.random.default_rng([seed, *case.op.encode()])
    arrays: list[Array] = []
    for spec in case.inputs:
        if spec.below:
            arrays.append(rng.integers(0, spec.below, spec.shape, dtype=np.uint32))
        else:
            raw = rng.uniform(spec.low, spec.high, spec.shape)
            arrays.append(np.round(raw * 64 - 0.5) / 64 + 1 / 128 if raw.size > 1 else raw)
    return arrays


def model_of(case: Case, differentiate: bool = False) -> Model:
    """A model with inputs x0, x1, … and program `run` giving y, and with `differentiate` loss and gradients d0, d1, …

    The loss weighs the elements of y unequally, so that a derivative cannot be right by symmetry.
    """
    model = Model(str(case))
    inputs = [model.input(f"x{n}", i.shape, dtype=i.dtype) for n, i in enumerate(case.inputs)]

    def run() -> Mapping[str, Tensor]:
        y = case.build(*inputs)
        if not differentiate:
            return {"y": y}
        weights = 1 + g.cast(g.iota(*y.shape), "f32") / y.size if y.shape else constant(1.0)
        loss = g.sum(y * weights)
        wanted = [n for n, i in enumerate(case.inputs) if not i.below]
        return {"loss": loss} | {
            f"d{n}": d for n, d in zip(wanted, g.gradients(loss, [inputs[n] for n in wanted]), strict=True)
        }

    model.program(run)
    return model


def _unary(op: str, low: float = -2.0, high: float = 2.0, **more: Any) -> list[Case]:
    return [Case(op, lambda x, op=op: make(op, (x,)), (Input((n,), low, high),), **more) for n in SIZES]


def _binary(op: str, low: float = -2.0, high: float = 2.0, **more: Any) -> list[Case]:
    """Equal shapes, and the two ways in which a row and a column are broadcast."""

    def build(a: Tensor, b: Tensor) -> Tensor:
        return binary(op, a, b)

    shapes = [((n,), (n,)) for n in SIZES] + [((5, 7), (7,)), ((5, 1), (5, 7)), ((3, 1, 4), (2, 1)), ((4, 3), ())]
    return [Case(op, build, (Input(a, low, high), Input(b, low, high)), **more) for a, b in shapes]


def _integers(op: str) -> list[Case]:
    return [
        Case(op, lambda a, b, op=op: make(op, (a, b)), (Input((n,), below=1000), Input((n,), below=7))) for n in SIZES
    ]


def _reduction(op: str) -> list[Case]:
    shapes = [((n,), (0,)) for n in SIZES] + [
        ((5, 7), (1,)),
        ((5, 7), (0,)),
        ((65, 3), (0, 1)),
        ((3, 5, 2), (1,)),
        ((9001,), (0,)),
    ]
    return [
        Case(op, lambda x, op=op, axes=axes: make(op, (x,), axes=axes), (Input(shape),), tags=(f"axes{axes}",))
        for shape, axes in shapes
    ]


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


def _rows(op: str, build: Callable[..., Tensor], *more: Callable[[int, int], Input], **kept: Any) -> list[Case]:
    shapes = [(1, 1), (3, 5), (64, 10), (65, 3)]
    return [Case(op, build, (Input(s), *(m(*s) for m in more)), **kept) for s in shapes]


_LABELS = lambda rows, classes: Input((rows,), below=classes)  # noqa: E731
_DRAWN = ((1,), (3,), (64,), (65,), (5, 7))

CASES: list[Case] = [
    *_unary("negate"),
    *_unary("exp"),
    *_unary("log", 0.1, 3),
    *_unary("sqrt", 0.1, 3),
    *_unary("sin", tolerance=1e-3, why="WGSL promises sine to 2^-11 within [-π, π]"),
    *_unary("cos", tolerance=1e-3, why="as sine"),
    *_unary("tanh", -30, 30, tolerance=1e-5, why="drivers compute it from exp"),
    *_unary("sigmoid", -30, 30),
    *_unary("relu"),
    *_unary("gelu", -30, 30, tolerance=1e-5, why="as tanh"),
    *_unary("gelu_slope", -5, 5, tolerance=1e-5, why="as tanh"),
    *_unary("absolute"),
    *_unary("sign"),
    *_unary("square"),
    Case("cast", lambda x: g.cast(x, "u32"), (Input((65,), -3, 9),)),
    Case("cast", lambda x: g.cast(x, "f32"), (Input((65,), below=9000),)),
    *_binary("add"),
    *_binary("subtract"),
    *_binary("multiply"),
    *_binary("divide", 0.5, 2),
    *_binary("maximum"),
    *_binary("minimum"),
    *_binary("less"),
    *_binary("less_equal"),
    *_binary("equal"),
    *_binary("not_equal"),
    *_integers("floor_divide"),
    *_integers("modulo"),
    Case("where", lambda c, a, b: g.where(g.less(c, 0.5), a, b), (Input((5, 1)), Input((5, 7)), Input((7,)))),
    Case("constant", lambda x: x + constant(0.25), (Input((3,)),)),
    Case("read", lambda x: x, (Input((5, 7)),)),
    *[Case("iota", lambda s=s: g.iota(*s), (), tags=(str(s),)) for s in _DRAWN],
    *[
        Case("uniform", lambda s=s: g.uniform(s, 7), (), tolerance=0, why="24 bits are exact", tags=(str(s),))
        for s in _DRAWN
    ],
    *[Case("normal", lambda s=s: g.normal(s, 7), (), tolerance=1e-3, why="as cosine", tags=(str(s),)) for s in _DRAWN],
    *[Case("random_index", lambda s=s: g.random_index(s, 10, 7), (), tags=(str(s),)) for s in _DRAWN],
    Case("broadcast", lambda x: g.broadcast(x, (4, 2, 3, 5)), (Input((2, 1, 5)),)),
    Case("broadcast", lambda x: g.broadcast(x, (4, 3)), (Input(()),)),
    Case("reshape", lambda x: g.reshape(x, (7, 5)), (Input((5, 7)),)),
    *[Case("transpose", g.transpose, (Input(s),)) for s in ((1, 1), (3, 5), (64, 65))],
    *_matmul(),
    *_reduction("sum"),
    *_reduction("max"),
    *_reduction("argmax"),
    *_reduction("argmin"),
    *_rows("softmax", g.softmax),
    *_rows("softmax_gradient", lambda x, d: make("softmax_gradient", (x, d)), lambda *s: Input(s)),
    *_rows("cross_entropy", g.cross_entropy, _LABELS),
    *_rows(
        "cross_entropy_gradient",
        lambda x, y, d: make("cross_entropy_gradient", (x, y, d)),
        _LABELS,
        lambda rows, classes: Input((rows,)),
    ),
    *[
        Case("gather", lambda t, r: t[r], (Input(table), Input(rows, below=table[0] + 2)), tags=("past the end",))
        for table, rows in (((1,), (1,)), ((9,), (65,)), ((5, 7), (64,)), ((4, 2, 3), (2, 5)))
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
UPDATE = "update_at"  # only makes sense assigned to its own variable: tests/gpu/test_programs.py runs it
