"""Whether the plans of a demo have what its definition names.

In: a `DemoDefinition`, and the demo's options and plans. Out: an error for each name that is wrong, with file and line.
It runs nothing.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from ..errors import BuildError
from .definition import Control, DemoDefinition

Options = Mapping[str, Sequence[str]]  # each with its values as pages write them


@dataclass(frozen=True)
class PlanNames:
    """What a plan has by name: programs, and the buffers with their roles and their numbers of elements."""

    options: str  # "activation=relu,width=8"; "" where there are none
    programs: Collection[str]
    buffers: Mapping[str, str]
    inputs: Mapping[str, int]

    @property
    def where(self) -> str:
        return f"the plan with {self.options}" if self.options else "the plan"


def plan_names(plans: Mapping[str, str]) -> list[PlanNames]:
    """Of each plan, by its options."""
    found = []
    for options, text in plans.items():
        plan = json.loads(text)
        named = [buffer for buffer in plan["buffers"] if buffer["name"]]
        inputs = {each["name"]: prod(each["shape"]) for each in named if each["role"] == "input"}
        found.append(PlanNames(options, plan["programs"], {each["name"]: each["role"] for each in named}, inputs))
    return found


def wrong_names(definition: DemoDefinition, options: Options, plans: Sequence[PlanNames]) -> list[BuildError]:
    """Every name of the definition that a plan lacks; each once, with the first plan that lacks it."""
    faults = [
        *_missing(definition, "program", definition.programs, plans),
        *_missing(definition, "show", definition.show, plans),
        *_unread(definition, plans),
        *_controls(definition, options, plans),
    ]
    return list({str(fault): fault for fault in faults}.values())


def suggested(name: str, known: Collection[str], what: str) -> str:
    """What to do about a name that is none of these."""
    close = difflib.get_close_matches(name, [*known], n=1)
    if close:
        return f"Perhaps `{close[0]}` is meant"
    return f"{what} {', '.join(f'`{each}`' for each in known)}" if known else f"{what} none"


def _missing(
    definition: DemoDefinition, key: str, names: Collection[str], plans: Sequence[PlanNames]
) -> Iterator[BuildError]:
    for name in names:
        lacking = next((plan for plan in plans if name not in plan.programs), None)
        if not isinstance(name, str):
            yield BuildError(f"`{key}` names no program", *definition.home, suggested("", plans[0].programs, "It has"))
        elif lacking is not None:
            hint = suggested(name, lacking.programs, "It has")
            message = f"`{key}` names the program `{name}`, which {lacking.where} does not have"
            yield BuildError(message, *definition.place(name), hint)


def _unread(definition: DemoDefinition, plans: Sequence[PlanNames]) -> Iterator[BuildError]:
    """What is read or drawn and is in no plan: a run skips what its own plan lacks and another has."""
    known = dict.fromkeys(name for plan in plans for name in plan.buffers)
    for verb, names in (("reads", definition.reads), ("a view draws", definition.draws)):
        for name in names:
            if name not in known:
                which = "no plan has" if len(plans) > 1 else "the plan does not have"
                begin = f"`{verb}` names" if verb == "reads" else verb
                message = f"{begin} the buffer `{name}`, which {which}"
                yield BuildError(message, *definition.place(name), suggested(name, known, "It has"))


def _controls(definition: DemoDefinition, options: Options, plans: Sequence[PlanNames]) -> Iterator[BuildError]:
    inputs = {name: count for plan in plans for name, count in plan.inputs.items()}
    for name, control in definition.controls.items():
        if name in options:
            yield from _option(definition, name, control, options[name])
        elif name in inputs:
            yield from _input(definition, name, control, inputs[name])
        elif not control.acts and not definition.mentions(name):
            hint = suggested(name, [*options, *inputs], "Of its own it needs a `change`; the model has")
            message = f"the control `{name}` is no option, no input, and nothing asks for its value"
            yield BuildError(message, *definition.place(name, key=True), hint)
        for target in control.sets or ():
            if target not in inputs:
                message = f"the control `{name}` sets `{target}`, which is no input of the model"
                yield BuildError(message, *definition.place(target), suggested(target, inputs, "Its inputs are"))


def _option(definition: DemoDefinition, name: str, control: Control, known: Collection[str]) -> Iterator[BuildError]:
    """A control of an option offers what the model was built with."""
    offered = control.values if control.values is not None else (["true", "false"] if control.is_toggle else None)
    if offered is None:
        message = f"the control `{name}` belongs to an option and has no `values`"
        yield BuildError(message, *definition.place(name, key=True), f"Name those of model.py: {', '.join(known)}")
    for value in offered or ():
        if value not in known:
            message = f"the control `{name}` offers `{value}`, with which the model was not built"
            hint = suggested(value, known, "model.py gives")
            yield BuildError(message, *definition.place(value if control.values else name, key=True), hint)


def _input(definition: DemoDefinition, name: str, control: Control, count: int) -> Iterator[BuildError]:
    """A control of an input writes one number."""
    if count != 1 and not control.acts:
        message = f"the control `{name}` belongs to an input of {count} numbers, and can write one"
        yield BuildError(
            message, *definition.place(name, key=True), "Call it something else, and write the input in its `change`"
        )
