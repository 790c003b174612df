"""The NumPy definition of every op: what the kernels are held to. One row an op, in the order of the op table.

A definition takes the node and its inputs as arrays. Floats are computed in the precision of the arrays it is given;
u32 wraps around, as it does on the device.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..graph import Tensor

Array = npt.NDArray[Any]
Definition = Callable[..., Any]


def pcg4d(seed: Array, stream: int, step: Array, index: Array) -> list[Array]:
    """Four u32 for each (seed, stream, step, index).

    Source: Jarzynski and Olano, Hash functions for GPU rendering (2020).
    """
    v = [np.broadcast_to(np.asarray(x, np.uint32), index.shape).copy() for x in (seed, stream, step, index)]
    v = [x * np.uint32(1664525) + np.uint32(1013904223) for x in v]
    for shifted in (False, True):
        if shifted:
            v = [x ^ (x >> np.uint32(16)) for x in v]
        for a, b, c in ((0, 1, 3), (1, 2, 0), (2, 0, 1), (3, 1, 2)):
            v[a] = v[a] + v[b] * v[c]
    return v


def _bits(y: Tensor, seed: Array, step: Array) -> list[Array]:
    index = np.arange(y.size, dtype=np.uint32).reshape(y.shape)
    stream = y.attributes["stream"]
    assert isinstance(stream, int)
    return pcg4d(seed, stream, step, index)


def _unit(bits: Array) -> Array:
    """The upper 24 bits as a multiple of 2^-24 in [0, 1): exact in float32."""
    return np.asarray((bits >> np.uint32(8)).astype(np.float64) * 2.0**-24)


def _normal(y: Tensor, seed: Array, step: Array) -> Array:
    a, b, _, _ = _bits(y, seed, step)
    return np.asarray(np.sqrt(-2 * np.log(1 - _unit(a))) * np.cos(2 * math.pi * (_unit(b) - 0.5)))


def _gelu_inner(x: Array) -> Array:
    return np.asarray(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))


def _gelu_slope(y: Tensor, x: Array) -> Array:
    t = np.tanh(_gelu_inner(x))
    slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return np.asarray(0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope)


def _sigmoid(y: Tensor, x: Array) -> Array:
    e = np.exp(-np.abs(x))  # of a number <= 0, so that it cannot overflow
    return np.asarray(np.where(x >= 0, 1, e) / (1 + e))


def _cast(y: Tensor, x: Array) -> Array:
    return np.maximum(x, 0).astype(np.uint32) if y.dtype == "u32" else np.asarray(x)


def _floor_divide(y: Tensor, a: Array, b: Array) -> Array:
    return np.where(b == 0, a, a // np.maximum(b, 1))


def _modulo(y: Tensor, a: Array, b: Array) -> Array:
    return np.where(b == 0, 0, a % np.maximum(b, 1))


def _matmul(y: Tensor, a: Array, b: Array) -> Array:
    form = y.attributes["form"]
    return (a.T if form == "tn" else a) @ (b.T if form == "nt" else b)


def _along(reduce: Callable[..., Any]) -> Definition:
    def definition(y: Tensor, x: Array) -> Any:
        axes = y.attributes["axes"]
        assert isinstance(axes, tuple)
        outer = math.prod(x.shape[: axes[0]])
        length = math.prod(x.shape[a] for a in axes)
        return reduce(x.reshape(outer, length, -1), axis=1).reshape(y.shape)

    return definition


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _cross_entropy(y: Tensor, logits: Array, labels: Array) -> Array:
    top = logits.max(axis=-1)
    total = np.log(np.exp(logits - top[:, None]).sum(axis=-1)) + top
    return np.asarray(total - logits[np.arange(len(labels)), np.minimum(labels, logits.shape[1] - 1)])


def _cross_entropy_gradient(y: Tensor, logits: Array, labels: Array, d: Array) -> Array:
    onehot = np.arange(logits.shape[1]) == np.minimum(labels, logits.shape[1] - 1)[:, None]
    return np.asarray((_softmax(logits) - onehot) * d[:, None])


def _scatter_add(y: Tensor, rows: Array, values: Array) -> Array:
    table = np.zeros(y.shape, values.dtype)
    np.add.at(table, np.minimum(rows, len(table) - 1), values)
    return table


def _update_at(y: Tensor, vector: Array, index: Array, value: Array) -> Array:
    vector = vector.copy()
    vector[np.minimum(index, len(vector) - 1)] = value
    return vector


DEFINITIONS: dict[str, Definition] = {
    "negate": lambda y, x: -x,
    "exp": lambda y, x: np.exp(x),
    "log": lambda y, x: np.log(x),
    "sqrt": lambda y, x: np.sqrt(x),
    "sin": lambda y, x: np.sin(x),
    "cos": lambda y, x: np.cos(x),
    "tanh": lambda y, x: np.tanh(x),
    "sigmoid": _sigmoid,
    "relu": lambda y, x: np.maximum(x, 0),
    "gelu": lambda y, x: 0.5 * x * (1 + np.tanh(_gelu_inner(x))),
    "gelu_slope": _gelu_slope,
    "absolute": lambda y, x: np.abs(x),
    "sign": lambda y, x: np.sign(x),
    "square": lambda y, x: x * x,
    "cast": _cast,
    "add": lambda y, a, b: a + b,
    "subtract": lambda y, a, b: a - b,
    "multiply": lambda y, a, b: a * b,
    "divide": lambda y, a, b: a / b,
    "floor_divide": _floor_divide,
    "modulo": _modulo,
    "maximum": lambda y, a, b: np.maximum(a, b),
    "minimum": lambda y, a, b: np.minimum(a, b),
    "less": lambda y, a, b: a < b,
    "less_equal": lambda y, a, b: a <= b,
    "equal": lambda y, a, b: a == b,
    "not_equal": lambda y, a, b: a != b,
    "where": lambda y, condition, a, b: np.where(condition != 0, a, b),
    "constant": lambda y: y.attributes["value"],
    "iota": lambda y: np.arange(y.size, dtype=np.uint32).reshape(y.shape),
    "uniform": lambda y, seed, step: _unit(_bits(y, seed, step)[0]),
    "normal": _normal,
    "random_index": lambda y, seed, step: _bits(y, seed, step)[0] % np.uint32(y.attributes["bound"]),
    "broadcast": lambda y, x: np.broadcast_to(x, y.shape),
    "reshape": lambda y, x: x.reshape(y.shape),
    "transpose": lambda y, x: x.T,
    "matmul": _matmul,
    "sum": _along(np.sum),
    "max": _along(np.max),
    "argmax": _along(np.argmax),
    "argmin": _along(np.argmin),
    "softmax": lambda y, x: _softmax(x),
    "softmax_gradient": lambda y, p, d: p * (d - (p * d).sum(axis=-1, keepdims=True)),
    "cross_entropy": _cross_entropy,
    "cross_entropy_gradient": _cross_entropy_gradient,
    "gather": lambda y, table, rows: table[np.minimum(rows, len(table) - 1)],
    "scatter_add": _scatter_add,
    "update_at": _update_at,
}
