"""Directives: the colon fences. One function each; DIRECTIVES lists them.

In: a node, checked against syntax.py, and the writer. Out: HTML, in the words of static/theme/README.md.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from . import claims, highlight, values
from .excerpts import Excerpt, excerpt
from .html import classes, element, escape
from .tree import Node
from .writer import Handler, Writer

NO_SCRIPT = "This demo runs in browsers with JavaScript; here is how it begins."
ATTRIBUTION = re.compile(r"(?:--|–|—)\s*")


def directive(writer: Writer, node: Node) -> str:
    return DIRECTIVES[node.name](writer, node)


def figure(writer: Writer, node: Node) -> str:
    found = writer.env.figures[node.text]
    wide = _wide(node.options.get("width", found.width))
    if found.record is None:
        return _figure(writer, node, found.html, classes("figure", wide), node.attrs["id"])
    html = _figure(writer, node, found.html, "figure", node.attrs["id"])
    return element("figure-replay", html, record=found.record, scripts=" ".join(found.scripts), class_=wide) + "\n"


def demo(writer: Writer, node: Node) -> str:
    found = writer.env.demos[node.text]
    if not node.children:
        node = Node(**{**vars(node), "children": [Node("text", node.line, text=found.title + ".")]})
    panel = element("noscript", element("p", NO_SCRIPT)) + found.html[node.attrs["id"]]
    html = _figure(writer, node, panel, "figure", None)
    wide = _wide(node.options.get("width", "page"))
    loads = {"manifest": found.manifest, "scripts": " ".join(found.scripts)}
    starts = "autostart" in node.options
    html = element("live-demo", html, name=node.text, **loads, id=node.attrs["id"], class_=wide, autostart=starts)
    return html + "\n"


def _wide(width: str) -> str | None:
    """The theme's class for what may leave the column of the text."""
    return "w-page" if width == "page" else None


def _figure(writer: Writer, node: Node, html: str, css: str | None, anchor: str | None) -> str:
    number = element("span", f"Figure {node.attrs['number']}", class_="label")
    caption = element("figcaption", _caption(writer, node.children, number))
    css = classes(css, node.attrs.get("class"))
    return element("figure", f"\n{html}\n{caption}\n", id=anchor, class_=css) + "\n"


def _caption(writer: Writer, nodes: list[Node], number: str) -> str:
    """The number before the first words; no paragraph around a caption that is only one."""
    first, *rest = nodes
    if first.kind == "text":
        return f"{number} {writer.html(nodes)}"
    if first.kind != "paragraph":
        return element("p", number) + writer.html(nodes)
    words = f"{number} {writer.html(first.children)}"
    return element("p", words) + writer.html(rest) if rest else words


def code(writer: Writer, node: Node) -> str:
    """A listing, folded unless it says `:open:`."""
    options, path = node.options, node.text
    found = excerpt(writer.env.root, path, writer.post.file, node.line, options.get("region"), options.get("lines"))
    language = highlight.SUFFIXES.get(PurePosixPath(path).suffix, "")
    html = highlight.highlight(found.text, language, writer.env.cache)
    listing = element("pre", element("code", html, class_=f"language-{language or 'text'}"), tabindex="0")
    caption = element("span", escape(options["caption"])) + " " if "caption" in options else ""
    name = element("span", f"{element('code', escape(path))}, {_lines(found)}")
    anchor, css = node.attrs.get("id"), classes("listing", node.attrs.get("class"))
    if "open" in options:
        head = element("figcaption", caption + name)
        return element("figure", f"\n{head}\n{listing}\n", id=anchor, class_=css) + "\n"
    summary = element("summary", caption + name)
    return element("details", f"\n{summary}\n{listing}\n", id=anchor, class_=css) + "\n"


def _lines(found: Excerpt) -> str:
    return f"line {found.first}" if found.first == found.last else f"lines {found.first}–{found.last}"


def aside(writer: Writer, node: Node) -> str:
    """A note in the margin. The role keeps it from being a landmark of the page."""
    css = classes("aside", node.attrs.get("class"))
    return element("aside", writer.html(node.children), id=node.attrs.get("id"), class_=css, role="note") + "\n"


def claim(writer: Writer, node: Node) -> str:
    """The sentence, and before it the check, which the theme floats into the gutter."""
    file, line = writer.post.file, node.line
    filled = claims.check(writer.post.claims[line], lambda path: values.lookup(writer.env.values, path, file, line))
    parts = (
        element("span", "Checked", class_="claim-mark"),
        element("code", escape(" ".join(node.text.split()))),
        element("span", escape(filled)),
    )
    checked = element("p", " ".join(parts), class_="claim-check")
    css = classes("claim", node.attrs.get("class"))
    return element("div", f"{checked}\n{writer.html(node.children)}", id=node.attrs.get("id"), class_=css) + "\n"


def note(writer: Writer, node: Node) -> str:
    return _details(writer, node, "note", escape(node.text))


def proof(writer: Writer, node: Node) -> str:
    title = f"Proof. {escape(node.text)}" if node.text else "Proof"
    return _details(writer, node, "proof", title)


def _details(writer: Writer, node: Node, kind: str, title: str) -> str:
    body = element("summary", title) + "\n" + writer.html(node.children)
    css = classes("fold", kind, node.attrs.get("class"))
    return element("details", body, id=node.attrs.get("id"), class_=css, open="open" in node.options) + "\n"


def epigraph(writer: Writer, node: Node) -> str:
    """A quotation; its last paragraph says whose it is when it begins with a dash."""
    *quotation, last = node.children
    first = last.children[0] if last.children else None
    footer = ""
    if quotation and first is not None and first.kind == "text" and (dash := ATTRIBUTION.match(first.text)):
        words = Node("text", first.line, text=first.text[dash.end() :])
        footer = element("footer", writer.html([words, *last.children[1:]])) + "\n"
    else:
        quotation = node.children
    css = classes("epigraph", node.attrs.get("class"))
    return element("blockquote", writer.html(quotation) + footer, id=node.attrs.get("id"), class_=css) + "\n"


def tabs(writer: Writer, node: Node) -> str:
    """Sections with a name each. Without JavaScript they follow each other; the theme's script makes a list of tabs."""
    panels = [
        element("section", "\n" + writer.html(tab.children), class_="tab", aria_label=tab.text) for tab in node.children
    ]
    css = classes("tabs", node.attrs.get("class"))
    return element("div", "\n" + "\n".join(panels) + "\n", id=node.attrs.get("id"), class_=css) + "\n"


DIRECTIVES: dict[str, Handler] = {
    "figure": figure,
    "demo": demo,
    "code": code,
    "aside": aside,
    "claim": claim,
    "note": note,
    "proof": proof,
    "epigraph": epigraph,
    "tabs": tabs,
}
