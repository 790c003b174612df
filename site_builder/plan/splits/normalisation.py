"""Normalisation of long rows, or of columns of many rows, made of sums."""

from __future__ import annotations

from ...graph import Tensor
from ...graph.functions.reduce import mean, sum
from ...graph.functions.views import reshape, stack
from ...graph.ops.elementwise import sqrt, square
from .table import Split


def _along(op: str, x: Tensor) -> int | tuple[int, ...]:
    """The axes along which an op normalises: the last, or all others."""
    return tuple(range(len(x.shape) - 1)) if op.startswith("batch_norm") else -1


def _centred(op: str, x: Tensor) -> Tensor:
    return x if op.startswith("rms_norm") else x - mean(x, _along(op, x), keepdims=True)


def _deviation(op: str, x: Tensor, epsilon: Tensor) -> Tensor:
    """What is divided by; the axes along which it is taken have length 1."""
    return sqrt(mean(square(_centred(op, x)), _along(op, x), keepdims=True) + epsilon)


def _forward(y: Tensor) -> Tensor:
    return _centred(y.op, y.inputs[0]) / _deviation(y.op, *y.inputs)


def _rstd(y: Tensor) -> Tensor:
    return reshape(1 / _deviation(y.op, *y.inputs), y.shape)


def _statistics(y: Tensor) -> Tensor:
    x, _ = y.inputs
    variance = mean(square(_centred(y.op, x)), _along(y.op, x))
    return stack([mean(x, _along(y.op, x)), variance])


def _slope(op: str, y: Tensor, dy: Tensor) -> Tensor:
    """dy without what would change the mean, where that is kept, and without its part along y."""
    along = y * mean(y * dy, _along(op, y), keepdims=True)
    return _centred(op, dy) - along


def _of_rows(node: Tensor) -> Tensor:
    y, rstd, dy = node.inputs
    return _slope(node.op, y, dy) * reshape(rstd, (*rstd.shape, 1))


def _of_columns(node: Tensor) -> Tensor:
    y, statistics, epsilon, dy = node.inputs
    return _slope(node.op, y, dy) / sqrt(statistics[1] + epsilon)


def _scale_gradient(node: Tensor) -> Tensor:
    x, d = node.inputs
    return sum(x * d, tuple(range(len(x.shape) - 1)))


SPLITS: dict[str, Split] = {
    "layer_norm": _forward,
    "layer_norm_rstd": _rstd,
    "layer_norm_gradient": _of_rows,
    "rms_norm": _forward,
    "rms_norm_rstd": _rstd,
    "rms_norm_gradient": _of_rows,
    "batch_norm": _forward,
    "batch_norm_statistics": _statistics,
    "batch_norm_gradient": _of_columns,
    "scale_gradient": _scale_gradient,
}
