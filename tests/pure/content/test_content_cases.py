"""What each piece of syntax becomes: cases/*.md hold name, input and output between lines of a dot."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder import content
from site_builder.content import RenderedPost, directives, roles, syntax

CASES = Path(__file__).parent / "cases"
CASE = re.compile(r"^(?P<name>[^\n]+)\n\.\n(?P<input>.*?)\n\.\n(?P<output>.*?)\n\.$", re.MULTILINE | re.DOTALL)


def cases() -> list[object]:
    return [
        pytest.param(case["input"], case["output"], id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.md"))
        for case in CASE.finditer(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("source", "expected"), cases())
def test_case(write: Callable[[str], RenderedPost], source: str, expected: str) -> None:
    assert write(source + "\n").html.rstrip() == expected


def test_every_directive_and_role_is_rendered_documented_and_shown_in_a_case() -> None:
    assert set(directives.DIRECTIVES) == set(syntax.DIRECTIVES) - {"tab"}  # tabs renders it
    assert set(roles.ROLES) == set(syntax.ROLES)
    guide = inspect.getdoc(content) or ""
    shown = "".join(path.read_text(encoding="utf-8") for path in CASES.glob("*.md"))
    for text in (guide, shown):
        assert all(f":::{{{name}}}" in text for name in syntax.DIRECTIVES)
        assert all(f"{{{name}}}`" in text for name in syntax.ROLES)


def test_sections(write: Callable[[str], RenderedPost]) -> None:
    rendered = write(
        "## The $R$ of {value}`digits.steps`\n\nAfter {value}`digits.accuracy:.0%`, see {ref}`fig-wide`;\n"
        "{cite}`rosenblatt1958`.\n\n```python\nx = 1\n```\n\n:::{figure} wide\nA *curve*.\n:::\n\n### Part\n"
    )
    assert [(section.anchor, section.level, section.html) for section in rendered.sections] == [
        (
            "the-r-of",
            2,
            'The <math>R</math> of <data class="value" value="12500" '
            'title="digits.steps, computed by the build">12500</data>',
        ),
        ("part", 3, "Part"),
    ]


def test_demos_are_named_once(write: Callable[[str], RenderedPost]) -> None:
    rendered = write(":::{demo} digits\n:::\n:::{demo} digits\n:label: again\n:::\n:::{demo} curve\n:::\n")
    assert rendered.demos == ("digits", "curve")
