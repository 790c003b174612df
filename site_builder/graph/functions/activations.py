"""Non-linearities that are made of ops; relu, tanh, sigmoid and softplus are ops themselves."""

from __future__ import annotations

import math
from typing import Literal

from ..ops.elementwise import erf, expm1, isnan, maximum, softplus, tanh
from ..tensor import Operand, Tensor, make
from .elementwise import clip, where

__all__ = ["elu", "gelu", "hardtanh", "logsigmoid", "mish", "relu6", "selu"]


def gelu(x: Tensor, approximate: Literal["tanh", "none"] = "tanh") -> Tensor:
    """x Φ(x): by the tanh formula unless told approximate="none", then by the error function.

    The two differ by up to 5e-4. PyTorch's own default is "none". Source: Hendrycks and Gimpel (2016).
    """
    return make("gelu", (x,)) if approximate == "tanh" else 0.5 * x * (1 + erf(x * math.sqrt(0.5)))


def elu(x: Tensor, alpha: Operand = 1.0) -> Tensor:
    """x where it is positive, else alpha (e^x - 1). Source: Clevert, Unterthiner and Hochreiter (2016)."""
    kept = maximum(x > 0, isnan(x))  # of NaN e^x is a number on some devices
    return where(kept, x, alpha * expm1(where(kept, 0.0, x)))  # e^x of what is large would overflow in the gradient


def selu(x: Tensor) -> Tensor:
    """elu with the alpha and the scale that keep mean 0 and variance 1. Source: Klambauer et al. (2017)."""
    return 1.0507009873554805 * elu(x, 1.6732632423543772)


def mish(x: Tensor) -> Tensor:
    """x tanh(log(1 + e^x)). Source: Misra (2020)."""
    return x * tanh(softplus(x))


def hardtanh(x: Tensor, low: Operand = -1.0, high: Operand = 1.0) -> Tensor:
    """x within [low, high], and the nearer bound outside; `clip` by another name."""
    return clip(x, low, high)


def relu6(x: Tensor) -> Tensor:
    """x within [0, 6], and the nearer bound outside."""
    return clip(x, 0.0, 6.0)


def logsigmoid(x: Tensor) -> Tensor:
    """log(1 / (1 + e^-x)), without a logarithm of 0."""
    return -softplus(-x)
