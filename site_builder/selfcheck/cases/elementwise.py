"""Cases of the family `elementwise`."""

from __future__ import annotations

from typing import Any

from ... import graph as g
from ...graph import Tensor
from ...graph.tensor import binary, make
from .table import MANY, SIZES, Case, Input

_LENGTHS = (*SIZES, MANY)


def _unary(op: str, low: float = -2.0, high: float = 2.0, **more: Any) -> list[Case]:
    return [Case(op, lambda x, op=op: make(op, (x,)), (Input((n,), low, high),), **more) for n in _LENGTHS]


def _binary(op: str, low: float = -2.0, high: float = 2.0, **more: Any) -> list[Case]:
    """Equal shapes, and the two ways in which a row and a column are broadcast."""

    def build(a: Tensor, b: Tensor) -> Tensor:
        return binary(op, a, b)

    shapes = [((n,), (n,)) for n in _LENGTHS] + [((5, 7), (7,)), ((5, 1), (5, 7)), ((3, 1, 4), (2, 1)), ((4, 3), ())]
    shapes += [((64, 16), (16,)), ((64, 1), (64, 16)), ((16, 1, 16), (4, 1)), ((64, 16), ())]
    return [Case(op, build, (Input(a, low, high), Input(b, low, high)), **more) for a, b in shapes]


def _integers(op: str) -> list[Case]:
    return [
        Case(op, lambda a, b, op=op: make(op, (a, b)), (Input((n,), below=1000), Input((n,), below=7)))
        for n in _LENGTHS
    ]


def _signed(op: str, many: int = 1000, few: int = 1000) -> list[Case]:
    """Of i32: both operands around 0, or the one that there is."""
    inputs = [tuple(Input((n,), below=b, signed=True) for b in ((many, few) if few else (many,))) for n in (65, MANY)]
    return [Case(op, lambda *x, op=op: make(op, x), each, tags=("i32",)) for each in inputs]


CASES: list[Case] = [
    *_unary("negate"),
    *_unary("exp"),
    *_unary("log", 0.1, 3),
    *_unary("expm1", -3, 3),
    *_unary("log1p", -0.9, 3),
    *_unary("sqrt", 0.1, 3),
    *_unary("sin", tolerance=1e-3, why="WGSL promises sine to 2^-11 within [-π, π]"),
    *_unary("cos", tolerance=1e-3, why="as sine"),
    *_unary("tan", -1.4, 1.4),
    *_unary("exp2"),
    *_unary("log2", 0.1, 3),
    *_unary("erf", -4, 4),
    *_binary("atan2"),
    *_unary("tanh", -30, 30, tolerance=1e-5, why="drivers compute it from exp"),
    *_unary("sigmoid", -30, 30),
    *_unary("relu"),
    *_unary("softplus", -30, 30),
    *_unary("gelu", -30, 30, tolerance=1e-5, why="as tanh"),
    *_unary("gelu_slope", -5, 5, tolerance=1e-5, why="as tanh"),
    *_unary("absolute"),
    *_unary("sign"),
    *_unary("square"),
    *_unary("round", -9, 9),
    *[case for op in ("floor", "ceil", "trunc") for case in _unary(op, -9, 9)],
    *[case for op in ("isnan", "isfinite") for case in _unary(op)],
    *_unary("stop_gradient"),
    *[Case("cast", lambda x: g.cast(x, "u32"), (Input((n,), -3, 9),)) for n in (65, MANY)],
    Case("cast", lambda x: g.cast(x, "u32"), (Input((65,), -1e10, 1e10),), tags=("past 2^32",)),
    *[Case("cast", lambda x: g.cast(x, "f32"), (Input((n,), below=9000),)) for n in (65, MANY)],
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
    *_binary("power", 0.1, 3, tolerance=1e-5, why="drivers compute it as exp2(b log2(a))"),
    *[
        Case("power", lambda x, b=b: x**b, (Input((n,), low, high),), tolerance=1e-5, why="as above", tags=(str(b),))
        for n in (65, MANY)
        for b, low, high in ((1.5, 0.1, 3), (-2.25, 0.5, 3), (17, -1.2, 1.2), (-17.0, 0.9, 1.5))
    ],
    *_binary("floor_divide", 0.3, 9),
    *_binary("modulo", 0.3, 9),
    *_integers("floor_divide"),
    *_integers("modulo"),
    *[
        Case("subtract", lambda a, b: a - b, (Input((n,), below=9), Input((n,), below=9)), tags=("u32",))
        for n in (65, MANY)
    ],
    *[case for op in ("add", "subtract", "multiply", "maximum", "minimum") for case in _signed(op)],
    *[case for op in ("less", "less_equal", "equal", "not_equal") for case in _signed(op, 9, 9)],
    *[case for op in ("floor_divide", "modulo") for case in _signed(op, few=7)],
    *[case for op in ("negate", "absolute", "sign", "square") for case in _signed(op, few=0)],
    *[Case("cast", lambda x: g.cast(x, "i32"), (Input((n,), -9, 9),), tags=("i32",)) for n in (65, MANY)],
    Case("cast", lambda x: g.cast(x, "i32"), (Input((65,), -1e10, 1e10),), tags=("past 2^31",)),
    *[
        Case("cast", lambda x, to=to: g.cast(x, to), (Input((n,), below=9, signed=True),), tags=("i32", to))
        for n in (65, MANY)
        for to in ("f32", "u32")
    ],
    Case("cast", lambda x: g.cast(x, "i32"), (Input((65,), below=2**32 - 1),), tags=("u32", "past 2^31")),
    *[
        Case("where", lambda c, a, b: g.where(g.less(c, 0.5), a, b), tuple(map(Input, shapes)))
        for shapes in (((5, 1), (5, 7), (7,)), ((64, 1), (64, 16), (16,)))
    ],
]
