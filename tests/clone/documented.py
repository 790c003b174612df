"""The commands that help and manuals name.

In: what git keeps. Out: command lines as they are written, and where. Whether they work, it does not know.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from tests.examples import is_manual
from tests.pure.test_house import ROOT, files

PROGRAM = r"(?:\.ci/run|scripts/\w+\b(?![./])|build-site\b|pytest\b|(?:\.venv/bin/)?python -m \w)"
# On a line of its own, perhaps with two spaces and what it does behind it; or in backticks.
LINE = re.compile(rf"^[# ]*(?P<command>{PROGRAM}[^`\n]*?)(?: {{2,}}.*| +#.*)?$", re.MULTILINE)
INLINE = re.compile(rf"`(?P<command>{PROGRAM}[^`\n]*)`")
FENCED = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def texts() -> Iterator[tuple[str, str]]:
    """What is written for people who run commands: manuals, the heads of scripts, the docstrings of programs."""
    for name in files():
        text = (ROOT / name).read_text(encoding="utf-8") if name.startswith(("scripts/", "tests/", ".ci/")) else ""
        if is_manual(name):
            text = (ROOT / name).read_text(encoding="utf-8")
            yield name, "\n".join(FENCED.findall(text))
            yield name, "\n".join(f"`{each}`" for each in re.findall(r"`([^`\n]+)`", FENCED.sub("", text)))
        elif name.endswith(".py"):
            yield name, (ast.get_docstring(ast.parse(text)) or "") if text else ""
        elif text.startswith("#!"):
            yield name, re.split(r"^(?!#)", text, maxsplit=1, flags=re.MULTILINE)[0]


@cache
def commands() -> dict[str, list[str]]:
    """Each command with the files that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, text in texts():
        for pattern in (LINE, INLINE):
            for match in pattern.finditer(text):
                found[match["command"].strip()].append(name)
    return dict(found)
