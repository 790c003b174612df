"""Ops that make an element from its index alone: constants, variables, counters, random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

from ..types import WHOLE, Type
from .table import Attributes, Infer, Op, dtype_of, expect, shape_of

# f32's largest number, rounded down: WGSL's compilers refuse literals beyond it.
LARGEST = 3.402823e38


def _scalar(inputs: Sequence[Type], attributes: Attributes) -> Type:
    dtype = dtype_of(attributes)
    expect_held(attributes["value"], dtype)
    return Type((), dtype)


def expect_held(value: Any, dtype: str) -> None:
    """ValueError where a tensor of `dtype` cannot hold the number."""
    expect(isinstance(value, Real), f"expected a number, found {type(value).__name__}")
    if dtype == "f32":
        instead = ": a large number stands for infinity, as -1e30" if abs(value) == math.inf else ""
        expect(abs(value) <= LARGEST, f"an f32 is a finite number up to {LARGEST}, found {value}{instead}")
    else:
        least, most = WHOLE[dtype]
        fits = least <= value <= most and value == int(value)
        what = f"{dtype} numbers are whole and {'not negative' if least == 0 else f'from {least} to {most}'}"
        expect(fits, f'{what}, found {value}: cast the others, as cast(x, "f32") * 0.5')


def _read(inputs: Sequence[Type], attributes: Attributes) -> Type:
    type: Type = attributes["variable"].type
    return Type(shape_of(vars(type)), dtype_of(vars(type)))


def _iota(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(shape_of(attributes), "u32")


def _drawn(dtype: Any) -> Infer:
    def infer(inputs: Sequence[Type], attributes: Attributes) -> Type:
        expect(
            list(inputs) == [Type((), "u32")] * 2,
            f'a counter is a u32 scalar, found {inputs[1]}: cast it, as cast(x, "u32")',
        )
        for name in ("stream", "bound"):
            value, least = attributes.get(name, 1), int(name == "bound")
            fits = isinstance(value, int) and least <= value < 2**32
            expect(fits, f"a {name} is a whole number from {least} to {2**32 - 1}, found {value!r}")
        return Type(shape_of(attributes), dtype)

    return infer


ROWS = (
    Op("constant", "source", _scalar, "a scalar known when traced"),
    Op("read", "source", _read, "a variable's value when the program starts"),
    Op("iota", "source", _iota, "0, 1, 2, … in row-major order"),
    Op(
        "uniform",
        "source",
        _drawn("f32"),
        "multiples of 2^-24 in [0, 1), by counter",
        "random_uniform({0}, {stream}u, {1}, {index})",
        library="random",
    ),
    Op(
        "normal",
        "source",
        _drawn("f32"),
        "standard normal numbers, by counter",
        "random_normal({0}, {stream}u, {1}, {index})",
        library="random",
    ),
    Op(
        "random_index",
        "source",
        _drawn("u32"),
        "integers below a bound, by counter",
        "random_index({0}, {stream}u, {1}, {index}, {bound}u)",
        library="random",
    ),
)
