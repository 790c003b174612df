"""Which directives and roles there are, and what each takes: one row each.

In: a node of the tree. Out: nothing, or a ContentError that says what is wrong. What they become is in directives.py
and roles.py; a test holds the tables together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ContentError
from .html import suggestion
from .tree import Node

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Directive:
    """`argument`: what stands behind the name, for messages; "" if nothing may, in brackets if it may be left out.

    `body`: what stands inside; "" if nothing may, in brackets if it may be left out.
    """

    argument: str
    body: str
    options: tuple[str, ...] = ()


DIRECTIVES = {
    "figure": Directive("a figure's name", "its caption", ("label", "width")),
    "demo": Directive("a demo's name", "[its caption]", ("label", "width", "autostart")),
    "code": Directive("a file's path", "", ("region", "lines", "caption", "open", "label")),
    "aside": Directive("", "the note"),
    "claim": Directive("a comparison", "the sentence that it guards"),
    "note": Directive("a title", "the text", ("label", "open")),
    "proof": Directive("[a title]", "the proof", ("label", "open")),
    "epigraph": Directive("", "the quotation"),
    "tabs": Directive("", "directives {tab}"),
    "tab": Directive("a title", "what it shows"),
}
ROLES = ("cite", "cite:t", "value", "ref", "demo", "term")
WIDTHS = ("text", "page")
FLAGS = ("open", "autostart")  # options without a value


def check(node: Node, parent: Node | None, file: str) -> None:
    """Check a directive or a role against its row."""
    if node.kind == "role":
        if node.name not in ROLES:
            raise ContentError(f"there is no role {{{node.name}}}", file, node.line, suggestion(node.name, ROLES))
        if not node.text:
            raise ContentError(f"the role {{{node.name}}} is empty", file, node.line)
    elif node.kind == "directive":
        if node.name not in DIRECTIVES:
            hint = suggestion(node.name, DIRECTIVES)
            raise ContentError(f"there is no directive {{{node.name}}}", file, node.line, hint)
        _check_directive(node, DIRECTIVES[node.name], file)
        _check_place(node, parent, file)


def _check_directive(node: Node, row: Directive, file: str) -> None:
    name = f"{{{node.name}}}"
    if node.text and not row.argument:
        raise ContentError(f"{name} takes nothing behind its name, not `{node.text}`", file, node.line)
    if not node.text and row.argument and not row.argument.startswith("["):
        raise ContentError(f"{name} needs {row.argument} behind its name", file, node.line)
    if node.children and not row.body:
        raise ContentError(f"{name} takes no text inside", file, node.children[0].line)
    if not node.children and row.body and not row.body.startswith("["):
        raise ContentError(f"{name} is empty", file, node.line, f"Write {row.body} inside")
    for option, value in node.options.items():
        if option not in row.options:
            hint = suggestion(option, row.options)
            raise ContentError(f"{name} has no option `:{option}:`", file, node.line, hint)
        if option in FLAGS:
            if value:
                raise ContentError(f"the option `:{option}:` of {name} takes no value", file, node.line)
        elif not value:
            raise ContentError(f"the option `:{option}:` of {name} is empty", file, node.line)
    width = node.options.get("width", "text")
    if width not in WIDTHS:
        raise ContentError(f"`:width: {width}` of {name} must be text or page", file, node.line)


def _check_place(node: Node, parent: Node | None, file: str) -> None:
    inside_tabs = parent is not None and (parent.kind, parent.name) == ("directive", "tabs")
    if node.name == "tab" and not inside_tabs:
        raise ContentError("{tab} stands outside of {tabs}", file, node.line)
    if node.name == "tabs":
        for child in node.children:
            if (child.kind, child.name) != ("directive", "tab"):
                raise ContentError("{tabs} holds directives {tab} only", file, child.line)
