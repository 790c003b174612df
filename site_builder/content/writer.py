"""The state of one rendering: the post, what it was handed, and what has been written so far.

In: nodes. Out: HTML, through the table of handlers that it is made with. It knows no single kind of node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .. import markup
from . import citations
from .env import Env
from .html import element
from .post import Post
from .tree import Node

OPENING, CLOSING = "([“‘", ".,;:!?)]’”…-"  # the signs that stay with a formula
Handler = Callable[["Writer", Node], str]


def _keep_together(parts: list[str], kinds: list[str], place: int) -> None:
    """Keep a formula and the punctuation that touches it on one line: browsers break beside any formula."""
    before = parts[place - 1] if place and kinds[place - 1] == "text" else ""
    behind = parts[place + 1] if kinds[place + 1 : place + 2] == ["text"] else ""
    start, end = len(before.rstrip(OPENING)), len(behind) - len(behind.lstrip(CLOSING))
    if end:
        parts[place] = element("span", before[start:] + parts[place] + behind[:end], class_="tight")
        parts[place + 1] = behind[end:]
        if start < len(before):
            parts[place - 1] = before[:start]


class Writer:
    """Renders the nodes of one post. `cited` grows: the anchors of each work's citations."""

    def __init__(self, post: Post, env: Env, handlers: Mapping[str, Handler]) -> None:
        self.post = post
        self.env = env
        self.handlers = handlers
        self.cited: dict[str, list[str]] = {}
        self.tables = 0
        cited = {use.name: env.bibliography[use.name] for use in post.needs.citations}
        self.years = citations.years(cited.values())

    def html(self, nodes: Iterable[Node]) -> str:
        nodes = list(nodes)
        parts = [self.handlers[node.kind](self, node) for node in nodes]
        kinds = [node.kind for node in nodes]
        for place in [place for place, kind in enumerate(kinds) if kind == "math_inline"]:
            _keep_together(parts, kinds, place)
        return "".join(parts)

    def text(self, nodes: Iterable[Node]) -> str:
        """The words of inline nodes as a reader sees them; formulas as they were typed."""
        parts = []
        for node in nodes:
            if node.kind in ("text", "code_inline", "math_inline"):
                parts.append(node.text)
            elif node.kind in ("softbreak", "hardbreak"):
                parts.append(" ")
            elif node.kind == "role":
                parts.append(markup.read(self.handlers["role"](self, node)).text)
            else:
                parts.append(self.text(node.children))
        return "".join(parts)
