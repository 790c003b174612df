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
from .table import Attributes, Infer, Op, difference, dtype_of, expect, same, same_f32, same_signed

Word = TypeVar("Word", bound=Callable[..., Tensor])

# Of NaN the built-in functions may give the other number.
_KEEPS_NAN = "select({}({{0}}, {{1}}), {{0}} + {{1}}, is_nan{{vec4}}({{0}}) | is_nan{{vec4}}({{1}}))"
_ORDERS = "select({{zero}}, {{one}}, in_order{{vec4}}({{0}}) {} in_order{{vec4}}({{1}}))"  # a comparison of i32


def _indicator(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(same(inputs, attributes).shape, "f32")


def _where(inputs: Sequence[Type], attributes: Attributes) -> Type:
    condition, a, b = inputs
    expect(condition == Type(a.shape, "f32") and a == b, f"{condition}, {a} and {b} do not fit")
    return a


def _cast(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(inputs[0].shape, dtype_of(attributes))


def _signed(wgsl: str) -> dict[str, tuple[str, str]]:
    """The expression of i32, whose words are u32."""
    return {"i32": (wgsl, "signed")}


def _whole(wgsl: str) -> dict[str, tuple[str, str]]:
    """The expression of u32 and i32."""
    return {"u32": (wgsl, ""), "i32": (wgsl, "")}


# Ops for which operators, derivatives or `functions/elementwise.py` ask. `row` puts the others behind them.
ROWS = [
    Op("negate", "elementwise", difference, "-x", "-{0}", others=_whole("{whole} - {0}")),
    Op("add", "elementwise", same, "a + b", "{0} + {1}"),
    Op("subtract", "elementwise", difference, "a - b; of u32 as i32", "{0} - {1}"),
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
    Op(
        "floor_divide",
        "elementwise",
        same,
        "⌊a / b⌋; of whole numbers a / 0 is a",
        "{0} / {1}",
        others={"f32": ("floor_quotient{vec4}({0}, {1})", "remainder"), **_signed("signed_quotient{vec4}({0}, {1})")},
    ),
    Op(
        "modulo",
        "elementwise",
        same,
        "a - ⌊a / b⌋ b; of whole numbers a mod 0 is 0",
        "{0} % {1}",
        others={"f32": ("floor_remainder{vec4}({0}, {1})", "remainder"), **_signed("signed_remainder{vec4}({0}, {1})")},
    ),
    Op("where", "elementwise", _where, "a where the condition is not 0, else b", "select({2}, {1}, {0} != {zero})"),
    Op("cast", "elementwise", _cast, "the same number in another element type"),
    Op("gelu", "elementwise", same_f32, "x Φ(x), by the tanh formula", "gelu{vec4}({0})", library="scalar"),
    Op("gelu_slope", "elementwise", same_f32, "derivative of gelu", "gelu_derivative{vec4}({0})", library="scalar"),
]


def row(
    infer: Infer, wgsl: str, library: str | None = None, signed: str = "", whole: str = ""
) -> Callable[[Word], Word]:
    """Enter a function into the table as the op of its name. The function stays what it is.

    `signed` and `whole`: the expressions of i32 and of u32, if they are others.
    """
    others = {**({"u32": (whole, "")} if whole else {}), **(_signed(signed) if signed else {})}

    def enter(word: Word) -> Word:
        meaning = " ".join((word.__doc__ or "").split()).partition(". ")[0].removesuffix(".")
        ROWS.append(Op(word.__name__, "elementwise", infer, meaning, wgsl, library, others))
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


@row(same_f32, "tangent{vec4}({0})", library="trigonometry")
def tan(x: Tensor) -> Tensor:
    """Tangent of radians. To some 3 units in the last place up to ±30; beyond ±1,000 nothing is promised."""
    return make("tan", (x,))


@row(same_f32, "angle{vec4}({0}, {1})", library="trigonometry")
def atan2(y: Operand, x: Operand) -> Tensor:
    """The angle of the point (x, y), between -π and π. 0 of (0, 0), where it has no gradient (NaN)."""
    return binary("atan2", y, x)


@row(same_f32, "exp2({0})")
def exp2(x: Tensor) -> Tensor:
    """2^x."""
    return make("exp2", (x,))


@row(same_f32, "log2({0})")
def log2(x: Tensor) -> Tensor:
    """Logarithm to base 2. Of 0 and below, what the device gives; near 1 as `log`."""
    return make("log2", (x,))


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


@row(same_f32, "erf{vec4}({0})", library="erf")
def erf(x: Tensor) -> Tensor:
    """2/√π ∫ e^-t² dt from 0 to x."""
    return make("erf", (x,))


@row(same_signed, "abs({0})", signed="magnitude{vec4}({0})")
def absolute(x: Tensor) -> Tensor:
    """|x|. Its derivative at 0 is taken to be 0."""
    return make("absolute", (x,))


@row(same_signed, "select(sign({0}), {0}, is_nan{vec4}({0}))", library="ieee", signed="sign_of{vec4}({0})")
def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1."""
    return make("sign", (x,))


@row(same, "{0} * {0}")
def square(x: Tensor) -> Tensor:
    """x²."""
    return make("square", (x,))


@row(same_f32, "round({0})")
def round(x: Tensor) -> Tensor:
    """The nearest whole number; of two, the even one. As a float; no gradient passes: see `straight_through`."""
    return make("round", (x,))


@row(same_f32, "floor({0})")
def floor(x: Tensor) -> Tensor:
    """The largest whole number up to x. As a float; no gradient passes."""
    return make("floor", (x,))


@row(same_f32, "ceil({0})")
def ceil(x: Tensor) -> Tensor:
    """The smallest whole number from x on. As a float; no gradient passes."""
    return make("ceil", (x,))


@row(same_f32, "trunc({0})")
def trunc(x: Tensor) -> Tensor:
    """The whole part of x, which is cut towards 0. As a float; no gradient passes."""
    return make("trunc", (x,))


@row(same_f32, "select({zero}, {one}, is_nan{vec4}({0}))", library="ieee")
def isnan(x: Tensor) -> Tensor:
    """1 where x is NaN, else 0. A float; told by its bits, so that it is so on every device."""
    return make("isnan", (x,))


@row(same_f32, "select({zero}, {one}, is_finite{vec4}({0}))", library="finite")
def isfinite(x: Tensor) -> Tensor:
    """1 where x is neither infinite nor NaN, else 0. A float; told by its bits."""
    return make("isfinite", (x,))


@row(same, "{0}")
def stop_gradient(x: Tensor) -> Tensor:
    """x, through which no gradient passes. To derivatives it is a constant."""
    return make("stop_gradient", (x,))


@row(same, _KEEPS_NAN.format("max"), "ieee", signed="larger{vec4}({0}, {1})", whole="max({0}, {1})")
def maximum(a: Operand, b: Operand) -> Tensor:
    """The larger of a and b. NaN where one of them is; where they are equal each gets half of the gradient."""
    return binary("maximum", a, b)


@row(same, _KEEPS_NAN.format("min"), "ieee", signed="smaller{vec4}({0}, {1})", whole="min({0}, {1})")
def minimum(a: Operand, b: Operand) -> Tensor:
    """The smaller of a and b. NaN where one of them is; where they are equal each gets half of the gradient."""
    return binary("minimum", a, b)


@row(_indicator, "select({zero}, {one}, {0} < {1})", signed=_ORDERS.format("<"))
def less(a: Operand, b: Operand) -> Tensor:
    """1 where a < b, else 0. A float."""
    return binary("less", a, b)


@row(_indicator, "select({zero}, {one}, {0} <= {1})", signed=_ORDERS.format("<="))
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
