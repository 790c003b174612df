"""Labels: what a reference can point at, with its number.

In: the nodes of a post. Out: a `Label` for each anchor; the nodes get their anchors as the attribute `id`. Figures and
demos share one numbering, labelled formulas have another. It does not know other posts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import ContentError
from .html import slugify
from .syntax import LABEL
from .tree import Node, plain

RESERVED = ("references", "notes", "main", "card")  # the sections at a post's end, and what the page itself has
RESERVED_PREFIXES = ("ref-", "cite-", "fn-", "fnref-", "tab-", "panel-")


@dataclass(frozen=True)
class Label:
    """`kind`: section, figure, demo, equation, listing, note, term or anchor. `name`: a demo's name, else ""."""

    kind: str
    line: int
    title: str = ""
    number: int | None = None
    name: str = ""

    @property
    def words(self) -> str:
        """How a reference to it reads: "Figure 3" (with a space that does not break), a section's title, or ""."""
        if self.number is None:
            return self.title
        return f"{'Equation' if self.kind == 'equation' else 'Figure'}\u00a0{self.number}"


@dataclass
class _Labels:
    file: str
    found: dict[str, Label] = field(default_factory=dict)
    figures: int = 0
    equations: int = 0

    def add(self, anchor: str, label: Label) -> None:
        if not LABEL.fullmatch(anchor):
            hint = "Use letters, digits, dashes, dots and underscores, a letter first"
            raise ContentError(f"`{anchor}` is no label", self.file, label.line, hint)
        if anchor in RESERVED or anchor.startswith(RESERVED_PREFIXES):
            raise ContentError(f"the label `{anchor}` is kept for the page's own use", self.file, label.line)
        if anchor in self.found:
            first = self.found[anchor].line
            raise ContentError(f"the label `{anchor}` is already on line {first}", self.file, label.line)
        self.found[anchor] = label


def assign(nodes: list[Node], file: str) -> dict[str, Label]:
    """Give every node that can be referred to its anchor, and return the labels in the order of the text."""
    labels = _Labels(file)
    everything = [node for top in nodes for node in top.walk()]
    for node in everything:
        if node.kind == "directive":
            _directive(node, labels)
        elif node.kind == "math_block" and (node.name or "id" in node.attrs):
            node.name = node.name or node.attrs["id"]
            labels.equations += 1
            node.attrs["id"] = node.name
            labels.add(node.name, Label("equation", node.line, number=labels.equations))
        elif node.kind == "role" and node.name == "term":
            _term(node, labels)
        elif node.kind != "heading" and "id" in node.attrs:
            labels.add(node.attrs["id"], Label("anchor", node.line))
        elif "id" in node.attrs:
            labels.add(node.attrs["id"], Label("section", node.line, plain(node.children)))
    for node in everything:  # after all explicit labels, which win
        if node.kind == "heading" and "id" not in node.attrs:
            title = plain(node.children)
            node.attrs["id"] = next(name for name in _free_names(title) if name not in labels.found)
            labels.found[node.attrs["id"]] = Label("section", node.line, title)
    return dict(sorted(labels.found.items(), key=lambda item: item[1].line))


def _directive(node: Node, labels: _Labels) -> None:
    anchor = node.options.get("label", node.attrs.get("id"))
    if node.name in ("figure", "demo"):
        labels.figures += 1
        prefix = "fig-" if node.name == "figure" else "demo-"
        anchor = anchor or prefix + slugify(node.text.removeprefix(prefix))
        node.attrs["number"] = str(labels.figures)
        name = node.text if node.name == "demo" else ""
        label = Label(node.name, node.line, number=labels.figures, name=name)
    elif node.name == "code":
        label = Label("listing", node.line, node.options.get("caption", node.text))
    elif node.name in ("note", "proof"):
        label = Label("note", node.line, node.text or "Proof")
    else:
        label = Label("anchor", node.line)
    if anchor is not None:
        node.attrs["id"] = anchor
        labels.add(anchor, label)


def _term(node: Node, labels: _Labels) -> None:
    """The first use of a term defines it; later ones link to the first."""
    anchor = "term-" + slugify(node.text)
    if anchor in labels.found:
        node.attrs["target"] = anchor
    else:
        node.attrs["id"] = anchor
        labels.add(anchor, Label("term", node.line, node.text))


def _free_names(title: str) -> Iterator[str]:
    name = slugify(title)
    if not name[:1].isalpha() or name.startswith(RESERVED_PREFIXES):
        name = f"section-{name}".rstrip("-")
    if name not in RESERVED:
        yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
