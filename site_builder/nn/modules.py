"""Modules: parameters under names, and the function that they define. Named as in PyTorch's state_dict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ..graph import Tensor, parameter
from ..graph.model import Initialiser
from .initialisers import torch_linear, zeros

Function = Callable[[Tensor], Tensor]


class Module:
    """Parameters are found in attributes: tensors from `parameter`, modules, and lists of modules."""

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """(path, parameter) in the order of the attributes: `weight`, `layers.0.weight`, …"""
        for name, value in vars(self).items():
            if isinstance(value, Tensor) and value.op == "read":
                yield name, value
            elif isinstance(value, Module):
                yield from ((f"{name}.{path}", p) for path, p in value.named_parameters())
            elif isinstance(value, (list, tuple)):
                for index, item in enumerate(value):
                    if isinstance(item, Module):
                        yield from ((f"{name}.{index}.{path}", p) for path, p in item.named_parameters())


class Linear(Module):
    """The affine map y = x A + b: x [rows, inputs] -> y [rows, outputs].

    `weight` is A, [inputs, outputs] (PyTorch keeps its transpose), `bias` is b, [outputs].
    """

    def __init__(self, inputs: int, outputs: int, bias: bool = True, initialiser: Initialiser = torch_linear) -> None:
        self.weight = parameter((inputs, outputs), initialiser)
        self.bias = parameter((outputs,), zeros) if bias else None

    def __call__(self, x: Tensor) -> Tensor:
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class Sequential(Module):
    """Modules and functions one after the other."""

    def __init__(self, *stages: Module | Function) -> None:
        self.stages = stages

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        for index, stage in enumerate(self.stages):
            if isinstance(stage, Module):
                yield from ((f"{index}.{path}", p) for path, p in stage.named_parameters())

    def __call__(self, x: Tensor) -> Tensor:
        for stage in self.stages:
            x = stage(x)  # type: ignore[operator]  # modules are callable, each with its own signature
        return x


class MLP(Module):
    """A multi-layer perceptron: affine maps with `activation` between them and none after the last.

    widths: [inputs, hidden…, outputs].
    """

    def __init__(self, widths: Sequence[int], activation: Function, initialiser: Initialiser = torch_linear) -> None:
        self.layers = [Linear(a, b, initialiser=initialiser) for a, b in pairwise(widths)]
        self._activation = activation

    def hidden(self, x: Tensor) -> list[Tensor]:
        """What each hidden layer gives, first to last: [rows, width] each."""
        outputs = []
        for layer in self.layers[:-1]:
            x = self._activation(layer(x))
            outputs.append(x)
        return outputs

    def __call__(self, x: Tensor) -> Tensor:
        return self.layers[-1]([x, *self.hidden(x)][-1])
