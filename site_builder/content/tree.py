"""The document tree: what the Markdown parser hands to everything else.

A `Node` has a kind. Blocks: paragraph, heading, bullet_list, ordered_list, list_item, blockquote, hr, fence,
table (thead, tbody, tr, th, td), directive, math_block, footnotes, footnote, bare (a paragraph without its tag).
Inline: text, em, strong, link, image, code_inline, softbreak, hardbreak, math_inline, role, footnote_ref,
footnote_anchor (the way back from a note), span, html.
It knows neither the parser that makes it nor the HTML that comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Node:
    """One element. `text` is that of text, code, math and roles; `name` is a directive's, a role's or a tag's."""

    kind: str
    line: int
    text: str = ""
    name: str = ""
    attrs: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


def plain(nodes: list[Node]) -> str:
    """The words of inline nodes, without marks; formulas as they were typed, roles left out."""
    parts = []
    for node in nodes:
        if node.kind in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif node.kind in ("text", "code_inline", "math_inline"):
            parts.append(node.text)
        else:
            parts.append(plain(node.children))
    return "".join(parts)
