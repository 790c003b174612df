"""Attention, as NumPy defines it: with all scores in memory."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _scores(q: Array, k: Array) -> Array:
    """[batch, heads, queries, keys]."""
    return np.asarray(np.einsum("bihd,bjhd->bhij", q, k) / np.sqrt(q.dtype.type(q.shape[-1])))


def _per_query(x: Array) -> Array:
    """[batch, queries, heads] -> [batch, heads, queries, 1]."""
    return np.moveaxis(x, 1, 2)[..., None]


def _seen(y: Tensor, q: Array, k: Array, lengths: Array) -> Array:
    """How many keys each query sees: [batch, queries, 1]."""
    queries, keys = q.shape[1], k.shape[1]
    sight = y.attributes.get("sight", keys + (1 if y.attributes["causal"] else queries))  # the lowering's, of a part
    most = np.arange(queries) + sight - queries
    return np.asarray(np.clip(np.minimum(most, lengths.astype(np.int64)[:, None]), 0, keys)[..., None])


def _statistics(y: Tensor, q: Array, k: Array, v: Array, lengths: Array) -> Array:
    sees = np.broadcast_to(_seen(y, q, k, lengths), q.shape[:3])
    hidden = np.arange(k.shape[1]) >= _per_query(sees)
    scores = np.where(hidden, -np.inf, _scores(q, k))
    top = np.where(hidden.all(axis=-1), 0, scores.max(axis=-1))
    total = np.exp(scores - top[..., None]).sum(axis=-1)
    logsumexp = np.where(total > 0, top + np.log(np.where(total > 0, total, 1)), 0)
    return np.stack([np.moveaxis(logsumexp, 1, 2), sees.astype(q.dtype)], axis=-1)


def _probabilities(q: Array, k: Array, statistics: Array) -> Array:
    shown = np.arange(k.shape[1]) < _per_query(statistics[..., 1])
    shifted = _scores(q, k) - _per_query(statistics[..., 0])
    return np.asarray(np.where(shown, np.exp(np.where(shown, shifted, 0)), 0))


def _attention(y: Tensor, q: Array, k: Array, v: Array, lengths: Array) -> Array:
    p = _probabilities(q, k, _statistics(y, q, k, v, lengths))
    return np.asarray(np.einsum("bhij,bjhd->bihd", p, v))


def _score_slopes(q: Array, k: Array, v: Array, statistics: Array, delta: Array, dy: Array) -> Array:
    """The gradient of the scores before they are divided by √head_dim."""
    slopes = np.einsum("bihd,bjhd->bhij", dy, v) - _per_query(delta)
    return np.asarray(_probabilities(q, k, statistics) * slopes / np.sqrt(q.dtype.type(q.shape[-1])))


def _query_gradient(y: Tensor, q: Array, k: Array, v: Array, result: Array, statistics: Array, dy: Array) -> Array:
    slopes = _score_slopes(q, k, v, statistics, (result * dy).sum(axis=-1), dy)
    return np.asarray(np.einsum("bhij,bjhd->bihd", slopes, k))


def _key_gradient(y: Tensor, q: Array, k: Array, v: Array, statistics: Array, delta: Array, dy: Array) -> Array:
    return np.asarray(np.einsum("bhij,bihd->bjhd", _score_slopes(q, k, v, statistics, delta, dy), q))


def _value_gradient(y: Tensor, q: Array, k: Array, v: Array, statistics: Array, delta: Array, dy: Array) -> Array:
    return np.asarray(np.einsum("bhij,bihd->bjhd", _probabilities(q, k, statistics), dy))


DEFINITIONS: dict[str, Definition] = {
    "attention": _attention,
    "attention_statistics": _statistics,
    "attention_query_gradient": _query_gradient,
    "attention_delta": lambda y, q, k, v, result, statistics, dy: (result * dy).sum(axis=-1),
    "attention_key_gradient": _key_gradient,
    "attention_value_gradient": _value_gradient,
}
