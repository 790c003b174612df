"""Angles, hyperbolic functions and logarithms that are made of ops, as accurate as those are on the device."""

from __future__ import annotations

import math

from ..ops.elementwise import absolute, atan2, equal, exp, expm1, log, log1p, maximum, softplus, sqrt
from ..tensor import Operand, Tensor, binary
from .elementwise import where

__all__ = ["acos", "asin", "atan", "atanh", "cosh", "log10", "logaddexp", "sinh"]


def asin(x: Tensor) -> Tensor:
    """The angle between -π/2 and π/2 whose sine is x; NaN past ±1, where the gradient is infinite."""
    return atan2(x, sqrt((1 - x) * (1 + x)))


def acos(x: Tensor) -> Tensor:
    """The angle between 0 and π whose cosine is x; NaN past ±1, where the gradient is infinite."""
    return atan2(sqrt((1 - x) * (1 + x)), x)


def atan(x: Tensor) -> Tensor:
    """The angle between -π/2 and π/2 whose tangent is x."""
    return atan2(x, 1.0)


def sinh(x: Tensor) -> Tensor:
    """(e^x - e^-x) / 2, infinite from where e^x is, at 88.7."""
    return 0.5 * (expm1(x) - expm1(-x))  # of numbers with different signs, which do not cancel


def cosh(x: Tensor) -> Tensor:
    """(e^x + e^-x) / 2, infinite from where e^x is, at 88.7."""
    return 0.5 * (exp(x) + exp(-x))


def atanh(x: Tensor) -> Tensor:
    """log((1 + x) / (1 - x)) / 2, to single precision also where x is small."""
    return 0.5 * (log1p(x) - log1p(-x))


def log10(x: Tensor) -> Tensor:
    """Logarithm to base 10. Of 0 and below, what the device gives."""
    return log(x) * (1 / math.log(10))


def logaddexp(a: Operand, b: Operand) -> Tensor:
    """log(e^a + e^b), where neither e^a nor e^b overflows; of two equal infinities that one."""
    apart = where(equal(a, b), 0.0, binary("subtract", a, b))
    return maximum(a, b) + softplus(-absolute(apart))
