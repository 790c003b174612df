"""Attention to many keys, part after part of the keys, and its gradients."""

from __future__ import annotations

import functools

from ...graph import Tensor
from ...graph.functions.elementwise import cast, where
from ...graph.functions.reduce import sum
from ...graph.functions.views import concatenate
from ...graph.ops.elementwise import exp, log, maximum, minimum
from ...graph.tensor import make
from .table import Split, added, cut, longest, ranges

Both = tuple[Tensor, Tensor]  # attention, and its statistics
NONE = -3.0e38  # below any log Σ exp of scores that were seen
TINY = 1e-30


def _attention(y: Tensor) -> Tensor | None:
    """What each part of the keys gives, weighed by the sums of e^score."""
    whole = _whole(y)
    return whole[0] if whole else None


def _statistics(y: Tensor) -> Tensor | None:
    whole = _whole(y)
    return whole[1] if whole else None


def _whole(y: Tensor) -> Both | None:
    """Attention, and its statistics."""
    q, k, v, lengths = y.inputs
    part = longest(y, "KEYS", k.shape[1])
    if part is None:
        return None

    def attended(start: int, n: int) -> Both:
        there = cast(minimum(maximum(lengths, start) - start, n), "u32")
        inputs = (q, cut(k, 1, start, n), cut(v, 1, start, n), there)
        attributes = {"causal": y.attributes["causal"], "sight": max(_sight(y) - start, 0)}
        return make("attention", inputs, **attributes), make("attention_statistics", inputs, **attributes)

    return functools.reduce(_together, (attended(start, n) for start, n in ranges(k.shape[1], part)))


def _sight(y: Tensor) -> int:
    """Query i sees the keys below i + sight - queries."""
    q, k = y.inputs[:2]
    sight: int = y.attributes.get("sight", k.shape[1] + (1 if y.attributes["causal"] else q.shape[1]))
    return sight


def _together(first: Both, second: Both) -> Both:
    """Attention to the keys of both, and its statistics: log Σ exp of scores, and how many there are of them."""
    (y, of_y), (z, of_z) = first, second
    (log_y, seen_y), (log_z, seen_z) = ((x[..., :1], x[..., 1:]) for x in (of_y, of_z))
    log_y, log_z = where(seen_y, log_y, NONE), where(seen_z, log_z, NONE)
    top = maximum(log_y, log_z)
    weight_y, weight_z = where(seen_y, exp(log_y - top), 0.0), where(seen_z, exp(log_z - top), 0.0)
    total, seen = weight_y + weight_z, seen_y + seen_z
    result = (y * weight_y + z * weight_z) / maximum(total, TINY)
    return result, concatenate([where(seen, top + log(maximum(total, TINY)), 0.0), seen], -1)


def _query_gradient(y: Tensor) -> Tensor | None:
    """The sum of what each part of the keys gives, of which a query sees so many."""
    q, k, v, result, statistics, dy = y.inputs
    part = longest(y, "KEYS", k.shape[1])
    if part is None:
        return None
    logsumexp, seen = statistics[..., :1], statistics[..., 1:]

    def gradient(start: int, n: int) -> Tensor:
        there = minimum(maximum(seen - start, 0.0), float(n))
        of_part = (q, cut(k, 1, start, n), cut(v, 1, start, n), result, concatenate([logsumexp, there], -1), dy)
        return make("attention_query_gradient", of_part)

    return added(gradient(start, n) for start, n in ranges(k.shape[1], part))


def _delta(y: Tensor) -> Tensor:
    *_, result, _, dy = y.inputs
    return sum(result * dy, -1)


def _of_keys(y: Tensor) -> Tensor | None:
    """The sum of what each part of the queries gives: from the first of them, the others see on."""
    q, k, v, *of_queries = y.inputs
    queries = q.shape[1]
    part = longest(y, "QUERIES", queries)
    if part is None:
        return None

    def gradient(start: int, n: int) -> Tensor:
        statistics, delta, dy = (cut(x, 1, start, n) for x in of_queries)
        sight = max(start + _sight(y) - queries + n, 0)
        inputs = (cut(q, 1, start, n), k, v, statistics, delta, dy)
        return make(y.op, inputs, causal=y.attributes["causal"], sight=sight)

    return added(gradient(start, n) for start, n in ranges(queries, part))


SPLITS: dict[str, Split] = {
    "attention": _attention,
    "attention_statistics": _statistics,
    "attention_query_gradient": _query_gradient,
    "attention_delta": _delta,
    "attention_key_gradient": _of_keys,
    "attention_value_gradient": _of_keys,
}
