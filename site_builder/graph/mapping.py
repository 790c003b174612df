"""Tracing a function for one, and having it for many: what it gives, and what it leaves in the program around it.

In: a function of no arguments, and what stands in each one's place for all. Out: what it gives for all, along a first
axis. What it exposes is exposed for all, and the states that are each one's own are assigned for all. It knows nothing
of how arguments are given, nor of layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .batching import batched
from .model import Model
from .program import Assignment, Program, Variable, variable_of
from .scans import Tracing, being_traced
from .tensor import Tensor, broadcast, constant, fail
from .types import Type


def stand_in(type: Type, bound: int | None = None) -> Tensor:
    """What stands for one of many while a function is traced."""
    return Variable("", type, "input", bound=bound).tensor


def for_all(
    function: Callable[[], Any], known: Mapping[int, Tensor], count: int, own: Sequence[tuple[Variable, Tensor]] = ()
) -> Any:
    """What `function` gives for one, for `count` of them along a first axis, in the same tuples, lists and dicts.

    known  number -> tensor for all, of what stands for one
    own    variables of one, and those that hold them for all: the function may assign the former
    """
    known, began = dict(known), constant(0).number
    model = Model.tracing()
    program = None if model is None else model._program
    if program is None:
        flat, rebuild = taken_apart(function())
        return rebuild(_everywhere(flat, batched(flat, known, count, began), count))
    notes = _Notes(program, {id(one): (one, stacked) for one, stacked in own})
    known |= notes.begin()
    flat, rebuild = taken_apart(function())
    found = batched([*flat, *notes.noted()], known, count, began)
    notes.end(found, count)
    return rebuild(_everywhere(flat, found, count))


def _everywhere(flat: Sequence[Tensor], found: Mapping[int, Tensor], count: int) -> list[Tensor]:
    """Each with the first axis, along which what is the same for all is repeated."""
    return [found[x.number] if x.number in found else broadcast(x, (count, *x.shape)) for x in flat]


@dataclass
class _Notes:
    """What a program notes while a function is traced for one: made what it notes for all.

    What it differentiates within is no loss of the program's: each one has its own.
    """

    program: Program
    own: dict[int, tuple[Variable, Tensor]]
    before: list[Assignment] = field(default_factory=list)
    exposed: dict[str, Tensor] = field(default_factory=dict)
    bodies: tuple[Tracing, ...] = field(default_factory=being_traced)  # of scans around it, which note what is exposed
    older: int = 0
    loss: tuple[Tensor | None, set[int]] = (None, set())

    def begin(self) -> dict[int, Tensor]:
        """Number -> tensor for all, of what one's own variables have been assigned already, which stands there now."""
        program, known = self.program, {}
        self.loss, self.exposed = (program.loss, set(program.slopes)), dict(program.exposed)
        self.older = len(self.bodies[-1].exposed) if self.bodies else 0
        for one, stacked in self.own.values():
            for a in [a for a in program.assignments if a.variable.tensor is stacked]:
                so_far = stand_in(one.type)
                known[so_far.number] = a.value
                program.assignments.append(Assignment(one, so_far))
        self.before = list(program.assignments)
        return known

    def noted(self) -> list[Tensor]:
        """What the function has left."""
        in_scan = [x for _, _, x in self.bodies[-1].exposed[self.older :]] if self.bodies else []
        return [*(a.value for a in self._new()), *self._exposed().values(), *in_scan]

    def end(self, found: Mapping[int, Tensor], count: int) -> None:
        """Leave it for all. GraphError where a variable that there is once would be assigned by each."""
        program = self.program
        program.loss, program.slopes = self.loss
        for name, x in self._exposed().items():
            program.exposed[name] = found.get(x.number, x)
        if self.bodies:
            noted = self.bodies[-1].exposed
            noted[self.older :] = [(how, name, found.get(x.number, x)) for how, name, x in noted[self.older :]]
        new = self._new()
        kept = [a for a in program.assignments if id(a.variable) not in self.own]
        for a in [a for a in new if id(a.variable) not in self.own and a.value.number in found]:
            raise fail(
                f"{a.variable.name} holds one {a.variable.type}, and each of {count} would assign its own to it here",
                a.value.line,
                hint="Return it from vmap's function, and assign, record or watch what that gives for all",
            )
        for a in [a for a in new if id(a.variable) in self.own]:
            stacked = variable_of(self.own[id(a.variable)][1])
            (value,) = _everywhere([a.value], found, count)
            kept = [*(b for b in kept if b.variable is not stacked), Assignment(stacked, value)]
        program.assignments[:] = kept

    def _new(self) -> list[Assignment]:
        old = {id(a) for a in self.before}
        return [a for a in self.program.assignments if id(a) not in old]

    def _exposed(self) -> dict[str, Tensor]:
        return {name: x for name, x in self.program.exposed.items() if self.exposed.get(name) is not x}


def taken_apart(value: Any) -> tuple[list[Tensor], Callable[[Sequence[Any]], Any]]:
    """The tensors in tuples, lists and dicts, and what puts others in their places. Numbers are tensors too."""
    match value:
        case Tensor():
            return [value], lambda tensors: tensors[0]
        case bool() | int() | float():
            return [constant(value)], lambda tensors: tensors[0]
        case None:
            return [], lambda tensors: None
        case dict():
            parts, keys = [taken_apart(part) for part in value.values()], list(value)
            return _several(parts, lambda built: dict(zip(keys, built, strict=True)))
        case tuple() | list():
            return _several([taken_apart(part) for part in value], type(value))
    raise TypeError(type(value).__name__)


def _several(
    parts: Sequence[tuple[list[Tensor], Callable[[Sequence[Any]], Any]]], build: Callable[[list[Any]], Any]
) -> tuple[list[Tensor], Callable[[Sequence[Any]], Any]]:
    def rebuild(tensors: Sequence[Any]) -> Any:
        rest, built = list(tensors), []
        for flat, inner in parts:
            built.append(inner(rest[: len(flat)]))
            rest = rest[len(flat) :]
        return build(built)

    return [x for flat, _ in parts for x in flat], rebuild
