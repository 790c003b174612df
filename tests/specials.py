"""A model that puts infinities, and NaN, through the ops: what comes out is the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner

Array = np.ndarray[Any, Any]

SPECIAL = np.array([np.inf, -np.inf, 0.0, 1.5, -2.5, 80.0, 3e38, -3e38], np.float32)
ROWS = np.tile(np.linspace(-1, 1, 6, dtype=np.float32), (8, 1))
ROWS[0, 1], ROWS[1, 2], ROWS[2], ROWS[3], ROWS[4, 1:3] = np.inf, -np.inf, np.inf, -np.inf, (np.inf, -np.inf)
MASKED = np.where(np.tri(4, 6, 1, dtype=bool), np.float32(0.5), np.float32(-np.inf))
NAN = np.array([[np.nan, 1.0], [2.0, 3.0]], np.float32)
INF, N = np.float32(np.inf), np.float32(np.nan)
HOLES = np.array(
    [
        [N, 1, 2, -1],
        [INF, N, -INF, 0],
        [1, N, N, 2],
        [-INF] * 4,
        [INF, INF, 1, -INF],
        [3, 1, -0.0, 0],
        [2, -INF, N, INF],
        [N] * 4,
    ],
    np.float32,
)
LONG = np.tile(np.linspace(-1, 1, 2000, dtype=np.float32), (3, 1))
LONG[1, 1500], LONG[2, 700] = np.nan, np.inf
SIGNED = np.array([0, 1, -1, 3, -7, 100, 2**31 - 1, -(2**31)], np.int32)
LARGE = np.array([[v, v - d, v - 2 * d] for v in (1e4, 1e6, 1e8) for d in (0, 1e-3 * v, -1e-7 * v)], np.float32)
INPUTS = {"special": SPECIAL, "rows": ROWS, "masked": MASKED, "nan": NAN, "holes": HOLES, "long": LONG, "large": LARGE}
INPUTS |= {"signed": SIGNED}


def named(*functions: Callable[..., Tensor]) -> dict[str, Callable[..., Tensor]]:
    return {function.__name__: function for function in functions}


KEEP_NAN: Mapping[str, Callable[[Tensor], Tensor]] = {
    **named(g.relu, g.tanh, g.sign, g.sigmoid, g.gelu, g.silu, g.softplus, g.leaky_relu, g.absolute, g.round),
    **named(g.floor, g.ceil, g.trunc, g.erf, g.tan, g.atan, g.elu, g.hardtanh, g.mish, g.logsigmoid, g.sinh),
    "gelu by erf": lambda x: g.gelu(x, "none"),
    "maximum": lambda x: g.maximum(x, 0.0),
    "minimum": lambda x: g.minimum(1.0, x),
    "floor_divide": lambda x: x // 0.3,
    "remainder": lambda x: x % -0.3,
    "clip": lambda x: g.clip(x, -2.0, 2.0),
    "power": lambda x: x**1.5,
    "power below 0": lambda x: x**-2.5,
    "power by a tensor": lambda x: x ** (g.cast(g.iota(*x.shape), "f32") / 2 + 0.5),
}

OUTPUTS: Mapping[str, Mapping[str, Callable[..., Tensor]]] = {
    "special": {
        **named(g.exp, g.expm1, g.tanh, g.sigmoid, g.relu, g.leaky_relu, g.silu, g.softplus, g.gelu),
        **named(g.absolute, g.sign, g.square, g.round, g.floor, g.ceil, g.trunc, g.isnan, g.isinf, g.isfinite),
        **named(g.erf, g.exp2, g.atan, g.elu, g.selu, g.hardtanh, g.relu6, g.logsigmoid, g.sinh, g.cosh),
        "log2": lambda x: g.log2(g.absolute(x) + 1),
        "angles": lambda x: g.atan2(x[:, None], x),
        "angles at -0": lambda x: g.atan2(-g.absolute(x * 0.0)[2], -g.absolute(x)),
        "remainder": lambda x: x[:6, None] % (x + 0.25),
        "floor_divide": lambda x: x[:6, None] // (x + 0.25),
        "remainder of floats by 0": lambda x: x % 0.0,
        "logaddexp": lambda x: g.logaddexp(x[:, None], x),
        "log": lambda x: g.log(g.absolute(x) + 1),
        "log1p": lambda x: g.log1p(g.absolute(x)),
        "sqrt": lambda x: g.sqrt(g.absolute(x)),
        "power": lambda x: g.absolute(x) ** 1.5,
        "power of negatives": lambda x: x**1.5,
        "power by a tensor": lambda x: x[:4, None] ** g.cast(g.iota(4), "f32"),
        "negate": lambda x: -x,
        "clip": lambda x: g.clip(x, -1.0, 1.0),
        "cast": lambda x: g.cast(x, "u32"),
        "add": lambda x: x[:, None] + x,
        "subtract": lambda x: x[:, None] - x,
        "multiply": lambda x: x[:, None] * x,
        "divide": lambda x: x[:, None] / (x + 0.25),
        "maximum": lambda x: g.maximum(x[:, None], x),
        "minimum": lambda x: g.minimum(x[:, None], x),
        "less": lambda x: g.less(x[:, None], x),
        "less_equal": lambda x: g.less_equal(x[:, None], x),
        # Of literals alone, which compilers would refuse.
        "overflow": lambda x: g.full((8,), 1e30) * 1e30,
        "overflow of one": lambda x: g.constant(1e30) * 1e30 * 1e-30,
        "sum": lambda x: g.constant(3.4e38) + 3.4e38,
        "exp of a literal": lambda x: g.exp(g.constant(100.0)),
        "square of a literal": lambda x: g.square(g.constant(-1e20)),
        "cast of a literal": lambda x: g.cast(g.constant(1e20), "u32"),
        "wrapped": lambda x: g.full((8,), 2**32 - 1, "u32") + 2,
        "below 0": lambda x: g.constant(0, "u32") - 1,
        "divided by 0": lambda x: g.iota(8) // 0,
        "remainder by 0": lambda x: g.iota(8) % 0,
    },
    "rows": {
        "sum": lambda x: g.sum(x, -1),
        "max": lambda x: g.max(x, -1),
        **named(g.argmax, g.argmin, g.rank),
        "max_pool": lambda x: g.max_pool(x[None], 2, 1, "same"),
        "average_pool": lambda x: g.average_pool(x[None], 2),
        "matmul": lambda x: x @ g.full((6, 3), 1.0),
        "pad": lambda x: g.pad(x, [(1, 0), (0, 2)]),
    },
    "masked": {
        **named(g.softmax, g.logsumexp),
        "softmax down": lambda x: g.softmax(g.transpose(x), 0),
        "logsumexp down": lambda x: g.logsumexp(g.transpose(x), 0),
        "cross_entropy": lambda x: g.cross_entropy(x, g.iota(4)),
        "impossible": lambda x: g.cross_entropy(x, g.iota(4) + 2),
    },
    "holes": {
        **named(g.argmax, g.argmin, g.rank, g.softmax, g.log_softmax, g.logsumexp, g.sort, g.argsort),
        **{f.__name__: lambda x, f=f: f(x, -1) for f in (g.sum, g.mean, g.max, g.min, g.var, g.cumsum)},
        "max down": lambda x: g.max(x, 0),
        "argmax down": lambda x: g.argmax(x, 0),
        "logsumexp down": lambda x: g.logsumexp(x, 0),
        "sort down": lambda x: g.sort(x, 0),
        "sort descending": lambda x: g.sort(x, descending=True),
        "argsort descending": lambda x: g.argsort(x, descending=True),
        "top_k": lambda x: g.top_k(x, 2)[0],
        "top_k's places": lambda x: g.top_k(x, 2)[1],
        "max_pool": lambda x: g.max_pool(x[None], 2, 1, "same"),
    },
    "long": {**{f.__name__: lambda x, f=f: f(x, -1) for f in (g.sum, g.max, g.min, g.argmax, g.argmin)}},
    "large": {
        **named(g.softmax, g.log_softmax, g.logsumexp),
        "log_softmax down": lambda x: g.log_softmax(x, 0),
        "cross_entropy": lambda x: g.cross_entropy(x, g.iota(9) % 3),
        "smoothed": lambda x: g.cross_entropy(x, g.iota(9) % 3, 0.1),
        "a label that is none": lambda x: g.cross_entropy(x, g.iota(9) % 4),
        "what it teaches": lambda x: g.gradients(g.sum(g.cross_entropy(x, g.iota(9) % 4)), [x])[0],
        "its accuracy": lambda x: g.accuracy(x, g.iota(9) % 4),
        "its accuracy among 2": lambda x: g.top_k_accuracy(x, g.iota(9) % 4, 2),
        "gelu's slope": lambda x: g.gradients(g.sum(g.gelu(g.square(x) * x)), [x])[0],
        "tanh of what is small": lambda x: g.tanh(x * 1e-14) * 1e6,
        "whole powers": lambda x: 3.0 ** g.cast(g.iota(16), "f32"),
        "their inverses": lambda x: g.constant(0.5) ** (g.cast(g.iota(240), "f32") - 120),
        "cast of powers": lambda x: g.cast(3.0 ** g.cast(g.iota(16), "f32"), "u32"),
        "odd powers": lambda x: g.constant(-5.0) ** g.cast(g.iota(11), "f32"),
    },
    "signed": {
        **named(g.absolute, g.sign, g.square),
        "itself": lambda x: x + 0,
        "add": lambda x: x[:, None] + x,
        "subtract": lambda x: x[:, None] - x,
        "multiply": lambda x: x[:, None] * x,
        "floor_divide": lambda x: x[:, None] // x,
        "remainder": lambda x: x[:, None] % x,
        "maximum": lambda x: g.maximum(x[:, None], x),
        "minimum": lambda x: g.minimum(x[:, None], x),
        "less": lambda x: x[:, None] < x,
        "less_equal": lambda x: x[:, None] <= x,
        "equal": lambda x: x[:, None] == x,
        "negate": lambda x: -x,
        "power": lambda x: x**3,
        "where": lambda x: g.where(x < 0, x, -1),
        "as f32": lambda x: g.cast(x, "f32"),
        "as u32": lambda x: g.cast(x, "u32"),
        "of u32": lambda x: g.cast(g.full((8,), 2**32 - 9, "u32") + g.iota(8) * 2, "i32"),
        "beside u32": lambda x: x + g.iota(8),
        "a number below 0": lambda x: g.iota(8) + -3,
        "steps": lambda x: g.iota(8) - 3,
        "steps back": lambda x: 3 - g.iota(8),
        "u32 below 0": lambda x: -g.iota(8),
        "rows": lambda x: g.iota(5)[x],
        "columns": lambda x: g.reshape(g.iota(15), (3, 5))[:, x],
        "one_hot": lambda x: g.one_hot(x, 4),
        "update_at": lambda x: g.update_at(x, x[2], x[5]),
        "labels": lambda x: g.cross_entropy(g.full((8, 4), 0.5), x),
        "literals": lambda x: g.full((8,), -5, "i32") // 2,
    },
    "nan": {
        **named(g.square, g.layer_norm, g.rms_norm, g.batch_norm, g.mean, g.isnan, g.isinf, g.isfinite),
        "logaddexp": lambda x: g.logaddexp(x, 1.0),
        "angle": lambda x: g.atan2(1.0, x),
        "add": lambda x: x + 1,
        "multiply": lambda x: x * 2,
        "divide": lambda x: 1 / x,
        "product": lambda x: x @ x,
        "cross_entropy": lambda x: g.cross_entropy(x, g.iota(2)),
        "convolution": lambda x: g.convolution(x[None], g.full((1, 2, 2), 1.0)),
        "average_pool": lambda x: g.average_pool(x[None], 2),
        "global_norm": lambda x: g.global_norm([x]),
        **KEEP_NAN,
        **{f"{name} one by one": lambda x, f=f: f(x[0, :1]) for name, f in KEEP_NAN.items()},
    },
}


def model() -> Model:
    """Its program `run` gives every output of the table above, as `special.exp` and so on."""
    model = Model("specials")
    kinds: Mapping[str, Literal["f32", "i32"]] = {"f": "f32", "i": "i32"}
    inputs = {name: model.input(name, array.shape, dtype=kinds[array.dtype.kind]) for name, array in INPUTS.items()}

    @model.program
    def run() -> dict[str, Tensor]:
        return {f"{of}.{name}": f(inputs[of]) for of, group in OUTPUTS.items() for name, f in group.items()}

    return model


def outputs() -> dict[str, Array]:
    """Every output, as NumPy defines it, in float32."""
    ours = model()
    runner = numpy_runner(ours, "float32")
    for name, array in INPUTS.items():
        runner.write(name, array)
    runner.run("run")
    return {name: runner.read(name) for name, variable in ours.variables.items() if variable.role == "output"}


def wrong(found: Mapping[str, Array], right: Mapping[str, Array]) -> dict[str, tuple[Any, Any]]:
    """The outputs that are not as NumPy defines them, each as found and as it should be."""

    def same(numbers: Array, r: Array) -> bool:
        exact = r.dtype.kind in "iu"
        return np.allclose(numbers, r, rtol=0 if exact else 1e-4, atol=0 if exact else 1e-5, equal_nan=True)

    alike = {name: same(np.reshape(found[name], r.shape), r) for name, r in right.items()}
    return {name: (found[name].tolist(), right[name].tolist()) for name, fine in alike.items() if not fine}
