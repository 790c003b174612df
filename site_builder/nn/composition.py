"""Modules made of modules."""

from __future__ import annotations

from collections.abc import Iterator

from ..graph import Tensor
from ..graph.tensor import caller, fail
from .module import Function, Module, expect_function


class Sequential(Module):
    """Modules and functions one after the other. What a function gives, too, can be probed under its number."""

    def __init__(self, *stages: Module | Function) -> None:
        for n, stage in enumerate(stages):
            expect_function(f"stage {n} of a {type(self).__name__}", stage)
        self.stages = stages

    def children(self) -> Iterator[tuple[str, Module]]:
        """(index, module), functions left out."""
        yield from ((str(n), stage) for n, stage in enumerate(self.stages) if isinstance(stage, Module))

    def through(self, x: Tensor) -> Tensor:
        """What the last stage gives."""
        for n, stage in enumerate(self.stages):
            x = stage(x)
            if not isinstance(stage, Module):
                self.expose(str(n), x)
        return x

    def __call__(self, x: Tensor) -> Tensor:
        return self.through(x)

    def __getitem__(self, number: int) -> Module | Function:
        if not -len(self) <= number < len(self):
            raise fail(f"a {type(self).__name__} of {len(self)} stages has no stage {number}", caller())
        return self.stages[number]

    def __len__(self) -> int:
        return len(self.stages)

    def __iter__(self) -> Iterator[Module | Function]:
        return iter(self.stages)


class Residual(Sequential):
    """x + f(x), f being the stages one after the other: He et al., Deep residual learning (2015), equation 1.

    What f adds can be probed under `change`.
    """

    def __call__(self, x: Tensor) -> Tensor:
        return x + self.expose("change", self.through(x))
