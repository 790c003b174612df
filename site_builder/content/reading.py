"""How long a post takes to read, at the pace of technical prose.

In: the document tree. Out: minutes. Folded notes, proofs and listings count nothing: who opens them chose to. Formulas,
figures, demos and open listings count, because technical prose is read with them. It does not know what they show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .tree import Node

WORDS_A_MINUTE = (
    200  # ordinary non-fiction is read at about 240: Brysbaert, How many words do we read per minute (2019)
)
FORMULA_WORDS = 2  # read in place of a formula inside a line: "x squared"
SECONDS = {"math_block": 12, "figure": 15, "demo": 15, "code": 15}  # a look at one; to play is not counted
WORD = re.compile(r"\w+(?:[’'.,-]\w+)*")
FOLDED = ("note", "proof")


def minutes(nodes: Iterable[Node]) -> int:
    """Minutes of reading, at least 1."""
    shown = [node for top in nodes for node in _unfolded(top)]
    words = sum(_words(node) for node in shown)
    looks = sum(SECONDS.get(node.name if node.kind == "directive" else node.kind, 0) for node in shown)
    return max(1, round(words / WORDS_A_MINUTE + looks / 60))


def _unfolded(node: Node) -> Iterator[Node]:
    """The node and all below it, but for what is folded away; of tabs, the one that is open."""
    if node.kind == "directive":
        if node.name in FOLDED or (node.name == "code" and "open" not in node.options):
            return
        if node.name == "tabs":
            tabs = [child for child in node.children if child.name == "tab"]
            for child in tabs[:1]:
                yield from _unfolded(child)
            return
    yield node
    for child in node.children:
        yield from _unfolded(child)


def _words(node: Node) -> int:
    if node.kind == "text":
        return len(WORD.findall(node.text))
    return FORMULA_WORDS if node.kind == "math_inline" else int(node.kind == "role")


__all__ = ["minutes"]
