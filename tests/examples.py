"""The examples of the manuals: their fenced blocks, which tests complete and run.

In: what git keeps. Out: blocks by manual, language and place, without the indentation of a list that they stand in.
Articles are no manuals: they are built.
"""

from __future__ import annotations

import re
import textwrap

from tests.pure.test_house import ROOT, files

FENCED = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
NO_EXAMPLES = ("text", "tree", "sh")  # drawings, and commands, which tests/clone runs


def is_manual(name: str) -> bool:
    return name.endswith(".md") and not name.startswith(("posts/", "tests/pure/content/cases/"))


def examples() -> dict[tuple[str, str, int], str]:
    """(manual, language, number of this language in it) -> text."""
    found: dict[tuple[str, str, int], str] = {}
    for manual in files():
        if is_manual(manual):
            counted: dict[str, int] = {}
            for match in FENCED.finditer((ROOT / manual).read_text(encoding="utf-8")):
                language = match["language"]
                number = counted[language] = counted.get(language, -1) + 1
                found[manual, language, number] = textwrap.dedent(match["text"])
    return found


def example(manual: str, language: str, number: int = 0) -> str:
    """One of them. `tests/pure/test_readme.py` wants each to be asked for by a test, in these words."""
    return examples()[manual, language, number]
