"""The derivative of every op, one row each: a rule that makes the gradients of its inputs from that of its output.

A rule takes the node `y` (with `y.inputs`) and `d`, the gradient of the loss by y, which has y's shape. It gives the
gradient by each input, or None for one by which it is 0 almost everywhere: an index, a label, a condition. For example,
y = e^x has the row `(d * y,)`. `NOT_DIFFERENTIABLE` lists the ops through which no gradient passes, and why.
"""

from __future__ import annotations

import math
from functools import partial

from .convolutions import of_convolution, of_input_gradient, of_weight_gradient
from .functions.elementwise import power, where
from .functions.index import gather, gather_gradient, is_replaced, tril, triu
from .functions.linear_algebra import rows_of, solve_lower, solve_triangular
from .functions.matrix import matmul
from .functions.reduce import products_of_others, sum
from .functions.sources import eye, full
from .functions.views import moved, pad, reshape, slice, swap_axes, transpose
from .ops.elementwise import cos, equal, exp, less, log, sigmoid, sign, sin, square
from .scan_derivative import repetition
from .second_derivatives import SECOND_DERIVATIVES, Rule
from .tensor import Tensor, broadcast, make


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


def _lu(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    """Of P a = L U. Source: de Hoog, Anderssen and Lukas, Differentiation of matrix functionals using LU (2011)."""
    both, by_both = y[..., :-1], d[..., :-1]
    lower, upper = tril(both, -1) + eye(both.shape[-1]), triu(both)
    inner = tril(_product(lower, tril(by_both, -1), "tn"), -1) + triu(_product(triu(by_both), upper, "nt"))
    right = swap_axes(solve_triangular(both, swap_axes(inner, -1, -2), upper=True), -1, -2)
    return (_product(rows_of(y), solve_lower(both, right, transposed=True, unit=True), "tn"),)


def _triangular_solve(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    t, kind = y.inputs[0], y.attributes
    by_b = make(
        "triangular_solve", (t, d), **{**kind, "transposed": not kind["transposed"], "lower": not kind["lower"]}
    )
    by_t = -(_product(y, by_b, "nt") if kind["transposed"] else _product(by_b, y, "nt"))
    stored_lower, unit = kind["lower"] != kind["transposed"], int(kind["unit"])
    return tril(by_t, -unit) if stored_lower else triu(by_t, unit), by_b


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


def _larger(d: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, ...]:
    """The gradients by a and b of the larger of the two: d for that one and 0 for the other, half each for a tie."""
    tie = equal(a, b) * 0.5
    return d * (less(b, a) + tie), d * (less(a, b) + tie)


def _angle(d: Tensor, y: Tensor, x: Tensor) -> tuple[Tensor, ...]:
    by_length = d / (square(x) + square(y))
    return by_length * x, -by_length * y


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
    "tan": lambda y, d: (d * (1 + y * y),),
    "atan2": lambda y, d: _angle(d, *y.inputs),
    "exp2": lambda y, d: (d * y * math.log(2),),
    "log2": lambda y, d: (d / (y.inputs[0] * math.log(2)),),
    "erf": lambda y, d: (d * exp(-square(y.inputs[0])) * (2 / math.sqrt(math.pi)),),
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
    "modulo": lambda y, d: (d, -d * make("floor_divide", y.inputs)),
    "power": _power,
    "maximum": lambda y, d: _larger(d, *y.inputs),
    "minimum": lambda y, d: _larger(d, *y.inputs)[::-1],
    "where": _where,
    "broadcast": lambda y, d: (_unbroadcast(d, y.inputs[0].shape),),
    "reshape": lambda y, d: (reshape(d, y.inputs[0].shape),),
    "transpose": lambda y, d: (_transpose(y, d),),
    "slice": _slice,
    "pad": lambda y, d: (slice(d, y.attributes["before"], y.inputs[0].shape),),
    "concatenate": _concatenate,
    "matmul": _matmul,
    "batched_matmul": _matmul,
    "lu": _lu,
    "triangular_solve": _triangular_solve,
    "sum": lambda y, d: (_spread(y, d),),
    "prod": lambda y, d: (_spread(y, d) * products_of_others(y),),
    "max": _max,
    "softmax": lambda y, d: (make("softmax_gradient", (y, d)),),
    "logsumexp": lambda y, d: (_along_last(d, y.inputs[0]) * make("softmax", y.inputs),),
    "cross_entropy": lambda y, d: (make("cross_entropy_gradient", (*y.inputs, d)), None),
    "attention": _attention,
    "convolution": of_convolution,
    "convolution_input_gradient": of_input_gradient,
    "convolution_weight_gradient": of_weight_gradient,
    "grouped_convolution": of_convolution,
    "grouped_convolution_input_gradient": of_input_gradient,
    "grouped_convolution_weight_gradient": of_weight_gradient,
    "max_pool": _pool,
    "average_pool": _pool,
    "layer_norm": _along_rows,
    "rms_norm": _along_rows,
    "batch_norm": _batch_norm,
    "batch_norm_statistics": _batch_norm_statistics,
    "scale": lambda y, d: (make("scale", (d, y.inputs[1])), make("scale_gradient", (y.inputs[0], d))),
    "gather": lambda y, d: (gather_gradient(y, d), None),
    "scatter_add": lambda y, d: (None, gather(d, y.inputs[0])),
    "update_at": _update_at,
    "scan": lambda y, d: repetition([y], [d], [x.number for x in y.inputs]),  # autodiff.py takes its results together
}
# endregion
DERIVATIVES |= SECOND_DERIVATIVES

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
        "cast",
        *("round", "floor", "ceil", "trunc", "isnan", "isfinite"),
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
}
NOT_DIFFERENTIABLE = {op: why for why, ops in _REASONS.items() for op in ops}
