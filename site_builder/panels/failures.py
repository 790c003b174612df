"""The sentences for demos of which no panel can be made.

In: what panels.mjs answers, and the demo's scripts. Out: errors with file and line, none where all is well. It does
not know the plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import BuildError
from .checks import suggested
from .definition import defined_names, home, key_line, line_of

Scripts = Mapping[str, str]


def failures(name: str, scripts: Scripts, answer: Mapping[str, Any]) -> list[BuildError]:
    """What is wrong with a demo; each once."""
    if "faults" in answer:
        faults = [_fault(name, scripts, fault) for fault in answer["faults"]]
        return list({str(fault): fault for fault in faults}.values())
    return [*_failure(name, scripts, answer)]


def _failure(name: str, scripts: Scripts, answer: Mapping[str, Any]) -> Iterator[BuildError]:
    if "endless" in answer:
        message = f"the demo `{name}` is not laid out after {answer['endless']:g} s"
        yield BuildError(message, *home(scripts), "Look for a loop in its scripts that never ends")
    elif "undefined" in answer:
        found = ", ".join(f'"{each}"' for each in defined_names(scripts)) or "nothing"
        hint = f'A demo is called by its folder: define("{name}", …)'
        if name in defined_names(scripts):
            yield BuildError(f"the demo `{name}` is defined in some cases only", *home(scripts), "Define it in all")
        else:
            yield BuildError(f"this defines {found} and no demo `{name}`", *home(scripts), hint)
    elif "failed" in answer:
        yield _thrown(name, scripts, answer["failed"])


def _thrown(name: str, scripts: Scripts, failed: Mapping[str, Any]) -> BuildError:
    own = _own(name, failed["places"])
    file, line = own[0] if own else _named(scripts, failed["message"])  # where it left the author's scripts
    thrown, at = failed["places"][0] if failed["places"] else (file, line)
    elsewhere = "" if [thrown, at] in own or (thrown, at) == (file, line) else f", thrown in {thrown}:{at}"
    hint = "Views and controls are made before there is a plan and before anything has a size"
    if not failed["defined"]:
        hint = f'Its script must come as far as define("{name}", …)'
    return BuildError(f"no panel can be made of this demo: {failed['message']}{elsewhere}", file, line, hint)


def _named(scripts: Scripts, message: str) -> tuple[str, int]:
    """Where a script has the last of the names or files that a message quotes; else where it defines the demo."""
    for quoted in reversed(re.findall(r"'([^']+)'", message)):
        for file, text in scripts.items():
            if (at := text.find(quoted.rpartition("/")[2])) >= 0:
                return file, line_of(text, at)
    return home(scripts)


def _fault(name: str, scripts: Scripts, fault: Mapping[str, Any]) -> BuildError:
    own = _own(name, fault["places"])
    file, line = own[0] if own else home(scripts)
    if file in scripts:
        line = key_line(scripts[file], fault["name"], line, fault.get("within", ""))
    known = fault.get("known")
    hint = suggested(fault["name"], known, "It may have") if known else fault.get("hint")
    return BuildError(fault["message"], file, line, hint or "demos/README.md says what it takes")


def _own(name: str, places: Sequence[Any]) -> list[Any]:
    return [place for place in places if place[0].startswith(f"demos/{name}/")]
