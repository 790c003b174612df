"""Affine maps, and what is made of them alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..graph import Tensor, parameter
from ..graph.program import Initialiser
from ..graph.tensor import caller, fail
from .initialisers import torch_linear, zeros
from .module import Function, Module, expect_function


class Linear(Module):
    """The affine map y = x A + b along the last axis: x [..., inputs] -> y [..., outputs].

    `weight` is A, [inputs, outputs] (PyTorch keeps its transpose), `bias` is b, [outputs].
    """

    def __init__(self, inputs: int, outputs: int, bias: bool = True, initialiser: Initialiser = torch_linear) -> None:
        self.weight = parameter((inputs, outputs), initialiser)
        self.bias = parameter((outputs,), zeros) if bias else None

    def __call__(self, x: Tensor) -> Tensor:
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class MLP(Module):
    """A multi-layer perceptron: affine maps with `activation` between them and none after the last.

    widths: [inputs, hidden…, outputs]. Exposes `hidden.0`, `hidden.1`, …: what the hidden layers give.
    """

    def __init__(self, widths: Sequence[int], activation: Function, initialiser: Initialiser = torch_linear) -> None:
        if len(widths) < 2:
            raise fail(f"MLP: expected the widths of inputs and outputs at least, found {list(widths)}", caller())
        expect_function("the activation of an MLP", activation)
        self.layers = [Linear(a, b, initialiser=initialiser) for a, b in pairwise(widths)]
        self._activation = activation

    def hidden(self, x: Tensor) -> list[Tensor]:
        """What each hidden layer gives, first to last: [..., width] each."""
        outputs = []
        for n, layer in enumerate(self.layers[:-1]):
            x = self.expose(f"hidden.{n}", self._activation(layer(x)))
            outputs.append(x)
        return outputs

    def __call__(self, x: Tensor) -> Tensor:
        return self.layers[-1]([x, *self.hidden(x)][-1])


class FeedForward(Module):
    """Two affine maps with `activation` between them, at every position alike: [..., features] -> [..., features].

    Source: Vaswani et al., Attention is all you need (2017), equation 2.
    """

    def __init__(self, features: int, hidden: int, activation: Function, bias: bool = True) -> None:
        expect_function("the activation of a feed-forward network", activation)
        self.linear1 = Linear(features, hidden, bias)
        self.linear2 = Linear(hidden, features, bias)
        self._activation = activation

    def __call__(self, x: Tensor) -> Tensor:
        return self.linear2(self.expose("hidden", self._activation(self.linear1(x))))
