"""README and CONTRIBUTING say what is true: the tree is the real one, commands and links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
from functools import cache

import pytest

from site_builder import cli
from tests.examples import NO_EXAMPLES, examples
from tests.pure.test_house import PACKAGE, ROOT, files, python_files

ASKED = re.compile(r'\bexample\("([^"]+)", "(\w+)"(?:, (\d+))?\)')

GUIDES = ("README.md", "CONTRIBUTING.md")


@cache
def guide(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", guide(name), re.MULTILINE | re.DOTALL)


def drawn_tree() -> list[str]:
    """The entries of README's tree by their paths; a folder ends with a slash."""
    (drawing,) = blocks("README.md", "tree")
    found: list[str] = []
    above: list[str] = []
    for line in drawing.splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        above = [*above[:depth], name]
        found.append("".join(above))
    return found


def test_readme_draws_the_tree_as_it_is() -> None:
    drawn = drawn_tree()
    assert len(drawn) == len(set(drawn))
    opened = {
        "",
        *(
            name
            for name in drawn
            if name.endswith("/") and any(each.startswith(name) and each != name for each in drawn)
        ),
    }
    real = set()
    for name in files():
        parts = name.split("/")
        for depth in range(len(parts)):
            if "".join(f"{part}/" for part in parts[:depth]) in opened:
                real.add("/".join(parts[: depth + 1]) + ("/" if depth + 1 < len(parts) else ""))
    assert {f"{PACKAGE}/", "tests/", "scripts/", "demos/", "shaders/", "posts/"} <= opened
    assert sorted(drawn) == sorted(real)


def commands_in(name: str) -> list[list[str]]:
    lines = [line for block in blocks(name, "sh") for line in block.splitlines() if line.strip()]
    return [shlex.split(line, comments=True) for line in lines]


def test_two_commands_are_enough() -> None:
    assert ["scripts/site"] in commands_in("README.md")
    assert ["scripts/test"] in commands_in("README.md")


@pytest.mark.parametrize("name", GUIDES)
def test_guides_name_commands_that_exist(name: str) -> None:
    commands = commands_in(name)
    assert commands
    for program, *arguments in commands:
        if program == "build-site":
            assert not arguments or arguments[0] in cli.commands.commands
        elif program.startswith("scripts/"):
            assert os.access(ROOT / program, os.X_OK), f"{program} cannot be run"
            assert all(
                word in (ROOT / program).read_text(encoding="utf-8") for word in arguments if word.startswith("--")
            )


@pytest.mark.parametrize("name", [*GUIDES, "CHANGELOG.md"])
def test_guides_link_to_files_that_exist(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", guide(name))
    assert targets
    assert [each for each in targets if ":" not in each and not (ROOT / each).exists()] == []


def test_every_example_of_the_manuals_is_run() -> None:
    """A test asks for it by name. What is no example is a drawing, or commands, which tests/clone runs."""
    asked = set()
    for name in python_files("tests/"):
        for manual, language, number in ASKED.findall((ROOT / name).read_text(encoding="utf-8")):
            asked.add((manual, language, int(number or 0)))
    assert asked == {each for each in examples() if each[1] not in NO_EXAMPLES}
