"""Whether a demo has what a post's link to it sets: `curve?preset=step&learning_rate=0.01`.

In: the link, the demo's `DemoDefinition`, options and plans. Out: a sentence and what to do for each setting that
it does not have or cannot take. What the page makes of a link, demos/runtime/demo/link.js knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

from .checks import Options, PlanNames, suggested
from .definition import Control, DemoDefinition

WHOLE = re.compile(r"\d{1,10}")
SEEDS = 2**32
OWN = ("seed", "step")  # of every demo


def wrong_settings(
    state: str, definition: DemoDefinition, options: Options, plans: Sequence[PlanNames]
) -> Iterator[tuple[str, str]]:
    """What is wrong with the state of a link, behind its question mark, and what to do about it."""
    inputs = {name: count for plan in plans for name, count in plan.inputs.items()}
    for key, value in parse_qsl(state.replace("+", "%2B"), keep_blank_values=True):
        name = key.partition("@")[0]
        control = definition.controls.get(name)
        if name in OWN:
            if not WHOLE.fullmatch(value) or int(value) >= SEEDS:
                yield f"`{name}` cannot be `{value}`", "It is a whole number"
        elif control is not None:
            yield from _control(name, control, value)
        elif name in options:
            if value not in options[name]:
                yield f"`{name}` cannot be `{value}`", suggested(value, options[name], "It can be")
        elif name in inputs:
            yield from _numbers(name, value, inputs[name])
        else:
            known = [*definition.controls, *inputs, "seed"]
            yield f"the demo has no setting `{name}`", suggested(name, known, "It has")


def _control(name: str, control: Control, value: str) -> Iterator[tuple[str, str]]:
    if control.presses:
        yield f"`{name}` is a button, which a link cannot press", "Leave it out"
    elif control.values is not None:
        if value not in control.values:
            yield f"`{name}` cannot be `{value}`", suggested(value, control.values, "It can be")
    elif control.is_toggle:
        if value not in ("true", "false"):
            yield f"`{name}` cannot be `{value}`", "It can be true or false"
    else:
        number = _number(value)
        low, high = control.min or 0.0, 1.0 if control.max is None else control.max
        if number is None or not low <= number <= high:
            yield f"`{name}` cannot be `{value}`", f"It is a number from {low:g} to {high:g}"


def _numbers(name: str, value: str, count: int) -> Iterator[tuple[str, str]]:
    numbers = value.split(",")
    if any(_number(each) is None for each in numbers):
        yield f"`{name}` cannot be `{value}`", "It holds numbers with commas between them"
    elif len(numbers) > count:
        yield f"`{name}` has room for {count} numbers, and the link gives {len(numbers)}", "Leave some out"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
