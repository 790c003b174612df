"""Numbers for names."""

from __future__ import annotations

import math

from ..graph import Tensor, parameter
from ..graph.program import Initialiser
from .initialisers import uniform
from .module import Module

unit_variance = uniform(math.sqrt(3))


class Embedding(Module):
    """A row of features for each of `count` things: indices u32[...] -> [..., features].

    `weight` is [count, features], of variance 1 at first. An index past the end takes the last row. As positions, take
    the weight itself: `x + positions.weight`.
    """

    def __init__(self, count: int, features: int, initialiser: Initialiser = unit_variance) -> None:
        self.weight = parameter((count, features), initialiser)

    def __call__(self, indices: Tensor) -> Tensor:
        return self.weight[indices]
