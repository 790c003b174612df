"""Normalisation, as NumPy defines it."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _rstd(x: Array, epsilon: Array) -> Array:
    return np.asarray(1 / np.sqrt(x.var(axis=-1) + epsilon))


def _rms_rstd(x: Array, epsilon: Array) -> Array:
    return np.asarray(1 / np.sqrt((x * x).mean(axis=-1) + epsilon))


def _layer_norm(y: Tensor, x: Array, epsilon: Array) -> Array:
    return np.asarray((x - x.mean(axis=-1, keepdims=True)) * _rstd(x, epsilon)[..., None])


def _rms_gradient(y: Tensor, normalised: Array, rstd: Array, dy: Array) -> Array:
    along = (normalised * dy).mean(axis=-1, keepdims=True)
    return np.asarray(rstd[..., None] * (dy - normalised * along))


def _layer_gradient(y: Tensor, normalised: Array, rstd: Array, dy: Array) -> Array:
    along = (normalised * dy).mean(axis=-1, keepdims=True)
    return np.asarray(rstd[..., None] * (dy - dy.mean(axis=-1, keepdims=True) - normalised * along))


def _statistics(y: Tensor, x: Array, epsilon: Array) -> Array:
    columns = x.reshape(-1, x.shape[-1])
    return np.stack([columns.mean(axis=0), columns.var(axis=0)])


def _batch_norm(y: Tensor, x: Array, epsilon: Array) -> Array:
    mean, variance = _statistics(y, x, epsilon)
    return np.asarray((x - mean) / np.sqrt(variance + epsilon))


def _batch_gradient(y: Tensor, normalised: Array, statistics: Array, epsilon: Array, dy: Array) -> Array:
    others = tuple(range(dy.ndim - 1))
    along = (normalised * dy).mean(axis=others)
    return np.asarray((dy - dy.mean(axis=others) - normalised * along) / np.sqrt(statistics[1] + epsilon))


DEFINITIONS: dict[str, Definition] = {
    "layer_norm": _layer_norm,
    "layer_norm_rstd": lambda y, x, epsilon: _rstd(x, epsilon),
    "layer_norm_gradient": _layer_gradient,
    "rms_norm": lambda y, x, epsilon: x * _rms_rstd(x, epsilon)[..., None],
    "rms_norm_rstd": lambda y, x, epsilon: _rms_rstd(x, epsilon),
    "rms_norm_gradient": _rms_gradient,
    "batch_norm": _batch_norm,
    "batch_norm_statistics": _statistics,
    "batch_norm_gradient": _batch_gradient,
    "scale": lambda y, x, factors: x * factors,
    "scale_gradient": lambda y, x, d: (x * d).reshape(-1, x.shape[-1]).sum(axis=0),
}
