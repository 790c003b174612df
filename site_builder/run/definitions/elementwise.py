"""Elementwise ops, as NumPy defines them."""

from __future__ import annotations

import math

import numpy as np

from ...graph import Tensor
from ...graph.types import WHOLE
from ..arrays import Array
from .table import Definition


def _gelu_inner(x: Array) -> Array:
    return np.asarray(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))


def _gelu_slope(y: Tensor, x: Array) -> Array:
    x = np.clip(x, -20, 20)  # past which it is 0 or 1, and x² may overflow
    s = _sigmoid(y, 2 * _gelu_inner(x))
    slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return np.asarray(s + 2 * x * s * (1 - s) * slope)


def _sigmoid(y: Tensor, x: Array) -> Array:
    e = np.exp(-np.abs(x))  # of a number <= 0, so that it cannot overflow
    return np.asarray(np.where(x >= 0, 1, e) / (1 + e))


def _erf(y: Tensor, x: Array) -> Array:
    return np.asarray(np.frompyfunc(math.erf, 1, 1)(x), x.dtype)


def _cast(y: Tensor, x: Array) -> Array:
    (given,) = y.inputs
    if y.dtype == "f32":
        return np.asarray(x)
    least, most = WHOLE[y.dtype]
    if given.dtype == "f32":
        most -= {"u32": 255, "i32": 127}[y.dtype]  # the largest f32 that it holds
    kind = np.uint32 if y.dtype == "u32" else np.int32
    return np.asarray(np.nan_to_num(np.clip(x.astype(np.float64), least, most)).astype(kind))


def _floor_divide(y: Tensor, a: Array, b: Array) -> Array:
    return a // b if y.dtype == "f32" else np.where(b == 0, a, a // np.where(b == 0, 1, b))


def _modulo(y: Tensor, a: Array, b: Array) -> Array:
    return a % b if y.dtype == "f32" else np.where(b == 0, 0, a % np.where(b == 0, 1, b))


DEFINITIONS: dict[str, Definition] = {
    "negate": lambda y, x: -x,
    "exp": lambda y, x: np.exp(x),
    "log": lambda y, x: np.log(x),
    "expm1": lambda y, x: np.expm1(x),
    "log1p": lambda y, x: np.log1p(x),
    "sqrt": lambda y, x: np.sqrt(x),
    "sin": lambda y, x: np.sin(x),
    "cos": lambda y, x: np.cos(x),
    "tan": lambda y, x: np.tan(x),
    "atan2": lambda y, a, b: np.arctan2(a, b),
    "exp2": lambda y, x: np.exp2(x),
    "log2": lambda y, x: np.log2(x),
    "erf": _erf,
    "tanh": lambda y, x: np.tanh(x),
    "sigmoid": _sigmoid,
    "relu": lambda y, x: np.maximum(x, 0),
    "softplus": lambda y, x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    "gelu": lambda y, x: x * _sigmoid(y, 2 * _gelu_inner(x)),  # half of 1 + tanh, which would cancel
    "gelu_slope": _gelu_slope,
    "absolute": lambda y, x: np.abs(x),
    "sign": lambda y, x: np.sign(x),
    "square": lambda y, x: x * x,
    "round": lambda y, x: np.round(x),
    "floor": lambda y, x: np.floor(x),
    "ceil": lambda y, x: np.ceil(x),
    "trunc": lambda y, x: np.trunc(x),
    "isnan": lambda y, x: np.isnan(x),
    "isfinite": lambda y, x: np.isfinite(x),
    "stop_gradient": lambda y, x: x,
    "cast": _cast,
    "add": lambda y, a, b: a + b,
    "subtract": lambda y, a, b: a - b,
    "multiply": lambda y, a, b: a * b,
    "divide": lambda y, a, b: a / b,
    "power": lambda y, a, b: np.power(a, b),
    "floor_divide": _floor_divide,
    "modulo": _modulo,
    "maximum": lambda y, a, b: np.maximum(a, b),
    "minimum": lambda y, a, b: np.minimum(a, b),
    "less": lambda y, a, b: a < b,
    "less_equal": lambda y, a, b: a <= b,
    "equal": lambda y, a, b: a == b,
    "not_equal": lambda y, a, b: a != b,
    "where": lambda y, condition, a, b: np.where(condition != 0, a, b),
}
