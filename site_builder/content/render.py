"""Rendering: a parsed post and what it was handed, to HTML.

In: a `Post` in which `check` finds nothing wrong, and an `Env`. Out: a `RenderedPost`: HTML without scripts or inline
styles, in the words of static/theme/README.md, with its headings and its demos. It computes nothing about models and
writes no file.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BuildError
from . import citations, directives, highlight, links, roles
from .env import Env
from .faults import collect_errors, raise_all
from .html import classes, element, escape, tag
from .post import Post
from .tree import Node
from .writer import Handler, Writer


@dataclass(frozen=True)
class Section:
    """A heading: its anchor, its level from 2 on, and its words as HTML without links."""

    anchor: str
    level: int
    html: str


@dataclass(frozen=True)
class RenderedPost:
    """`html` ends with the notes and the references. `demos` are those placed in the post, each once."""

    html: str
    sections: tuple[Section, ...]
    demos: tuple[str, ...]


def render(post: Post, env: Env) -> RenderedPost:
    """Raises ContentError for a value that `check` could not know and that nothing has, and ClaimError for a claim that
    is false; a group of them when several blocks are wrong."""
    writer = Writer(post, env, HANDLERS)
    errors: list[BuildError] = []
    html = ""
    for node in post.nodes:
        with collect_errors(errors):
            html += writer.html([node])
    raise_all(errors)
    html += _references(writer)
    everything = [node for top in post.nodes for node in top.walk()]
    sections = tuple(
        Section(node.attrs["id"], int(node.name), writer.html(node.children))
        for node in everything
        if node.kind == "heading"
    )
    demos = dict.fromkeys(node.text for node in everything if (node.kind, node.name) == ("directive", "demo"))
    return RenderedPost(html, sections, tuple(demos))


def _references(writer: Writer) -> str:
    if not writer.cited:
        return ""
    works = sorted((writer.env.bibliography[key] for key in writer.cited), key=citations.sort_key)
    items = []
    for work in works:
        year = writer.years[work.key]
        name = f"{citations.short_names(work)}, {year}"
        back = [
            element("a", "↩", class_="cite-back", href=f"#{anchor}", aria_label=f"Back to citation {number} of {name}")
            for number, anchor in enumerate(writer.cited[work.key], start=1)
        ]
        items.append(element("li", " ".join([citations.entry(work, year), *back]), id=f"ref-{work.key}"))
    body = element("h2", "References") + "\n" + element("ul", "\n" + "\n".join(items) + "\n")
    return element("section", body, id="references", class_="references") + "\n"


def _footnotes(writer: Writer, node: Node) -> str:
    body = element("ol", "\n" + writer.html(node.children))
    return element("section", body, id="notes", class_="footnotes", aria_label="Notes") + "\n"


def _footnote(writer: Writer, node: Node) -> str:
    return element("li", writer.html(node.children), id=f"fn-{node.name}") + "\n"


def _mark(node: Node) -> str:
    """The anchor of a note's mark in the text: the first is fnref-1, a second one fnref-1-2."""
    return f"fnref-{node.name}" + ("" if node.text == "1" else f"-{node.text}")


def _footnote_anchor(writer: Writer, node: Node) -> str:
    label = f"Back to the text at note {node.name}" + ("" if node.text == "1" else f", use {node.text}")
    href = f"#{_mark(node)}"
    return " " + element("a", "↩", class_="footnote-back", href=href, role="doc-backlink", aria_label=label)


def _footnote_ref(writer: Writer, node: Node) -> str:
    href, label = f"#fn-{node.name}", f"Note {node.name}"
    link = element("a", node.name, id=_mark(node), href=href, role="doc-noteref", aria_label=label)
    return element("sup", link, class_="footnote-ref")


def _heading(writer: Writer, node: Node) -> str:
    link = element("a", writer.html(node.children), class_="anchor", href=f"#{node.attrs['id']}")
    return element(f"h{node.name}", link, id=node.attrs["id"], class_=node.attrs.get("class")) + "\n"


def _math_inline(writer: Writer, node: Node) -> str:
    return writer.env.math[node.text.strip(), False]


def _math_block(writer: Writer, node: Node) -> str:
    formula = writer.env.math[node.text.strip(), True]
    if not node.name:
        return element("div", formula, class_="equation") + "\n"
    number = writer.post.labels[node.name].number
    link = element("a", f"({number})", class_="equation-number", href=f"#{node.name}", aria_label=f"Equation {number}")
    return element("div", formula + link, id=node.name, class_="equation") + "\n"


def _fence(writer: Writer, node: Node) -> str:
    language = highlight.language(node.name, writer.post.file, node.line)
    html = highlight.highlight(node.text, language, writer.env.cache)
    code = element("code", html, class_=f"language-{language or 'text'}")
    return element("pre", code, id=node.attrs.get("id"), class_=node.attrs.get("class"), tabindex="0") + "\n"


def _code_inline(writer: Writer, node: Node) -> str:
    return element("code", escape(node.text), id=node.attrs.get("id"), class_=node.attrs.get("class"))


def _link(writer: Writer, node: Node) -> str:
    href = links.address(writer.post, writer.env, node.attrs["href"], node.line)
    return element(
        "a",
        writer.html(node.children),
        id=node.attrs.get("id"),
        class_=node.attrs.get("class"),
        href=href,
        title=node.attrs.get("title"),
    )


def _image(writer: Writer, node: Node) -> str:
    image = writer.env.images[links.image_path(writer.post, node.attrs["src"], node.line)]
    return element(
        "img",
        src=image.url,
        alt=writer.text(node.children),
        width=str(image.width),
        height=str(image.height),
        loading="lazy",
        id=node.attrs.get("id"),
        class_=node.attrs.get("class"),
    )


def _table(writer: Writer, node: Node) -> str:
    """In a box that scrolls, and that the keyboard can reach to do so."""
    writer.tables += 1
    table = element("table", "\n" + writer.html(node.children))
    css, label = classes("table", node.attrs.get("class")), f"Table {writer.tables}"
    box = element("div", table, id=node.attrs.get("id"), class_=css, role="region", aria_label=label, tabindex="0")
    return box + "\n"


def _cell(writer: Writer, node: Node) -> str:
    css = "number" if node.attrs.get("align") == "right" else None
    name = node.kind if node.children else "td"  # an empty header cell heads nothing
    return element(name, writer.html(node.children), class_=css, scope="col" if name == "th" else None)


def _container(name: str, *attributes: str, newline: str = "") -> Handler:
    """The handler of an element that only wraps its children, with those of its attributes that may be written."""

    def handle(writer: Writer, node: Node) -> str:
        kept = {attribute: node.attrs.get(attribute) for attribute in attributes}
        return tag(name, **kept) + writer.html(node.children) + f"</{name}>{newline}"

    return handle


def _html(writer: Writer, node: Node) -> str:
    return element(node.name, writer.html(node.children))


HANDLERS: dict[str, Handler] = {
    "heading": _heading,
    "paragraph": _container("p", "id", "class", newline="\n"),
    "bare": lambda writer, node: writer.html(node.children),
    "bullet_list": _container("ul", "id", "class", newline="\n"),
    "ordered_list": _container("ol", "id", "class", "start", newline="\n"),
    "list_item": _container("li", newline="\n"),
    "blockquote": _container("blockquote", "id", "class", newline="\n"),
    "hr": lambda writer, node: "<hr>\n",
    "fence": _fence,
    "code_block": _fence,
    "table": _table,
    "thead": _container("thead", newline="\n"),
    "tbody": _container("tbody", newline="\n"),
    "tr": _container("tr", newline="\n"),
    "th": _cell,
    "td": _cell,
    "directive": directives.directive,
    "math_block": _math_block,
    "footnotes": _footnotes,
    "footnote": _footnote,
    "footnote_anchor": _footnote_anchor,
    "footnote_ref": _footnote_ref,
    "text": lambda writer, node: escape(node.text),
    "em": _container("em"),
    "strong": _container("strong"),
    "span": _container("span", "id", "class"),
    "link": _link,
    "image": _image,
    "code_inline": _code_inline,
    "softbreak": lambda writer, node: "\n",
    "hardbreak": lambda writer, node: "<br>\n",
    "math_inline": _math_inline,
    "role": roles.role,
    "html": _html,
}
