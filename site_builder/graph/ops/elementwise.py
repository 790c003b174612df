"""Ops that make one element from the same element of each input: their rows, and the words for those that are plain.

A plain op is a function with `@row` above it: its name is the op's, the first sentence of its docstring is what the
table says that it gives, and the row holds its type rule and its WGSL. What else belongs to an op is found by its name:
the derivative in `graph/derivatives.py`, the definition in `run/definitions/`, the case in `selfcheck/cases/`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from ..tensor import Operand, Tensor, binary, make
from ..types import Type
from .table import Attributes, Infer, Op, dtype_of, expect, same, same_f32, same_u32

Word = TypeVar("Word", bound=Callable[..., Tensor])


def _indicator(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(same(inputs, attributes).shape, "f32")


def _where(inputs: Sequence[Type], attributes: Attributes) -> Type:
    condition, a, b = inputs
    expect(condition == Type(a.shape, "f32") and a == b, f"{condition}, {a} and {b} do not fit")
    return a


def _cast(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(inputs[0].shape, dtype_of(attributes))


# Ops for which operators, derivatives or `functions/elementwise.py` ask. `row` puts the others behind them.
ROWS = [
    Op("negate", "elementwise", same_f32, "-x", "-{0}"),
    Op("add", "elementwise", same, "a + b", "{0} + {1}"),
    Op("subtract", "elementwise", same, "a - b", "{0} - {1}"),
    Op("multiply", "elementwise", same, "a b", "{0} * {1}"),
    Op("divide", "elementwise", same_f32, "a / b", "{0} / {1}"),
    Op(
        "power",
        "elementwise",
        same_f32,
        "a^b; NaN for finite negative a unless b is whole",
        "power{vec4}({0}, {1})",
        library="power",
    ),
    Op("floor_divide", "elementwise", same_u32, "⌊a / b⌋; a / 0 is a", "{0} / {1}"),
    Op("modulo", "elementwise", same_u32, "a mod b; a mod 0 is 0", "{0} % {1}"),
    Op("where", "elementwise", _where, "a where the condition is not 0, else b", "select({2}, {1}, {0} != {zero})"),
    Op("cast", "elementwise", _cast, "the same number in another element type"),
    Op("gelu_slope", "elementwise", same_f32, "derivative of gelu", "gelu_derivative{vec4}({0})", library="scalar"),
]


def row(infer: Infer, wgsl: str, library: str | None = None) -> Callable[[Word], Word]:
    """Enter a function into the table as the op of its name. The function stays what it is."""

    def enter(word: Word) -> Word:
        meaning = " ".join((word.__doc__ or "").split()).partition(". ")[0].removesuffix(".")
        ROWS.append(Op(word.__name__, "elementwise", infer, meaning, wgsl, library))
        return word

    return enter


@row(same_f32, "exp({0})")
def exp(x: Tensor) -> Tensor:
    """e^x."""
    return make("exp", (x,))


@row(same_f32, "log({0})")
def log(x: Tensor) -> Tensor:
    """Natural logarithm. Of 0 and below, what the device gives; near 1 to 5e-7: see `log1p`."""
    return make("log", (x,))


@row(same_f32, "expm1{vec4}({0})", library="exponential")
def expm1(x: Tensor) -> Tensor:
    """e^x - 1. To single precision also where x is small."""
    return make("expm1", (x,))


@row(same_f32, "log1p{vec4}({0})", library="exponential")
def log1p(x: Tensor) -> Tensor:
    """log(1 + x). To single precision also where x is small; of -1 and below, what the device gives."""
    return make("log1p", (x,))


@row(same_f32, "sqrt({0})")
def sqrt(x: Tensor) -> Tensor:
    """Square root. Its gradient at 0 is infinite, and NaN where 0 arrives there: `norm` has one that is 0."""
    return make("sqrt", (x,))


@row(same_f32, "sin({0})")
def sin(x: Tensor) -> Tensor:
    """Sine of radians."""
    return make("sin", (x,))


@row(same_f32, "cos({0})")
def cos(x: Tensor) -> Tensor:
    """Cosine of radians."""
    return make("cos", (x,))


@row(same_f32, "tanh_clamped{vec4}({0})", library="scalar")
def tanh(x: Tensor) -> Tensor:
    """Hyperbolic tangent."""
    return make("tanh", (x,))


@row(same_f32, "sigmoid{vec4}({0})", library="scalar")
def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x)."""
    return make("sigmoid", (x,))


@row(same_f32, "select({0}, {zero}, {0} <= {zero})")  # of NaN max() would make 0
def relu(x: Tensor) -> Tensor:
    """max(x, 0). Its derivative at 0 is taken to be 0."""
    return make("relu", (x,))


@row(same_f32, "softplus{vec4}({0})", library="scalar")
def softplus(x: Tensor) -> Tensor:
    """log(1 + e^x). To single precision also where it is small or large."""
    return make("softplus", (x,))


@row(same_f32, "gelu{vec4}({0})", library="scalar")
def gelu(x: Tensor) -> Tensor:
    """x Φ(x), by the tanh formula. Source: Hendrycks and Gimpel (2016); PyTorch calls it approximate="tanh"."""
    return make("gelu", (x,))


@row(same_f32, "abs({0})")
def absolute(x: Tensor) -> Tensor:
    """|x|. Its derivative at 0 is taken to be 0."""
    return make("absolute", (x,))


@row(same_f32, "select(sign({0}), {0}, is_nan{vec4}({0}))", library="ieee")
def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1."""
    return make("sign", (x,))


@row(same_f32, "{0} * {0}")
def square(x: Tensor) -> Tensor:
    """x²."""
    return make("square", (x,))


@row(same_f32, "round({0})")
def round(x: Tensor) -> Tensor:
    """The nearest whole number; of two, the even one. As a float; no gradient passes: see `straight_through`."""
    return make("round", (x,))


@row(same, "{0}")
def stop_gradient(x: Tensor) -> Tensor:
    """x, through which no gradient passes. To derivatives it is a constant."""
    return make("stop_gradient", (x,))


@row(same, "max({0}, {1})")
def maximum(a: Operand, b: Operand) -> Tensor:
    """The larger of a and b. Where they are equal each gets half of the gradient."""
    return binary("maximum", a, b)


@row(same, "min({0}, {1})")
def minimum(a: Operand, b: Operand) -> Tensor:
    """The smaller of a and b. Where they are equal each gets half of the gradient."""
    return binary("minimum", a, b)


@row(_indicator, "select({zero}, {one}, {0} < {1})")
def less(a: Operand, b: Operand) -> Tensor:
    """1 where a < b, else 0. A float."""
    return binary("less", a, b)


@row(_indicator, "select({zero}, {one}, {0} <= {1})")
def less_equal(a: Operand, b: Operand) -> Tensor:
    """1 where a <= b, else 0. A float."""
    return binary("less_equal", a, b)


@row(_indicator, "select({zero}, {one}, {0} == {1})")
def equal(a: Operand, b: Operand) -> Tensor:
    """1 where a = b, else 0. A float."""
    return binary("equal", a, b)


@row(_indicator, "select({zero}, {one}, {0} != {1})")
def not_equal(a: Operand, b: Operand) -> Tensor:
    """1 where a ≠ b, else 0. A float."""
    return binary("not_equal", a, b)


if not TYPE_CHECKING:  # type checkers see the functions themselves
    __all__ = [each.name for each in ROWS if each.name in globals()]
