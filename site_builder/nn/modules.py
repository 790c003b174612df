"""Modules: parameters under names, and the function that they define. Named as in PyTorch's state_dict."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from ..graph import Model, Tensor, parameter
from ..graph.model import Initialiser
from .initialisers import torch_linear, zeros

Function = Callable[[Tensor], Tensor]


class Module:
    """Parameters and parts are found in attributes: tensors from `parameter`, modules, and lists of modules.

    What a module gives when it is called can be probed under its path in the model: `blocks.0.attention`.
    """

    path = ""  # where in the model it stands; `Model.add` says so

    def __init_subclass__(cls) -> None:
        if "__call__" in vars(cls):
            cls.__call__ = _exposing(cls.__call__)  # type: ignore[method-assign]

    def children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of each part, in the order of the attributes: `attention`, `layers.0`, …"""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value
            elif isinstance(value, (list, tuple)):
                yield from ((f"{name}.{n}", item) for n, item in enumerate(value) if isinstance(item, Module))

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """(path, parameter): `weight`, `layers.0.weight`, …"""
        yield from ((n, value) for n, value in vars(self).items() if isinstance(value, Tensor) and value.op == "read")
        for name, child in self.children():
            yield from ((f"{name}.{path}", p) for path, p in child.named_parameters())

    def name(self, path: str) -> None:
        """Say where in the model the module and its parts stand."""
        self.path = path
        for name, child in self.children():
            child.name(f"{path}.{name}")

    def expose(self, name: str, tensor: Tensor) -> Tensor:
        """Let `Model.probe` ask for `tensor` under `path.name`; gives it back."""
        model = Model.tracing()
        return tensor if model is None or not self.path else model.expose(f"{self.path}.{name}", tensor)


def _exposing(call: Callable[..., Any]) -> Callable[..., Any]:
    """A module's `__call__` that exposes the tensor which it gives."""

    @functools.wraps(call)
    def exposed(self: Module, *operands: Any, **named: Any) -> Any:
        result, model = call(self, *operands, **named), Model.tracing()
        if isinstance(result, Tensor) and model is not None and self.path:
            model.expose(self.path, result)
        return result

    return exposed


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

    def children(self) -> Iterator[tuple[str, Module]]:
        """(index, module), functions left out."""
        yield from ((str(n), stage) for n, stage in enumerate(self.stages) if isinstance(stage, Module))

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
