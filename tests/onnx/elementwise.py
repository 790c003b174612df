"""ONNX's ops of single elements in our words."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from site_builder import graph as g
from site_builder.graph import Tensor
from tests.onnx.node import Builder, Node


def of_each(word: Callable[..., Tensor]) -> Builder:
    """A word that takes all inputs."""
    return lambda n: word(*n.all())


def folded(word: Callable[[Tensor, Tensor], Tensor]) -> Builder:
    """A word of two, over any number of inputs."""
    return lambda n: functools.reduce(word, n.all())


def cast(n: Node) -> Tensor:
    """From number to number; a mask is what is not 0."""
    wanted = n.test.outputs[0]
    assert wanted is not None
    match wanted.dtype.kind:
        case "f":
            return g.cast(n[0], "f32")
        case "b":
            return g.not_equal(n[0], 0)
        case "u":
            return g.cast(n[0], "u32")
        case _:
            return g.cast(n[0], "i32")


def clip(n: Node) -> Tensor:
    low, high = (n[k] if n.has(k) else None for k in (1, 2))
    x = n[0] if low is None else g.maximum(n[0], low)
    return x if high is None else g.minimum(x, high)


def celu(n: Node) -> Tensor:
    alpha = n.get("alpha", 1.0)
    return g.maximum(n[0], 0.0) + g.minimum(alpha * g.expm1(n[0] / alpha), 0.0)


def hard_sigmoid(n: Node) -> Tensor:
    return g.clip(n.get("alpha", 0.2) * n[0] + n.get("beta", 0.5), 0.0, 1.0)


def selu(n: Node) -> Tensor:
    alpha, gamma = n.get("alpha", 1.67326319), n.get("gamma", 1.05070102)
    return gamma * g.where(n[0] > 0, n[0], alpha * g.expm1(n[0]))


def shrink(n: Node) -> Tensor:
    edge, bias = n.get("lambd", 0.5), n.get("bias", 0.0)
    return g.where(n[0] < -edge, n[0] + bias, g.where(n[0] > edge, n[0] - bias, 0.0))


def mish(n: Node) -> Tensor:
    return n[0] * g.tanh(g.softplus(n[0]))


def swish(n: Node) -> Tensor:
    return n[0] * g.sigmoid(n.get("alpha", 1.0) * n[0])


def swiglu(n: Node) -> Tensor:
    return n[0] * g.sigmoid(n.get("alpha", 1.0) * n[0]) * n[1]


def thresholded(n: Node) -> Tensor:
    return g.where(n[0] > n.get("alpha", 1.0), n[0], 0.0)


def modulo(n: Node) -> Tensor:
    """The remainder of a quotient that is rounded down or, with `fmod`, cut towards 0."""
    a, b = n[0], n[1]
    return g.sign(a) * (g.absolute(a) % g.absolute(b)) if n.get("fmod", 0) else a % b


def infinite(n: Node) -> Tensor:
    found = g.isinf(n[0])
    kept = n.get("detect_positive", 1) * (n[0] > 0) + n.get("detect_negative", 1) * (n[0] < 0)
    return found * kept


def dropout(n: Node) -> list[Tensor]:
    """As networks are used. Where they are trained, the suite wants the very numbers that NumPy draws."""
    return [n[0], g.full(n[0].shape, 1.0)][: len(n.test.outputs)]


def mean(n: Node) -> Tensor:
    return functools.reduce(lambda a, b: a + b, n.all()) / len(n.test.inputs)


def divide(n: Node) -> Tensor:
    """Of whole numbers the quotient is whole, and cut towards 0 where ours is rounded down."""
    if n[0].dtype == "f32":
        return n[0] / n[1]
    if "i32" not in (n[0].dtype, n[1].dtype):
        return n[0] // n[1]
    return g.sign(n[0]) * g.sign(n[1]) * (g.absolute(n[0]) // g.absolute(n[1]))


def power(n: Node) -> Tensor:
    """Whole bases want an exponent that is known when traced: there is one for all, or they are floats on the way."""
    exponents = np.unique(n.array(1))
    if n[0].dtype != "f32" and len(exponents) == 1:
        return n[0] ** int(exponents[0])
    y = g.cast(n[0], "f32") ** g.cast(n[1], "f32")
    return y if n[0].dtype == "f32" else g.cast(g.round(y), "u32")


def xor(n: Node) -> Tensor:
    return g.not_equal(n[0], n[1])


def softsign(n: Node) -> Tensor:
    return n[0] / (1 + g.absolute(n[0]))


WORDS: dict[str, Builder] = {
    "Abs": of_each(g.absolute),
    "Acos": of_each(g.acos),
    "Acosh": lambda n: g.log(n[0] + g.sqrt(n[0] * n[0] - 1)),
    "Add": of_each(lambda a, b: a + b),
    "And": of_each(g.logical_and),
    "Asin": of_each(g.asin),
    "Asinh": lambda n: g.sign(n[0]) * g.log(g.absolute(n[0]) + g.sqrt(n[0] * n[0] + 1)),
    "Atan": of_each(g.atan),
    "Atanh": lambda n: 0.5 * (g.log1p(n[0]) - g.log1p(-n[0])),
    "Cast": cast,
    "CastLike": cast,
    "Ceil": of_each(g.ceil),
    "Celu": celu,
    "Clip": clip,
    "Cos": of_each(g.cos),
    "Cosh": of_each(g.cosh),
    "Div": divide,
    "Dropout": dropout,
    "Elu": lambda n: g.elu(n[0], n.get("alpha", 1.0)),
    "Equal": of_each(g.equal),
    "Erf": of_each(g.erf),
    "Exp": of_each(g.exp),
    "Floor": of_each(g.floor),
    "Gelu": lambda n: g.gelu(n[0], n.get("approximate", "none")),
    "Greater": of_each(lambda a, b: a > b),
    "GreaterOrEqual": of_each(lambda a, b: a >= b),
    "HardSigmoid": hard_sigmoid,
    "HardSwish": lambda n: n[0] * g.clip(n[0] / 6 + 0.5, 0.0, 1.0),
    "Identity": of_each(g.identity),
    "IsInf": infinite,
    "IsNaN": of_each(g.isnan),
    "LeakyRelu": lambda n: g.leaky_relu(n[0], n.get("alpha", 0.01)),
    "Less": of_each(g.less),
    "LessOrEqual": of_each(g.less_equal),
    "Log": of_each(g.log),
    "Max": folded(g.maximum),
    "Mean": mean,
    "Min": folded(g.minimum),
    "Mish": mish,
    "Mod": modulo,
    "Mul": of_each(lambda a, b: a * b),
    "Neg": of_each(lambda a: -a),
    "Not": of_each(g.logical_not),
    "Or": of_each(g.logical_or),
    "Pow": power,
    "PRelu": lambda n: g.where(n[0] > 0, n[0], n[1] * n[0]),
    "Reciprocal": lambda n: 1 / n[0],
    "Relu": of_each(g.relu),
    "Round": of_each(g.round),
    "Selu": selu,
    "Shrink": shrink,
    "Sigmoid": of_each(g.sigmoid),
    "Sign": of_each(g.sign),
    "Sin": of_each(g.sin),
    "Sinh": of_each(g.sinh),
    "Softplus": of_each(g.softplus),
    "Softsign": softsign,
    "Sqrt": of_each(g.sqrt),
    "Sub": of_each(lambda a, b: a - b),
    "Sum": folded(lambda a, b: a + b),
    "SwiGLU": swiglu,
    "Swish": swish,
    "Tan": of_each(g.tan),
    "Tanh": of_each(g.tanh),
    "ThresholdedRelu": thresholded,
    "Where": of_each(g.where),
    "Xor": xor,
}
