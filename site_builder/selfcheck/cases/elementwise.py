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


CASES: list[Case] = [
    *_unary("negate"),
    *_unary("exp"),
    *_unary("log", 0.1, 3),
    *_unary("expm1", -3, 3),
    *_unary("log1p", -0.9, 3),
    *_unary("sqrt", 0.1, 3),
    *_unary("sin", tolerance=1e-3, why="WGSL promises sine to 2^-11 within [-π, π]"),
    *_unary("cos", tolerance=1e-3, why="as sine"),
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
    *_integers("floor_divide"),
    *_integers("modulo"),
    *[
        Case("where", lambda c, a, b: g.where(g.less(c, 0.5), a, b), tuple(map(Input, shapes)))
        for shapes in (((5, 1), (5, 7), (7,)), ((64, 1), (64, 16), (16,)))
    ],
]
