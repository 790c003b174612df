"""How parameters start. Each is a function of a shape [inputs, outputs] and a stream of random numbers.

All are uniform, so that every device draws the same bits: a normal draw goes through log and cos, in which devices
differ.
"""

from __future__ import annotations

import math

from ..graph import Tensor, full
from ..graph import uniform as drawn
from ..graph.model import Initialiser


def zeros(shape: tuple[int, ...], stream: int) -> Tensor:
    """0 everywhere."""
    return full(shape, 0.0)


def uniform(bound: float) -> Initialiser:
    """Uniform in [-bound, bound)."""
    return lambda shape, stream: drawn(shape, stream, -bound, bound)


def he(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 2 / inputs, which ReLU halves: He et al., Delving deep into rectifiers (2015), equation 10."""
    return uniform(math.sqrt(6 / shape[0]))(shape, stream)


def glorot(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 2 / (inputs + outputs): Glorot and Bengio (2010), equation 16."""
    return uniform(math.sqrt(6 / (shape[0] + shape[1])))(shape, stream)


def torch_linear(shape: tuple[int, ...], stream: int) -> Tensor:
    """Variance 1 / (3 inputs): what torch.nn.Linear does by default."""
    return uniform(1 / math.sqrt(shape[0]))(shape, stream)
