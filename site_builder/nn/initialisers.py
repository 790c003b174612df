"""How parameters start. Each is a function of a shape and a stream of random numbers.

Of a shape [..., inputs, outputs], as linear layers and convolutions have, every output sums over all axes but the last:
over `fan_in` numbers, of which each reaches `fan_out` results. All but `normal` are uniform, so that every device draws
the same bits: a normal draw goes through a logarithm, in whose last digits devices differ.
"""

from __future__ import annotations

import math

from ..graph import Tensor, full
from ..graph import normal as standard_normal
from ..graph import uniform as drawn
from ..graph.program import Initialiser
from ..graph.ranges import expect_number
from ..graph.tensor import caller, fail


def zeros(shape: tuple[int, ...], stream: int) -> Tensor:
    """0 everywhere."""
    return full(shape, 0.0)


def ones(shape: tuple[int, ...], stream: int) -> Tensor:
    """1 everywhere, as scales start."""
    return full(shape, 1.0)


def uniform(bound: float) -> Initialiser:
    """Uniform in [-bound, bound), of variance bound² / 3."""
    expect_number("uniform: a bound", bound, 0)
    return lambda shape, stream: drawn(shape, stream, -bound, bound)


def normal(deviation: float) -> Initialiser:
    """Normal of mean 0: GPT-2 takes 0.02, and 0.02 / √(2 layers) for what adds to the residual stream."""
    expect_number("normal: a deviation", deviation, 0)
    return lambda shape, stream: deviation * standard_normal(shape, stream)


def fan_in(shape: tuple[int, ...]) -> int:
    """Numbers that each output sums over: of [..., inputs, outputs], all lengths but the last multiplied."""
    return math.prod(_sizes(shape)[:-1])


def fan_out(shape: tuple[int, ...]) -> int:
    """Results that each input reaches: of [..., inputs, outputs], all lengths but the inputs' multiplied."""
    return math.prod(_sizes(shape)[:-2]) * shape[-1]


def _sizes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape, by whose sizes can be divided."""
    if not shape or min(shape) < 1:
        raise fail(f"expected [..., inputs, outputs], of which each is at least 1, found {list(shape)}", caller())
    return shape


def he(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 2 / fan_in, which ReLU halves: He et al., Delving deep into rectifiers (2015), equation 10."""
    return uniform(math.sqrt(6 / fan_in(shape)))(shape, stream)


def lecun(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 1 / fan_in, which keeps that of the inputs: LeCun et al., Efficient backprop (1998), equation 16."""
    return uniform(math.sqrt(3 / fan_in(shape)))(shape, stream)


def glorot(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 2 / (fan_in + fan_out), also called Xavier's: Glorot and Bengio (2010), equation 16."""
    return uniform(math.sqrt(6 / (fan_in(shape) + fan_out(shape))))(shape, stream)


def torch_linear(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 1 / (3 fan_in): what torch.nn.Linear and torch's convolutions do by default."""
    return uniform(1 / math.sqrt(fan_in(shape)))(shape, stream)
