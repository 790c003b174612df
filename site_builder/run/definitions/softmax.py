"""Softmax and its losses, as NumPy defines them."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from .table import Array, Definition


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _logsumexp(x: Array) -> Array:
    top = x.max(axis=-1)
    return np.asarray(np.log(np.exp(x - top[..., None]).sum(axis=-1)) + top)


def _onehot(logits: Array, labels: Array) -> Array:
    classes = logits.shape[-1]
    return np.asarray(np.arange(classes) == np.minimum(labels, classes - 1)[..., None])


def _cross_entropy(y: Tensor, logits: Array, labels: Array) -> Array:
    return np.asarray(_logsumexp(logits) - np.where(_onehot(logits, labels), logits, 0).sum(axis=-1))


def _cross_entropy_gradient(y: Tensor, logits: Array, labels: Array, d: Array) -> Array:
    return np.asarray((_softmax(logits) - _onehot(logits, labels)) * d[..., None])


DEFINITIONS: dict[str, Definition] = {
    "softmax": lambda y, x: _softmax(x),
    "softmax_gradient": lambda y, p, d: p * (d - (p * d).sum(axis=-1, keepdims=True)),
    "logsumexp": lambda y, x: _logsumexp(x),
    "cross_entropy": _cross_entropy,
    "cross_entropy_gradient": _cross_entropy_gradient,
}
