"""What a demo.js says that the build can hold against the plans, and in which line it says so.

In: what panels.mjs found, and the demo's scripts. Out: a `DemoDefinition`. It does not know what is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

DEFINE = re.compile(r"\bdefine\(\s*[\"'`]([^\"'`]*)[\"'`]")


@dataclass(frozen=True)
class Control:
    """A control: the keys of its menu, the bounds of its slider, the inputs that it sets; whether it acts."""

    label: str
    min: float | None = None
    max: float | None = None
    values: Sequence[str] | None = None
    sets: Sequence[str] | None = None
    acts: bool = False
    presses: bool = False

    @property
    def is_toggle(self) -> bool:
        return self.values is None and self.min is None and not self.presses


@dataclass(frozen=True)
class DemoDefinition:
    """A demo's definition, as plain data. `scripts`: the texts of the demo's own, demo.js first, by their places."""

    name: str
    scripts: Mapping[str, str]
    programs: Sequence[str]
    show: Sequence[str]
    reads: Sequence[str]
    draws: Sequence[str]  # what its views ask for when they draw
    controls: Mapping[str, Control]

    def place(self, name: str, key: bool = False) -> tuple[str, int]:
        """File and line of a name: where it is the key of an object, if it is one, else where it stands in quotes, or
        as it is; those of the definition where it stands nowhere."""
        return place(self.scripts, name, key)

    @cached_property
    def home(self) -> tuple[str, int]:
        """File and line where demo.js defines the demo."""
        return home(self.scripts)

    def mentions(self, name: str) -> bool:
        """Whether a script has this name in quotes."""
        return any(f"{mark}{name}{mark}" in text for text in self.scripts.values() for mark in "\"'`")


def definition(name: str, scripts: Mapping[str, str], found: Mapping[str, Any]) -> DemoDefinition:
    """From what panels.mjs found."""
    controls = {each: Control(**values) for each, values in found["controls"].items()}
    return DemoDefinition(name, scripts, **{**found, "controls": controls})


def place(scripts: Mapping[str, str], name: str, key: bool = False) -> tuple[str, int]:
    """As `DemoDefinition.place`."""
    for pattern in (*([_key(name)] if key else []), rf"[\"'`]{re.escape(name)}[\"'`]", _word(name)):
        for file, text in scripts.items():
            if found := re.search(pattern, text):
                return file, line_of(text, found.end())
    return home(scripts)


def key_line(text: str, name: str, line: int, within: str = "") -> int:
    """The line of the first key of this name from a line on, behind the key `within`; the line itself if there is
    none."""
    begin = len("".join(text.splitlines(keepends=True)[: line - 1]))
    for each in (within, name):
        found = re.compile(_key(each)).search(text, max(0, begin - 1)) if each else None
        begin = found.end() if found and each == name else found.start() if found else begin
    return line_of(text, begin)


def _key(name: str) -> str:
    word = re.escape(name)
    return rf"[{{,\s]([\"'`]?){word}\1\s*[:(]|[{{,]\s*{word}\s*[,}}]"


def _word(name: str) -> str:
    return rf"(?<![\w.]){re.escape(name)}(?![\w.])"


def home(scripts: Mapping[str, str]) -> tuple[str, int]:
    """File and line of the first `define` in a demo's scripts, or of their beginning."""
    for file, text in scripts.items():
        if found := DEFINE.search(text):
            return file, line_of(text, found.start())
    return next(iter(scripts)), 1


def defined_names(scripts: Mapping[str, str]) -> list[str]:
    """What a demo's scripts call the demos that they define."""
    return [name for text in scripts.values() for name in DEFINE.findall(text)]


def line_of(text: str, offset: int) -> int:
    """The number of a line, from 1 on."""
    return text.count("\n", 0, offset) + 1
