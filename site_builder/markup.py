"""HTML, read: the one reader of the link check, the feed, the templates and the tests.

In: the text of a page or of a part of one. Out: its elements, each with its attributes and with where it stands in the
text, so that whoever changes some of them leaves every other byte as it is. It knows no element's meaning.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
Edit = tuple[int, int, str]


@dataclass
class Element:
    """An element of a text. Names are in lower case; an attribute without a value is "".

    Its opening tag is text[start:inner], its content text[inner:outer], its closing tag text[outer:end]; the latter two
    are empty where an element has none. `children` holds its elements and, unescaped, its words. The root has no name.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    outer: int
    end: int
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """The words inside, those of scripts too."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def walk(self, *names: str) -> Iterator[Element]:
        """The elements inside that have one of the names, or all, in the order of the text."""
        for child in self.children:
            if isinstance(child, Element):
                if not names or child.name in names:
                    yield child
                yield from child.walk(*names)


def read(text: str) -> Element:
    """The root that holds a text's elements. What is never closed ends with what it stands in, as in a browser; a
    closing tag that closes nothing is left out."""
    reader = _TreeBuilder(text)
    reader.feed(text)
    reader.close()
    return reader.root


def edited_text(text: str, edits: Iterable[Edit]) -> str:
    """The text with each (start, end, new) put in place of what stands there. They must not overlap."""
    parts, done = [], 0
    for start, end, new in sorted(edits):
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


class _TreeBuilder(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.lines = [0, *itertools.accumulate(len(line) + 1 for line in text.split("\n"))]
        self.root = Element("", {}, 0, 0, len(text), len(text))
        self.open = [self.root]

    def place(self) -> int:
        """Where the present tag begins."""
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self.place()
        end = start + len(self.get_starttag_text() or "")
        attributes = {name: value or "" for name, value in reversed(attrs)}  # of two equal names the first counts
        self.open[-1].children.append(Element(tag, dict(reversed(attributes.items())), start, end, end, end))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        element = self.open[-1].children[-1]
        if isinstance(element, Element) and tag not in VOID:
            element.outer = element.end = len(self.text)
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        start = self.place()
        depth = max(depth for depth, element in enumerate(self.open) if element.name == tag or depth == 0)
        if depth:
            for inner in self.open[depth + 1 :]:
                inner.outer = inner.end = start
            self.open[depth].outer, self.open[depth].end = start, self.text.index(">", start) + 1
            del self.open[depth:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
