"""Directives: the colon fences. One function each; DIRECTIVES lists them.

In: a node, checked against syntax.py, and the writer. Out: HTML.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from . import claims, highlight, values
from .excerpts import Excerpt, excerpt
from .html import classes, element, escape
from .tree import Node
from .writer import Handler, Writer

ATTRIBUTION = re.compile(r"(?:--|–|—)\s*")


def directive(writer: Writer, node: Node) -> str:
    return DIRECTIVES[node.name](writer, node)


def figure(writer: Writer, node: Node) -> str:
    found = writer.find(writer.env.figures, node.text, "figure", node.line)
    width = node.options.get("width", found.width)
    html = _figure(writer, node, found.html, width, anchor=node.attrs["id"])
    return html if found.record is None else element("figure-replay", html, record=found.record) + "\n"


def demo(writer: Writer, node: Node) -> str:
    found = writer.find(writer.env.demos, node.text, "demo", node.line)
    if not node.children:
        node = Node(**{**vars(node), "children": [Node("text", node.line, text=found.title + ".")]})
    html = _figure(writer, node, found.html, node.options.get("width", "page"))
    return element("live-demo", html, name=node.text, manifest=found.manifest, id=node.attrs["id"]) + "\n"


def _figure(writer: Writer, node: Node, html: str, width: str, anchor: str | None = None) -> str:
    number = element("span", f"Figure {node.attrs['number']}.", class_="figure-number")
    caption = element("figcaption", _caption(writer, node.children, number))
    css = classes("figure", f"width-{width}", node.attrs.get("class"))
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
    """A folded listing: the caption and the file's name are the summary."""
    options, path = node.options, node.text
    found = excerpt(writer.env.root, path, writer.post.file, node.line, options.get("region"), options.get("lines"))
    language = highlight.SUFFIXES.get(PurePosixPath(path).suffix, "")
    html = highlight.highlight(found.text, language, writer.env.cache)
    listing = element("code", html, class_=f"language-{language or 'text'}")
    caption = f"{escape(options['caption'])} " if "caption" in options else ""
    summary = element("summary", caption + element("code", escape(path), class_="file"))
    body = element("pre", listing, class_="code", tabindex="0") + _source(writer, path, found)
    details = element("details", f"{summary}\n{body}", open="open" in options)
    return (
        element("figure", details, id=node.attrs.get("id"), class_=classes("listing", node.attrs.get("class"))) + "\n"
    )


def _source(writer: Writer, path: str, found: Excerpt) -> str:
    url = writer.env.source(path, found.first, found.last)
    lines = f"line {found.first}" if found.first == found.last else f"lines {found.first}–{found.last}"
    name = escape(path) if url is None else element("a", escape(path), href=url)
    return element("p", f"{name}, {lines}", class_="source")


def aside(writer: Writer, node: Node) -> str:
    """A note in the margin. The role keeps it from being a landmark of the page."""
    css = classes("aside", node.attrs.get("class"))
    return element("aside", writer.html(node.children), id=node.attrs.get("id"), class_=css, role="note") + "\n"


def claim(writer: Writer, node: Node) -> str:
    file, line = writer.post.file, node.line
    filled = claims.check(writer.post.claims[line], lambda path: values.lookup(writer.env.values, path, file, line))
    checked = element("p", f"Checked when built: {element('code', escape(filled))}", class_="claim-check")
    css = classes("claim", node.attrs.get("class"))
    return element("div", writer.html(node.children) + checked, id=node.attrs.get("id"), class_=css) + "\n"


def note(writer: Writer, node: Node) -> str:
    return _details(writer, node, "note", escape(node.text))


def proof(writer: Writer, node: Node) -> str:
    title = f"Proof: {escape(node.text)}" if node.text else "Proof"
    return _details(writer, node, "proof", title)


def _details(writer: Writer, node: Node, kind: str, title: str) -> str:
    body = element("summary", title) + "\n" + writer.html(node.children)
    css = classes(kind, node.attrs.get("class"))
    return element("details", body, id=node.attrs.get("id"), class_=css, open="open" in node.options) + "\n"


def epigraph(writer: Writer, node: Node) -> str:
    """A quotation; its last paragraph says whose it is when it begins with a dash."""
    *quotation, last = node.children
    first = last.children[0] if last.children else None
    caption = ""
    if quotation and first is not None and first.kind == "text" and (dash := ATTRIBUTION.match(first.text)):
        words = Node("text", first.line, text=first.text[dash.end() :])
        caption = element("figcaption", "— " + writer.html([words, *last.children[1:]])) + "\n"
    else:
        quotation = node.children
    quote = element("blockquote", writer.html(quotation)) + "\n"
    css = classes("epigraph", node.attrs.get("class"))
    return element("figure", quote + caption, id=node.attrs.get("id"), class_=css) + "\n"


def tabs(writer: Writer, node: Node) -> str:
    """Radio buttons, each before its panel: CSS shows the panel of the checked one; without CSS all are read."""
    writer.tabs += 1
    group, parts = f"tabs-{writer.tabs}", []
    for number, tab in enumerate(node.children, start=1):
        button = f"{group}-{number}"
        parts.append(element("input", type="radio", name=group, id=button, checked=number == 1))
        parts.append(element("label", escape(tab.text), for_=button))
        parts.append(element("div", writer.html(tab.children), class_="tab-panel") + "\n")
    title = ", ".join(tab.text for tab in node.children)
    css = classes("tabs", node.attrs.get("class"))
    return element("div", "".join(parts), id=node.attrs.get("id"), class_=css, role="group", aria_label=title) + "\n"


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
