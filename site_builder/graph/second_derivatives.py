"""The derivatives of the ops that first derivatives are made of, so that what holds gradients can be differentiated.

That is what gradient penalties, products with a Hessian, Newton's method and a step of training inside a loss need. A
rule takes and gives what those in `derivatives.py` do, whose table has these as well. None has a kernel of its own:
some ops are linear, and their derivative is the op of which they are the gradient; of the others the same is written
in plainer ops, whose rules do the rest, also for third derivatives and further ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .functions.elementwise import cast, clip, where
from .functions.index import gather
from .functions.matrix import matmul
from .functions.reduce import mean, sum
from .functions.sources import full, iota
from .functions.views import pad, reshape, swapaxes
from .ops.elementwise import absolute, equal, exp, less, sigmoid, sqrt
from .tensor import Tensor, broadcast, make
from .totals import total

Rule = Callable[[Tensor, Tensor], tuple[Tensor | None, ...]]

TURN, CUBE = 2 * math.sqrt(2 / math.pi), 0.044715  # of gelu, as in shaders/lib/scalar.wgsl
FLAT = 20.0  # beyond which gelu is 0 or x


def _by_definition(define: Callable[..., Tensor]) -> Rule:
    """The rule of an op that `define` makes of other ops, from the same inputs: back through those, one by one."""

    def rule(y: Tensor, d: Tensor) -> tuple[Tensor | None, ...]:
        from .derivatives import DERIVATIVES  # which has these rules

        # Each input under a name of its own, where the way back ends: one may be computed from another.
        inputs = tuple(x if x.dtype != "f32" else make("reshape", (x,), shape=x.shape) for x in y.inputs)
        ends = [x.number for x in inputs if x.dtype == "f32"]
        root = define(*inputs)
        arrived, pending = {root.number: [d]}, {root.number: root}
        while pending:
            node = pending.pop(max(pending))  # the nodes that read it were traced later, and have been there
            parts = DERIVATIVES.get(node.op, _none)(node, total(arrived[node.number]))
            for x, part in zip(node.inputs, parts, strict=True):
                if part is not None and x.number >= ends[0]:
                    arrived.setdefault(x.number, []).append(part)
                    pending |= {x.number: x} if x.number > ends[-1] else {}
        return tuple(total(arrived[x.number]) if x.number in arrived else None for x in inputs)

    return rule


def _none(y: Tensor, d: Tensor) -> tuple[None, ...]:
    return (None,) * len(y.inputs)


def _window(y: Tensor) -> dict[str, Any]:
    """The attributes of the pool of which y's op is a gradient."""
    return {name: value for name, value in y.attributes.items() if name != "size"}


def _max_pool_gradient(y: Tensor, u: Tensor) -> tuple[Tensor | None, ...]:
    """What stands in u where each window had its largest number: read at its place among all the elements of u."""
    index, _ = y.inputs
    (down, across), (top, bottom, left, right) = y.attributes["stride"], y.attributes["padding"]
    around = pad(u, [(0, 0), (top, bottom), (left, right), (0, 0)])  # so that no place is negative on the way
    n, row, column, channel = (
        broadcast(reshape(iota(length), (length, *[1] * (3 - axis))), index.shape)
        for axis, length in enumerate(index.shape)
    )
    taps = y.attributes["window"][1]
    _, high, wide, channels = around.shape
    row, column = row * down + index // taps, column * across + index % taps
    place = ((n * high + row) * wide + column) * channels + channel
    return None, gather(reshape(around, (around.size,)), place)


def _average_pool_gradient(y: Tensor, u: Tensor) -> tuple[Tensor, ...]:
    return (make("average_pool", (u,), **_window(y)),)


def _gelu_slope(y: Tensor, u: Tensor) -> tuple[Tensor, ...]:
    """The second derivative of x s(t(x)), s being sigmoid, which is even: from s(-t) at |x|, whose digits all count."""
    x = absolute(clip(y.inputs[0], -FLAT, FLAT))
    s = sigmoid(-TURN * (x + CUBE * x * x * x))
    first, second = TURN * (1 + 3 * CUBE * x * x), 6 * TURN * CUBE * x  # the derivatives of t
    return (u * s * (1 - s) * (2 * first + x * (second - (1 - 2 * s) * first * first)),)


def _softmax_gradient(p: Tensor, d: Tensor) -> Tensor:
    return p * (d - sum(p * d, -1, keepdims=True))


def _cross_entropy_gradient(y: Tensor, u: Tensor) -> tuple[Tensor | None, ...]:
    logits, labels, d = y.inputs
    by_logits = make("softmax_gradient", (make("softmax", (logits,)), u * d[..., None]))
    return by_logits, None, sum(u * make("cross_entropy_gradient", (logits, labels, full(d.shape, 1.0))), -1)


def _rstd(y: Tensor, u: Tensor) -> tuple[Tensor, ...]:
    """Of layer_norm or rms_norm: 1 / √(what is made of x + epsilon)."""
    x, by_row = y.inputs[0], -u * y * y
    normalised = make(y.op.removesuffix("_rstd"), y.inputs)
    return by_row[..., None] / x.shape[-1] * normalised, sum(0.5 * by_row * y)


def _layer_norm_gradient(y: Tensor, rstd: Tensor, d: Tensor) -> Tensor:
    return rstd[..., None] * (d - mean(d, -1, keepdims=True) - y * mean(y * d, -1, keepdims=True))


def _rms_norm_gradient(y: Tensor, rstd: Tensor, d: Tensor) -> Tensor:
    return rstd[..., None] * (d - y * mean(y * d, -1, keepdims=True))


def _batch_norm_gradient(y: Tensor, statistics: Tensor, epsilon: Tensor, d: Tensor) -> Tensor:
    rows = tuple(range(len(y.shape) - 1))
    return (d - mean(d, rows) - y * mean(y * d, rows)) / sqrt(statistics[1] + epsilon)


def _scale_gradient(y: Tensor, u: Tensor) -> tuple[Tensor, ...]:
    x, d = y.inputs
    return make("scale", (d, u)), make("scale", (x, u))


def _global_norm(y: Tensor, u: Tensor) -> tuple[Tensor, ...]:
    """x / |x|, and 0 where all is 0, as PyTorch takes it."""
    by_length = where(equal(y, 0), 0.0, u / y)
    return tuple(x * by_length for x in y.inputs)


def _by_heads(x: Tensor) -> Tensor:
    """[batch, rows, heads, …] -> [batch, heads, rows, …], and back."""
    return swapaxes(x, 1, 2)


def _weights(q: Tensor, k: Tensor, statistics: Tensor) -> Tensor:
    """The probabilities of attention, [batch, heads, queries, keys], 0 where a query does not see a key."""
    logsumexp, sees = (_by_heads(statistics[..., n])[..., None] for n in range(2))
    scores = matmul(_by_heads(q), _by_heads(k), "nt") / math.sqrt(q.shape[-1])
    seen = broadcast(less(cast(iota(k.shape[1]), "f32"), sees), scores.shape)
    return where(seen, exp(where(seen, scores - logsumexp, 0.0)), 0.0)


def _slopes(q: Tensor, k: Tensor, v: Tensor, statistics: Tensor, delta: Tensor, d: Tensor) -> Tensor:
    """What arrives at the products q kᵀ when d does at attention's result."""
    by_weight = matmul(_by_heads(d), _by_heads(v), "nt") - _by_heads(delta)[..., None]
    return _weights(q, k, statistics) * by_weight / math.sqrt(q.shape[-1])


def _attention_statistics(y: Tensor, u: Tensor) -> tuple[Tensor | None, ...]:
    """Of log Σ exp of the scores; how many keys a query sees, which is beside it, has no derivative."""
    q, k, _, _ = y.inputs
    slopes = _weights(q, k, y) * _by_heads(u[..., 0])[..., None] / math.sqrt(q.shape[-1])
    by_q, by_k = matmul(slopes, _by_heads(k)), matmul(slopes, _by_heads(q), "tn")
    return _by_heads(by_q), _by_heads(by_k), None, None


def _attention_delta(q: Tensor, k: Tensor, v: Tensor, y: Tensor, statistics: Tensor, d: Tensor) -> Tensor:
    return sum(y * d, -1)


def _attention_query_gradient(q: Tensor, k: Tensor, v: Tensor, y: Tensor, statistics: Tensor, d: Tensor) -> Tensor:
    return _by_heads(matmul(_slopes(q, k, v, statistics, sum(y * d, -1), d), _by_heads(k)))


def _attention_key_gradient(q: Tensor, k: Tensor, v: Tensor, statistics: Tensor, delta: Tensor, d: Tensor) -> Tensor:
    return _by_heads(matmul(_slopes(q, k, v, statistics, delta, d), _by_heads(q), "tn"))


def _attention_value_gradient(q: Tensor, k: Tensor, v: Tensor, statistics: Tensor, delta: Tensor, d: Tensor) -> Tensor:
    return _by_heads(matmul(_weights(q, k, statistics), _by_heads(d), "tn"))


SECOND_DERIVATIVES: dict[str, Rule] = {
    "gelu_slope": _gelu_slope,
    "softmax_gradient": _by_definition(_softmax_gradient),
    "cross_entropy_gradient": _cross_entropy_gradient,
    "attention_statistics": _attention_statistics,
    "attention_delta": _by_definition(_attention_delta),
    "attention_query_gradient": _by_definition(_attention_query_gradient),
    "attention_key_gradient": _by_definition(_attention_key_gradient),
    "attention_value_gradient": _by_definition(_attention_value_gradient),
    "max_pool_gradient": _max_pool_gradient,
    "average_pool_gradient": _average_pool_gradient,
    "layer_norm_rstd": _rstd,
    "layer_norm_gradient": _by_definition(_layer_norm_gradient),
    "rms_norm_rstd": _rstd,
    "rms_norm_gradient": _by_definition(_rms_norm_gradient),
    "batch_norm_gradient": _by_definition(_batch_norm_gradient),
    "scale_gradient": _scale_gradient,
    "global_norm": _global_norm,
}
