"""Ops that make one element from the same element of each input: their shape rules and rows."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, dtype_of, expect, same, same_f32, same_u32


def _indicator(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(same(inputs, attributes).shape, "f32")


def _where(inputs: Sequence[Type], attributes: Attributes) -> Type:
    condition, a, b = inputs
    expect(condition == Type(a.shape, "f32") and a == b, f"{condition}, {a} and {b} do not fit")
    return a


def _cast(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(inputs[0].shape, dtype_of(attributes))


ROWS = (
    Op("negate", "elementwise", same_f32, "-x"),
    Op("exp", "elementwise", same_f32, "e^x"),
    Op("log", "elementwise", same_f32, "natural logarithm"),
    Op("sqrt", "elementwise", same_f32, "square root"),
    Op("sin", "elementwise", same_f32, "sine of radians"),
    Op("cos", "elementwise", same_f32, "cosine of radians"),
    Op("tanh", "elementwise", same_f32, "hyperbolic tangent"),
    Op("sigmoid", "elementwise", same_f32, "1 / (1 + e^-x)"),
    Op("relu", "elementwise", same_f32, "max(x, 0)"),
    Op("softplus", "elementwise", same_f32, "log(1 + e^x)"),
    Op("gelu", "elementwise", same_f32, "x Φ(x), by the tanh formula"),
    Op("gelu_slope", "elementwise", same_f32, "derivative of gelu"),
    Op("absolute", "elementwise", same_f32, "|x|"),
    Op("sign", "elementwise", same_f32, "-1, 0 or 1"),
    Op("square", "elementwise", same_f32, "x²"),
    Op("round", "elementwise", same_f32, "the nearest whole number; of two, the even one"),
    Op("stop_gradient", "elementwise", same, "x, through which no gradient passes"),
    Op("cast", "elementwise", _cast, "the same number in another element type"),
    Op("add", "elementwise", same, "a + b"),
    Op("subtract", "elementwise", same, "a - b"),
    Op("multiply", "elementwise", same, "a b"),
    Op("divide", "elementwise", same_f32, "a / b"),
    Op("power", "elementwise", same_f32, "a^b; NaN for negative a unless b is whole"),
    Op("floor_divide", "elementwise", same_u32, "⌊a / b⌋; a / 0 is a"),
    Op("modulo", "elementwise", same_u32, "a mod b; a mod 0 is 0"),
    Op("maximum", "elementwise", same, "the larger"),
    Op("minimum", "elementwise", same, "the smaller"),
    Op("less", "elementwise", _indicator, "1 where a < b, else 0"),
    Op("less_equal", "elementwise", _indicator, "1 where a <= b, else 0"),
    Op("equal", "elementwise", _indicator, "1 where a = b, else 0"),
    Op("not_equal", "elementwise", _indicator, "1 where a ≠ b, else 0"),
    Op("where", "elementwise", _where, "a where the condition is not 0, else b"),
)
