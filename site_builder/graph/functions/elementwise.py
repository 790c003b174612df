"""Functions of single elements that are made of ops, or choose among them. Plain ops are words already: see `ops`."""

from __future__ import annotations

import math

from ..arrays import array_constant, is_array
from ..operands import alike
from ..ops.elementwise import isfinite, isnan, less, maximum, minimum, not_equal, sigmoid, sqrt, stop_gradient
from ..ranges import expect_number
from ..tensor import Operand, Tensor, binary, broadcast, caller, common_shape, constant, fail, make

__all__ = [
    "cast",
    "clip",
    "floor_divide",
    "identity",
    "isinf",
    "leaky_relu",
    "logical_and",
    "logical_not",
    "logical_or",
    "power",
    "reciprocal",
    "remainder",
    "rsqrt",
    "silu",
    "straight_through",
    "where",
]

PRODUCTS = 16  # the highest power of f32 that is a product


def leaky_relu(x: Tensor, slope: Operand = 0.01) -> Tensor:
    """x where it is positive, else slope · x."""
    return where(x > 0, x, slope * x)


def silu(x: Tensor) -> Tensor:
    """x / (1 + e^-x), also called swish."""
    return x * sigmoid(x)


def identity(x: Tensor) -> Tensor:
    """x: the absence of a non-linearity, for models that can do without."""
    return x


def power(a: Operand, b: Operand) -> Tensor:
    """a^b, element by element, which `a ** b` is short for; f32, and whole numbers to whole powers that are
    known when traced.

    Whole powers below 256 are products, and exact where f32 holds them; a^0.5 is √a, and others are 2^(b log₂ a): of a
    finite negative a defined where b is a whole number, else NaN. 0^b is 0 for b > 0, 1 for b = 0 and, where devices
    divide by 0 so, infinite for b < 0. The gradient by b is a^b log a, at a = 0 taken to be 0; of a negative a none
    (NaN). Source: IEEE 754-2019, section 9.2.1, pow; as in NumPy.
    """
    if isinstance(b, Tensor):
        return binary("power", a, b)
    if not isinstance(a, Tensor) or not isinstance(b, int | float) or not math.isfinite(b):
        raise fail(f"a power is of a tensor, by a finite number or a tensor, found {a!r} ** {b!r}", caller())
    whole = b == int(b)
    if a.dtype != "f32" and not (whole and 0 <= b <= PRODUCTS):
        message = f'{a.dtype} is raised to whole powers from 0 to {PRODUCTS}, found {b}: cast it, as cast(x, "f32")'
        raise fail(message, caller())
    if b == 0:
        return broadcast(constant(1, a.dtype), a.shape)
    if b == 0.5:
        return sqrt(a)
    if b in (-0.5, -1):
        return 1 / power(a, -b)
    if b < 0 and whole:
        return power(1 / a, -b)  # not 1 / a^-b, whose gradient at 0 would divide by 0 twice
    if not whole or b > PRODUCTS:
        return binary("power", a, float(b))
    result = a
    for _ in range(int(b) - 1):
        result = result * a
    return result


def rsqrt(x: Tensor) -> Tensor:
    """1 / √x."""
    return power(x, -0.5)


def reciprocal(x: Tensor) -> Tensor:
    """1 / x."""
    return 1 / x


def floor_divide(a: Operand, b: Operand) -> Tensor:
    """⌊a / b⌋, which `a // b` is short for: as in NumPy towards -∞, for floats too. Of whole numbers a // 0 is a."""
    return binary("floor_divide", a, b)


def remainder(a: Operand, b: Operand) -> Tensor:
    """a - ⌊a / b⌋ b, which `a % b` is short for: it has the sign of b, as in NumPy and Python, for floats too.

    Floats have all their digits where |a / b| is below 2^44, and a % 0 is NaN; of whole numbers a % 0 is 0. The
    gradient by a is 1, and by b -⌊a / b⌋.
    """
    return binary("modulo", a, b)


def isinf(x: Tensor) -> Tensor:
    """1 where x is infinite, else 0. A float."""
    return 1 - isfinite(x) - isnan(x)


def straight_through(x: Tensor, value: Tensor) -> Tensor:
    """`value` going forward, and x going back: the gradient passes as if nothing had been done to x.

    With value = round(x), x is quantised and still learns. Source: Bengio, Léonard and Courville (2013).
    """
    return stop_gradient(value) + (x - stop_gradient(x))


def clip(x: Tensor, low: Operand, high: Operand) -> Tensor:
    """x within [low, high], and the nearer bound outside, where no gradient passes."""
    expect_number("clip: high", high)
    expect_number("clip: low", low, most=math.inf if isinstance(high, Tensor) else high)
    outside = maximum(less(x, low), less(high, x))  # as NaN is not, which therefore stays
    return where(outside, stop_gradient(minimum(maximum(x, low), high)), x)


def cast(x: Tensor, dtype: str) -> Tensor:
    """The same numbers as `f32`, `u32` or `i32`.

    To whole numbers they are truncated towards zero, and those past either end become the end: to u32, negative ones 0
    (of f32, the largest are 2^32 - 256, and 2^31 - 128 as i32). i32 and u32 become the nearest f32, exact to 2^24.
    """
    return x if x.dtype == dtype else make("cast", (x,), dtype=dtype)


def logical_and(a: Tensor, b: Tensor) -> Tensor:
    """1.0 where neither mask (f32) is 0, else 0.0, which `a & b` is short for: `(x > 0) & (x < 1)`."""
    return _mask("logical_and", a) * _mask("logical_and", b)


def logical_or(a: Tensor, b: Tensor) -> Tensor:
    """1.0 where either mask (f32) is not 0, else 0.0, which `a | b` is short for."""
    return maximum(_mask("logical_or", a), _mask("logical_or", b))


def logical_not(a: Tensor) -> Tensor:
    """1.0 where the mask (f32) is 0, else 0.0, which `~a` is short for."""
    return 1 - _mask("logical_not", a)


def _mask(op: str, x: Tensor) -> Tensor:
    """x with 1.0 for all that is not 0; comparisons give nothing else."""
    x = array_constant(x, None, f"{op}: an array") if is_array(x) else x
    if not isinstance(x, Tensor) or x.dtype != "f32":
        found = x.type if isinstance(x, Tensor) else repr(x)
        raise fail(f"{op}: masks are f32, as x > 0 gives them, found {found}", caller())
    return x if x.op in ("less", "less_equal", "equal", "not_equal") else not_equal(x, 0)


def where(condition: Tensor, a: Operand, b: Operand) -> Tensor:
    """a where the condition (f32) is not 0, else b."""
    a, b = alike("where", a, b if isinstance(a, Tensor) or isinstance(b, Tensor) else constant(b))
    shape = common_shape("where", condition.shape, a.shape, b.shape)
    return make("where", (broadcast(condition, shape), broadcast(a, shape), broadcast(b, shape)))
