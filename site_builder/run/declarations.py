"""What an author declares of a demo in demos/NAME/model.py: how its model is built, and what it begins with.

It does not know how a demo is shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import GraphError
from ..graph import Model

Option = str | int | float | bool
LARGEST_OPTION = 2**53  # beyond it JavaScript has not every whole number


@dataclass(frozen=True)
class Trained:
    """What the build trains once, for readers to start from: so many runs of each of `programs`, by `seed`.

    Raises GraphError where these are no numbers that a run can have.
    """

    steps: int
    seed: int = 1
    programs: tuple[str, ...] = ("step",)

    def __post_init__(self) -> None:
        if type(self.steps) is not int or self.steps < 1:
            raise GraphError(f"a trained start has a whole number of steps, at least one; found {_shown(self.steps)}")
        if type(self.seed) is not int or not 0 <= self.seed < 2**32:
            raise GraphError(f"a trained start has a whole number from 0 on as its seed; found {_shown(self.seed)}")
        if not isinstance(self.programs, tuple) or not self.programs:
            raise GraphError(f"a trained start has a tuple of programs; found {_shown(self.programs)}")


@dataclass(frozen=True)
class Demo:
    """A model that the reader can run. `build(**options)` gives the Model; every option's first value is the default.

    `inputs()` gives the default experiment: name -> numbers, written before `init`; data that has no source among them.
    `trained`: readers may also start from there, with the default experiment's inputs, whatever options they choose.
    """

    title: str
    build: Callable[..., Model]
    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    inputs: Callable[[], Mapping[str, Any]] = dict
    trained: Trained | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.options, Mapping):
            raise GraphError(f"a demo's options are a dict, name -> values; found {type(self.options).__name__}")
        for name, values in self.options.items():
            if not isinstance(name, str) or not name.isidentifier():
                raise GraphError(f"an option is named as a parameter of `build` is; found {name!r}")
            if not isinstance(values, Sequence) or isinstance(values, str | bytes):
                raise GraphError(
                    f"an option's values are a tuple or a list; found {name} = {_shown(values)}",
                    hint=f"Write {name!r}: (FIRST, SECOND), the default first",
                )
            if not values:
                raise GraphError(f"the option {name} has no values", hint="Give it one at least, the default first")
            for value in values:
                expect_option(name, value)
            _expect_first(self.build, name, values[0])


def _expect_first(build: Callable[..., Model], name: str, first: Option) -> None:
    """GraphError where `build` alone, as a figure calls it, is of another option than the page begins with."""
    parameter = inspect.signature(build).parameters.get(name)
    if parameter is not None and parameter.default not in (parameter.empty, first):
        raise GraphError(
            f"the demo begins with {name} = {_shown(first)}, and build() alone has {_shown(parameter.default)}",
            hint="Put that first among the option's values; the order of a menu is demo.js's",
        )


def expect_option(name: str, value: object) -> None:
    """GraphError unless Python, JSON and JavaScript can all hold this value of the option `name`."""
    if type(value) not in (str, int, float, bool):  # not a kind of them either: NumPy's float64 is written differently
        words = {"f": "float", "i": "int", "u": "int", "b": "bool", "U": "str"}
        word = words.get(getattr(getattr(value, "dtype", None), "kind", ""))
        raise GraphError(
            f"an option's values are Python's texts, numbers, True and False; found {name} = {_shown(value)}",
            hint=f"Write {word}(...) around it" if word else "Give the option a text instead",
        )
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise GraphError(f"an option's texts are what UTF-8 can hold, found {name} = {_shown(value)}")
    if isinstance(value, int | float) and not abs(value) <= LARGEST_OPTION:  # nan is no number at most that
        raise GraphError(
            f"an option's numbers are finite and at most 2^53, found {name} = {_shown(value)}",
            hint="Give the option a text instead",
        )


def _shown(value: object) -> str:
    """A value as Python writes it, cut off where it is long."""
    if isinstance(value, int) and value.bit_length() > 200:  # Python refuses to write the longest ones
        return f"a whole number of {value.bit_length()} bits"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"
