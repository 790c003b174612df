"""What a layer is: parameters under names, parts, and a result that can be probed. Named as in PyTorch's state_dict."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, Self

from ..graph import Model, Tensor, variable_of
from ..graph.habits import Habits
from ..graph.other_libraries import OF_MODULES
from ..graph.program import Initialiser, one_of
from ..graph.tensor import caller, fail
from .attributes import expect_settable, held

Function = Callable[[Tensor], Tensor]

_EVALUATING = ContextVar("evaluating", default=False)


@contextmanager
def evaluating() -> Iterator[None]:
    """Trace networks as they are used, not as they are trained: BatchNorm takes its running averages."""
    token = _EVALUATING.set(True)
    try:
        yield
    finally:
        _EVALUATING.reset(token)


def is_evaluating() -> bool:
    """Whether it is now within `evaluating()`."""
    return _EVALUATING.get()


class Module(Habits):
    """Parameters and parts are found in attributes: tensors from `parameter`, modules, and lists and dicts of them.

    What a module gives when it is called can be probed under its path in the model: `blocks.0.attention`.
    """

    HABITS = OF_MODULES
    path = ""  # where in the model it stands; `Model.add` says so

    def __init_subclass__(cls) -> None:
        if "__call__" in vars(cls):
            cls.__call__ = _exposing(cls.__call__)  # type: ignore[method-assign]
        elif "forward" in vars(cls):
            raise fail(f"{cls.__name__} defines forward", caller(), "A layer defines __call__, and is called: layer(x)")

    def __setattr__(self, name: str, value: object) -> None:
        expect_settable(self, name)
        super().__setattr__(name, value)

    def _uncalled(self, *_: Any) -> NoReturn:
        raise fail(f"{type(self).__name__} is a layer, and no tensor", caller(), "Call it: layer(x)")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __matmul__ = __rmatmul__ = _uncalled
    __neg__ = __pow__ = _uncalled

    def children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of each part, in the order of the attributes: `attention`, `layers.0`, `heads.left`, …"""
        for path, value in held(vars(self)):
            if isinstance(value, Module):
                yield path, value

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """(path, parameter): `weight`, `scales.0`, `layers.0.weight`, …"""
        for path, value in held(vars(self)):
            if isinstance(value, Tensor) and value.op == "read" and variable_of(value).role != "constant":
                yield path, value
        for name, child in self.children():
            yield from ((f"{name}.{path}", p) for path, p in child.named_parameters())

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let optimisers change the module's parameters, or with False leave them be: freeze them. Gives it back.

        It holds for programs that are traced afterwards; gradients go through frozen layers as through others.
        """
        for _, tensor in self.named_parameters():
            if variable_of(tensor).role == "parameter":
                tensor.requires_grad_(requires_grad)
        return self

    def name(self, path: str) -> None:
        """Say where in the model the module and its parts stand."""
        self.path = path
        for name, child in self.children():
            child.name(f"{path}.{name}")

    def initialise(self, rule: Callable[[str, Tensor], Initialiser | None]) -> None:
        """Let parameters start otherwise: `rule` is told each one's path and tensor, and gives None to leave it be."""
        for path, tensor in self.named_parameters():
            variable = one_of(variable_of(tensor))
            if variable.role == "parameter":
                variable.initialiser = rule(path, variable.tensor) or variable.initialiser

    def expose(self, name: str, tensor: Tensor) -> Tensor:
        """Let `Model.probe` ask for `tensor` under `path.name`; gives it back."""
        model = Model.tracing()
        return tensor if model is None or not self.path else model.expose(f"{self.path}.{name}", tensor)


def expect_function(what: str, given: object) -> None:
    """GraphError unless `given` can be applied to a tensor, as a class of layers, a list or a name cannot."""
    if isinstance(given, type) or not callable(given):
        found = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
        raise fail(f"{what} is a layer or a function, found {found}", caller())


def _exposing(call: Callable[..., Any]) -> Callable[..., Any]:
    """A module's `__call__` that exposes the tensor which it gives."""

    @functools.wraps(call)
    def exposed(self: Module, *operands: Any, **named: Any) -> Any:
        result, model = call(self, *operands, **named), Model.tracing()
        if isinstance(result, Tensor) and model is not None and self.path:
            model.expose(self.path, result)
        return result

    return exposed
