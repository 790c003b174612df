"""Softmax and its losses, as NumPy defines them."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _logsumexp(x: Array) -> Array:
    top = x.max(axis=-1)
    shift = np.where(np.isinf(top), 0, top)
    return np.asarray(np.log(np.exp(x - shift[..., None]).sum(axis=-1)) + shift)


def _onehot(logits: Array, labels: Array) -> Array:
    return np.asarray(np.arange(logits.shape[-1]) == labels[..., None])


def _known(logits: Array, labels: Array) -> Array:
    """1 for a label that is one of the classes, else NaN: nothing can be learnt from it."""
    return np.where(labels < logits.shape[-1], 1, np.nan)


def _cross_entropy(y: Tensor, logits: Array, labels: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)  # first, so that what is large does not cancel
    of_label = np.where(_onehot(logits, labels), shifted, 0).sum(axis=-1)
    return np.asarray((np.log(np.exp(shifted).sum(axis=-1)) - of_label) * _known(logits, labels))


def _cross_entropy_gradient(y: Tensor, logits: Array, labels: Array, d: Array) -> Array:
    d = d * _known(logits, labels)
    return np.asarray((_softmax(logits) - _onehot(logits, labels)) * d[..., None])


DEFINITIONS: dict[str, Definition] = {
    "softmax": lambda y, x: _softmax(x),
    "softmax_gradient": lambda y, p, d: p * (d - (p * d).sum(axis=-1, keepdims=True)),
    "logsumexp": lambda y, x: _logsumexp(x),
    "cross_entropy": _cross_entropy,
    "cross_entropy_gradient": _cross_entropy_gradient,
}
