"""Noise that keeps features from relying on each other."""

from __future__ import annotations

import zlib

from ..graph import Model, Tensor, dropout
from ..graph.functions.sampling import expect_rate
from ..graph.tensor import Operand
from .module import Module, is_evaluating


class Dropout(Module):
    """x with each element 0 with probability `rate`, the others divided by 1 - rate; within `nn.evaluating()`, x.

    What is dropped follows from the seed, the step, the layer's path and how often the step has called it before.
    Source: Srivastava et al. (2014).
    """

    def __init__(self, rate: Operand) -> None:
        expect_rate(rate)
        self.rate = rate

    def __call__(self, x: Tensor) -> Tensor:
        never = not isinstance(self.rate, Tensor) and self.rate == 0
        if never or is_evaluating():
            return x
        model = Model.tracing()
        place = f"{self.path}.dropped" if model is None else model.numbered(f"{self.path}.dropped")
        return dropout(x, self.rate, zlib.crc32(place.encode()))
