"""The rules of the house on JavaScript: who imports whom, how long lines and functions are."""

from __future__ import annotations

import json
import re

from tests.pure.test_house import LONGEST_FUNCTION, LONGEST_LINE, ROOT, files

# The rooms of demos/runtime, each of which imports from those before it.
RUNTIME_ROOMS = ("compiler", "common", "gpu", "processor", "views", "run", "inspect", "demo")


def test_lines_of_javascript_are_short() -> None:
    """Ruff measures Python's; Biome breaks code, but no comment and no text."""
    long = [
        f"{name}:{number}"
        for name in files()
        if name.endswith((".js", ".mjs", ".ts"))
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


def test_rooms_of_the_runtime_import_what_lies_before_them() -> None:
    """Of what runs; types may name each other. The files beside the rooms are what pages and demos ask for."""
    wrong = []
    for name in files():
        room, _, inside = name.removeprefix("demos/runtime/").partition("/")
        if name.startswith("demos/runtime/") and inside and name.endswith(".js"):
            assert room in RUNTIME_ROOMS, name
            later = RUNTIME_ROOMS[RUNTIME_ROOMS.index(room) + 1 :]
            code = re.sub(r"/\*\*.*?\*/", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
            imported = re.findall(r"""(?:from|import)\s*\(?"\.\./([a-z]+)/""", code)
            wrong += [f"{name} imports from {other}/" for other in imported if other in later]
    assert wrong == []


def test_biome_measures_what_this_house_measures() -> None:
    """`scripts/check javascript` fails on a longer function; one that has to be long says why in a `biome-ignore`."""
    settings = json.loads((ROOT / "scripts/biome.json").read_text(encoding="utf-8"))
    rule = settings["linter"]["rules"]["complexity"]["noExcessiveLinesPerFunction"]
    assert rule == {"level": "error", "options": {"maxLines": LONGEST_FUNCTION}}
    assert settings["formatter"]["lineWidth"] == LONGEST_LINE
