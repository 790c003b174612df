"""Many models of one kind, with parameters of their own, that run and learn together as if each were alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..graph import Tensor, constant, variable_of
from ..graph.functions.vmap import Axes, mapped
from ..graph.mapping import for_all
from ..graph.program import Initialiser, Variable
from ..graph.ranges import expect_number
from ..graph.tensor import caller, fail
from ..graph.types import Type
from .module import Module


class Ensemble(Module):
    """`count` models that `make` makes, of which each parameter and state has a first axis: [count, …].

    Each starts as one alone does, from draws of its own, and learns what it learns alone from the sum of all losses:

        nets = model.add("nets", nn.Ensemble(100, lambda: nn.MLP([2, 16, 1], g.tanh)))
        losses = g.mean(g.square(nets(x) - y), (1, 2))  # [100]
        nn.Adam(0.01).minimise(g.sum(losses), model)

    Called with what one takes, all take it; with in_axes=0, or an axis for each argument, each takes its own, as in
    `graph.vmap`. The results stand along a first axis, or along `out_axes`. `vmap` is for what is more than a call.
    What `make` makes is each one's own; a layer or a parameter from outside of it is shared. `max_norm` of optimisers
    holds each one's gradients to that norm, and layers in it can be probed as in one, for all. Rates, norms and decays
    may be one for each, as `nn.Adam(np.logspace(-4, -1, 100))`: a search through a hundred of them at once.
    """

    def __init__(self, count: int, make: Callable[[], Module]) -> None:
        expect_number("Ensemble: a count", count, 1)
        if isinstance(make, Module):
            found = f"found {type(make).__name__}: each would have the same parameters"
            raise fail(
                f"Ensemble: make is a function that gives a layer, {found}", caller(), "As lambda: nn.Linear(3, 4)"
            )
        began, self._count, self._one = constant(0).number, count, make()
        if not isinstance(self._one, Module):
            found = f"the class {self._one.__name__}" if isinstance(self._one, type) else type(self._one).__name__
            raise fail(f"Ensemble: make gives a layer, found {found}", caller(), "As lambda: nn.Linear(3, 4)")
        self._own: dict[int, tuple[Variable, Tensor]] = {}
        for _, tensor in self._one.named_parameters():
            if tensor.number > began and tensor.number not in self._own and _is_own(variable_of(tensor)):
                self._own[tensor.number] = variable_of(tensor), _stacked(variable_of(tensor), count)

    def __len__(self) -> int:
        """How many models."""
        return self._count

    def children(self) -> Iterator[tuple[str, Module]]:
        """None: what is in one of the models is not called by itself."""
        return iter(())

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """(path, parameter) of one of the models, but with those of all: [count, …]."""
        for path, tensor in self._one.named_parameters():
            yield path, self._own[tensor.number][1] if tensor.number in self._own else tensor

    def name(self, path: str) -> None:
        """Say where in the model the models stand: all at one place."""
        self._one.name(path)

    def vmap(
        self,
        f: Callable[..., Any],
        *operands: Any,
        in_axes: Axes = None,
        out_axes: int | tuple[int, ...] = 0,
    ) -> Any:
        """What `f` of one model, and of what else it is given, gives for each: losses, gradients, hidden layers.

        `nets.vmap(lambda net, x: net.hidden(x)[0], x)`. All else as in a call.
        """
        known = {number: stacked for number, (_, stacked) in self._own.items()}
        own = list(self._own.values())
        return mapped(lambda *given: f(self._one, *given), operands, in_axes, out_axes, self._count, known, own)

    def __call__(
        self,
        *operands: Any,
        in_axes: Axes = None,
        out_axes: int | tuple[int, ...] = 0,
        **named: Any,
    ) -> Any:
        return self.vmap(lambda one, *given: one(*given, **named), *operands, in_axes=in_axes, out_axes=out_axes)


def _is_own(variable: Variable) -> bool:
    return variable.role in ("parameter", "state") and not variable.name


def _stacked(one: Variable, count: int) -> Tensor:
    """What holds a variable of so many models, and starts as each of them does."""
    initial = one.initial * count if isinstance(one.initial, tuple) else one.initial
    type = Type((count, *one.type.shape), one.type.dtype)
    variable = Variable("", type, one.role, initial, line=one.line or caller(), one=one)
    variable.frozen, variable.frozen_at = one.frozen, one.frozen_at
    if one.role == "parameter":
        variable.initialiser = _each(one, count)
    return variable.tensor


def _each(one: Variable, count: int) -> Initialiser:
    """Draws for all, by what the one is drawn by when `init` is traced, and of its shape: as many inputs reach it."""

    def drawn(shape: tuple[int, ...], stream: int) -> Tensor:
        assert one.initialiser is not None
        initialiser = one.initialiser
        result: Tensor = for_all(lambda: initialiser(one.type.shape, stream), {}, count)
        return result

    return drawn
