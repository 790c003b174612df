"""Writes the table of README.md anew: `python -m tests.zoo.worked`."""

from __future__ import annotations

from tests.zoo.worked import README, table

text = README.read_text("utf-8")
before, after = text[: text.index("| example")], text[text.rindex("|\n") + 2 :]
README.write_text(before + table() + after, "utf-8")
