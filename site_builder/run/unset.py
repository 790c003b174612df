"""The parameters that neither `init` nor the host has set yet, for every runner: they hold zeros that nobody chose.

In: what is written and what runs. Out: nothing, or a PlanError. It knows neither models nor plans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..errors import PlanError
from ..graph.model import INIT


class Unset:
    """At first all `parameters` are unset."""

    def __init__(self, parameters: Iterable[str]) -> None:
        self._names = set(parameters)

    def wrote(self, name: str) -> None:
        """The host has set one."""
        self._names.discard(name)

    def runs(self, program: str, reads: Collection[str], sets: Iterable[str]) -> None:
        """A program is about to run. PlanError where it reads a parameter that is not set."""
        if program == INIT:
            self._names.clear()
        if not self._names:
            return
        if missing := [name for name in reads if name in self._names]:
            raise PlanError(
                f"program {program} reads {missing[0]}, which holds zeros, since neither init nor a write has set it",
                hint='Write the inputs and the seed, then run("init"), and then the other programs',
            )
        self._names.difference_update(sets)
