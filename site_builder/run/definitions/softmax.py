"""Softmax and its losses, as NumPy defines them."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from .table import Array, Definition


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


DEFINITIONS: dict[str, Definition] = {
    "softmax": lambda y, x: _softmax(x),
    "softmax_gradient": lambda y, p, d: p * (d - (p * d).sum(axis=-1, keepdims=True)),
    "cross_entropy": _cross_entropy,
    "cross_entropy_gradient": _cross_entropy_gradient,
}
