"""The derivative of every op, one row each: a rule that makes the gradients of its inputs from that of its output.

A rule takes the node `y` (with `y.inputs`) and `d`, the gradient of the loss by y, which has y's shape. It gives the
gradient by each input, or None for one by which it is 0 almost everywhere: an index, a label, a condition. For example,
y = e^x has the row `(d * y,)`. `NOT_DIFFERENTIABLE` lists the ops through which no gradient passes, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .functions.elementwise import power, where
from .functions.index import gather, is_replaced
from .functions.matrix import matmul
from .functions.reduce import sum
from .functions.sources import full
from .functions.views import moved, pad, reshape, slice, transpose
from .ops.elementwise import cos, equal, exp, less, log, sigmoid, sign, sin
from .scan_derivative import repetition
from .tensor import Tensor, broadcast, make

Rule = Callable[[Tensor, Tensor], tuple[Tensor | None, ...]]

# Of a convolution's gradient by its weights: how many sums all its parts are together, so that many can be at work …
PARTIAL_SUMS = 2**17
WINDOWS = 64  # … if each part is over so many windows at least


def _unbroadcast(d: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Sum `d` over the axes along which `shape` was repeated."""
    extra = len(d.shape) - len(shape)
    if extra:
        d = sum(d, tuple(range(extra)))
    for axis, length in enumerate(shape):
        if length == 1 and d.shape[axis] != 1:
            kept = (*d.shape[:axis], 1, *d.shape[axis + 1 :])
            d = reshape(sum(d, axis), kept)
    return d


def _spread(y: Tensor, reduced: Tensor) -> Tensor:
    """`reduced`, which has the shape of the reduction y, repeated along the axes over which y reduces."""
    (x,), axes = y.inputs, y.attributes["axes"]
    kept = tuple(1 if axis in axes else n for axis, n in enumerate(x.shape))
    return broadcast(reshape(reduced, kept), x.shape)


def _along_last(rows: Tensor, x: Tensor) -> Tensor:
    """`rows`, a number for each row of x, repeated along x's last axis."""
    return broadcast(reshape(rows, (*rows.shape, 1)), x.shape)


def _max(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    hits = equal(y.inputs[0], _spread(y, y))
    axes = y.attributes["axes"]
    return (hits * _spread(y, d / sum(hits, axes)),)


_product = partial(matmul, single=True)  # gradients are often too small for half precision


def _matmul(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    a, b = y.inputs
    match y.attributes["form"]:
        case "nn":  # y = a b
            return _product(d, b, "nt"), _product(a, d, "tn")
        case "nt":  # y = a bᵀ
            return _product(d, b, "nn"), _product(d, a, "tn")
        case _:  # y = aᵀ b
            return _product(b, d, "nt"), _product(a, d, "nn")


def _along_rows(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    """The rule of layer_norm and rms_norm, which takes the factor by which they multiplied each row."""
    rstd = make(f"{y.op}_rstd", y.inputs)
    return make(f"{y.op}_gradient", (y, rstd, d)), -0.5 * sum(d * y * _along_last(rstd * rstd, y))


def _batch_norm(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    statistics, epsilon = make("batch_norm_statistics", y.inputs), y.inputs[1]
    by_epsilon = -0.5 * sum(d * y / (statistics[1] + epsilon))
    return make("batch_norm_gradient", (y, statistics, epsilon, d)), by_epsilon


def _batch_norm_statistics(y: Tensor, d: Tensor) -> tuple[Tensor | None, ...]:
    x = y.inputs[0]
    rows = x.size // x.shape[-1]
    return (d[0] + 2 * d[1] * (x - y[0])) / rows, None


def _convolution(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    (x, w), window = y.inputs, {"stride": y.attributes["stride"], "padding": y.attributes["padding"]}
    # The weights are few and their sums are long, so that each is computed in parts.
    parts = min(-(-PARTIAL_SUMS // w.size), -(-d.size // d.shape[-1] // WINDOWS))
    dw = make("convolution_weight_gradient", (x, d), window=w.shape[:2], parts=parts, **window)
    return make("convolution_input_gradient", (w, d), size=x.shape[1:3], **window), sum(dw, 0)


def _pool(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    (x,) = y.inputs
    index = (make("max_pool_index", (x,), **y.attributes),) if y.op == "max_pool" else ()
    return (make(f"{y.op}_gradient", (*index, d), size=x.shape[1:3], **y.attributes),)


def _attention(y: Tensor, d: Tensor) -> tuple[Tensor | None, ...]:
    q, k, v, _ = y.inputs
    statistics = make("attention_statistics", y.inputs, **y.attributes)
    of_queries = (q, k, v, y, statistics, d)
    of_keys = (q, k, v, statistics, make("attention_delta", of_queries), d)
    dk, dv = (make(f"attention_{name}_gradient", of_keys, **y.attributes) for name in ("key", "value"))
    return make("attention_query_gradient", of_queries), dk, dv, None


def _larger(y: Tensor, d: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, ...]:
    """The gradients by a and b of the larger of the two: d for that one and 0 for the other, half each for a tie."""
    tie = equal(a, b) * 0.5
    return d * (less(b, a) + tie), d * (less(a, b) + tie)


def _power(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    a, b = y.inputs
    by_base, by_exponent = where(equal(b, 0), 0.0, b * power(a, b - 1)), where(equal(a, 0), 0.0, y * log(a))
    return d * by_base, d * by_exponent


def _where(y: Tensor, d: Tensor) -> tuple[Tensor | None, ...]:
    condition, zeros = y.inputs[0], full(d.shape, 0.0)
    return None, where(condition, d, zeros), where(condition, zeros, d)


def _transpose(y: Tensor, d: Tensor) -> Tensor:
    axes = y.attributes["axes"]
    return transpose(d, tuple(axes.index(axis) for axis in range(len(axes))))


def _slice(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    (x,), starts = y.inputs, y.attributes["starts"]
    return (pad(d, [(a, m - a - n) for a, n, m in zip(starts, d.shape, x.shape, strict=True)]),)


def _concatenate(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    axis, start, parts = y.attributes["axis"], 0, []
    for x in y.inputs:
        parts.append(slice(d, tuple(start if a == axis else 0 for a in range(len(x.shape))), x.shape))
        start += x.shape[axis]
    return tuple(parts)


def _update_at(y: Tensor, d: Tensor) -> tuple[Tensor | None, ...]:
    (x, index, _), axis = y.inputs, y.attributes["axis"]
    return where(is_replaced(x, index, axis), 0.0, d), None, gather(moved(d, axis, 0), index)


# region: derivatives
DERIVATIVES: dict[str, Rule] = {
    "negate": lambda y, d: (-d,),
    "exp": lambda y, d: (d * y,),
    "log": lambda y, d: (d / y.inputs[0],),
    "expm1": lambda y, d: (d * exp(y.inputs[0]),),
    "log1p": lambda y, d: (d / (1 + y.inputs[0]),),
    "sqrt": lambda y, d: (d * 0.5 / y,),
    "sin": lambda y, d: (d * cos(y.inputs[0]),),
    "cos": lambda y, d: (-d * sin(y.inputs[0]),),
    "tanh": lambda y, d: (d * (1 - y * y),),
    "sigmoid": lambda y, d: (d * y * (1 - y),),
    "relu": lambda y, d: (d * (y > 0),),
    "softplus": lambda y, d: (d * sigmoid(y.inputs[0]),),
    "gelu": lambda y, d: (d * make("gelu_slope", y.inputs),),
    "absolute": lambda y, d: (d * sign(y.inputs[0]),),
    "square": lambda y, d: (d * 2 * y.inputs[0],),
    "add": lambda y, d: (d, d),
    "subtract": lambda y, d: (d, -d),
    "multiply": lambda y, d: (d * y.inputs[1], d * y.inputs[0]),
    "divide": lambda y, d: (d / y.inputs[1], -d * y / y.inputs[1]),
    "power": _power,
    "maximum": lambda y, d: _larger(y, d, *y.inputs),
    "minimum": lambda y, d: _larger(y, d, *y.inputs)[::-1],
    "where": _where,
    "broadcast": lambda y, d: (_unbroadcast(d, y.inputs[0].shape),),
    "reshape": lambda y, d: (reshape(d, y.inputs[0].shape),),
    "transpose": lambda y, d: (_transpose(y, d),),
    "slice": _slice,
    "pad": lambda y, d: (slice(d, y.attributes["before"], y.inputs[0].shape),),
    "concatenate": _concatenate,
    "matmul": _matmul,
    "batched_matmul": _matmul,
    "sum": lambda y, d: (_spread(y, d),),
    "max": _max,
    "softmax": lambda y, d: (make("softmax_gradient", (y, d)),),
    "logsumexp": lambda y, d: (_along_last(d, y.inputs[0]) * make("softmax", y.inputs),),
    "cross_entropy": lambda y, d: (make("cross_entropy_gradient", (*y.inputs, d)), None),
    "attention": _attention,
    "convolution": _convolution,
    "max_pool": _pool,
    "average_pool": _pool,
    "layer_norm": _along_rows,
    "rms_norm": _along_rows,
    "batch_norm": _batch_norm,
    "batch_norm_statistics": _batch_norm_statistics,
    "scale": lambda y, d: (make("scale", (d, y.inputs[1])), make("scale_gradient", (y.inputs[0], d))),
    "gather": lambda y, d: (make("scatter_add", (y.inputs[1], d), count=y.inputs[0].shape[0]), None),
    "scatter_add": lambda y, d: (None, gather(d, y.inputs[0])),
    "update_at": _update_at,
    "scan": lambda y, d: repetition([y], [d], [x.number for x in y.inputs]),  # autodiff.py takes its results together
}
# endregion

FIRST, AID, OF_GRADIENTS = "a first derivative itself", "an aid to a gradient", "made of gradients"
UNKNOWN = (FIRST, AID, OF_GRADIENTS)  # reasons why a rule is missing although the derivative is not 0

# Why -> the ops through which no gradient passes.
_REASONS = {
    "0 almost everywhere": (
        "sign",
        "less",
        "less_equal",
        "equal",
        "not_equal",
        "argmax",
        "argmin",
        "rank",
        "max_pool_index",
        "floor_divide",
        "modulo",
        "cast",
        "round",
    ),
    "by request": ("stop_gradient",),
    "nothing to differentiate by": (
        "constant",
        "read",
        "time",
        "iota",
        "uniform",
        "normal",
        "random_index",
    ),
    FIRST: (
        "gelu_slope",
        "softmax_gradient",
        "cross_entropy_gradient",
        "attention_query_gradient",
        "attention_key_gradient",
        "attention_value_gradient",
        "convolution_input_gradient",
        "convolution_weight_gradient",
        "max_pool_gradient",
        "average_pool_gradient",
        "layer_norm_gradient",
        "rms_norm_gradient",
        "batch_norm_gradient",
        "scale_gradient",
    ),
    AID: (
        "attention_statistics",
        "attention_delta",
        "layer_norm_rstd",
        "rms_norm_rstd",
    ),
    OF_GRADIENTS: ("global_norm",),
}
NOT_DIFFERENTIABLE = {op: why for why, ops in _REASONS.items() for op in ops}
