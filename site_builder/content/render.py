"""Rendering: a parsed post and what it was handed, to HTML.

In: a `Post` and an `Env`. Out: a `Rendered`: body, notes, references and table of contents as HTML without
scripts or inline styles, and the plain text. It computes nothing about models and writes no file.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from . import citations, directives, highlight, links, roles
from .env import Env
from .html import classes, element, escape, tag
from .post import Post
from .tree import Node
from .writer import Handler, Writer

TEXT_BLOCKS = frozenset({"paragraph", "bare", "heading", "th", "td"})


@dataclass(frozen=True)
class Section:
    """A row of the table of contents."""

    anchor: str
    title: str
    level: int


@dataclass(frozen=True)
class Rendered:
    """`notes` and `references` are sections, or "" when there are none. `demos`: those placed here, each once."""

    body: str
    notes: str
    references: str
    contents: str
    sections: tuple[Section, ...]
    text: str
    demos: tuple[str, ...]


def render(post: Post, env: Env) -> Rendered:
    """Raises ContentError for a name that nothing has, and ClaimError for a claim that is false."""
    writer = Writer(post, env, HANDLERS)
    body = writer.html(node for node in post.nodes if node.kind != "footnotes")
    notes = writer.html(node for node in post.nodes if node.kind == "footnotes")
    references = _references(writer)
    everything = [node for top in post.nodes for node in top.walk()]
    sections = tuple(
        Section(node.attrs["id"], writer.text(node.children), int(node.name))
        for node in everything
        if node.kind == "heading"
    )
    text = "\n\n".join(writer.text(node.children) for node in everything if node.kind in TEXT_BLOCKS)
    demos = dict.fromkeys(node.text for node in everything if (node.kind, node.name) == ("directive", "demo"))
    return Rendered(body, notes, references, _contents(sections), sections, text, tuple(demos))


def _contents(sections: tuple[Section, ...]) -> str:
    """Sections of the second level, each with those of the third inside."""
    items: list[tuple[Section, list[Section]]] = []
    for section in sections:
        if section.level == 2:
            items.append((section, []))
        elif section.level == 3:
            items[-1][1].append(section)
    if not items:
        return ""
    return element("nav", _list(items), class_="contents", aria_label="Contents")


def _list(items: list[tuple[Section, list[Section]]]) -> str:
    rows = []
    for section, inner in items:
        link = element("a", escape(section.title), href=f"#{section.anchor}")
        rows.append(element("li", link + (_list([(child, []) for child in inner]) if inner else "")))
    return element("ol", "".join(rows))


def _references(writer: Writer) -> str:
    if not writer.cited:
        return ""
    works = sorted((writer.env.bibliography[key] for key in writer.cited), key=citations.sort_key)
    items = []
    for work in works:
        year = writer.years[work.key]
        name = f"{citations.short_names(work)}, {year}"
        back = [
            element("a", "↩", href=f"#{anchor}", aria_label=f"Back to citation {number} of {name}")
            for number, anchor in enumerate(writer.cited[work.key], start=1)
        ]
        entry = element("span", citations.entry(work, year), class_="entry")
        items.append(element("li", f"{entry} {element('span', ' '.join(back), class_='back')}", id=f"ref-{work.key}"))
    body = element("h2", "References") + "\n" + element("ul", "\n".join(items))
    return element("section", body, id="references", class_="references") + "\n"


def _footnotes(writer: Writer, node: Node) -> str:
    body = element("h2", "Notes") + "\n" + element("ol", writer.html(node.children))
    return element("section", body, id="notes", class_="notes") + "\n"


def _footnote(writer: Writer, node: Node) -> str:
    return element("li", writer.html(node.children), id=f"fn-{node.name}") + "\n"


def _footnote_anchor(writer: Writer, node: Node) -> str:
    label = f"Back to note {node.name}" + (f", use {node.text}" if node.text != "1" else "")
    href = f"#fnref-{node.name}-{node.text}"
    return " " + element("a", "↩", href=href, class_="back", role="doc-backlink", aria_label=label)


def _footnote_ref(writer: Writer, node: Node) -> str:
    link = element(
        "a",
        node.name,
        id=f"fnref-{node.name}-{node.text}",
        href=f"#fn-{node.name}",
        role="doc-noteref",
        aria_label=f"Note {node.name}",
    )
    return element("sup", link, class_="noteref")


def _heading(writer: Writer, node: Node) -> str:
    label = f"Link to “{writer.text(node.children)}”"
    anchor = element("a", "#", class_="anchor", href=f"#{node.attrs['id']}", aria_label=label)
    return element(f"h{node.name}", f"{writer.html(node.children)} {anchor}", class_=node.attrs.get("class")) + "\n"


def _section(writer: Writer, node: Node) -> str:
    heading = node.children[0]
    return element("section", "\n" + writer.html(node.children), id=heading.attrs["id"]) + "\n"


def _math_inline(writer: Writer, node: Node) -> str:
    return writer.env.math[node.text.strip(), False]


def _math_block(writer: Writer, node: Node) -> str:
    formula = writer.env.math[node.text.strip(), True]
    if not node.name:
        return element("div", formula, class_="equation") + "\n"
    number = writer.post.labels[node.name].number
    link = element("a", f"({number})", class_="equation-number", href=f"#{node.name}", aria_label=f"Equation {number}")
    return element("div", formula + link, id=node.name, class_="equation numbered") + "\n"


def _fence(writer: Writer, node: Node) -> str:
    language = highlight.language(node.name, writer.post.file, node.line)
    html = highlight.highlight(node.text, language, writer.env.cache)
    code = element("code", html, class_=f"language-{language or 'text'}")
    css = classes("code", node.attrs.get("class"))
    return element("pre", code, id=node.attrs.get("id"), class_=css, tabindex="0") + "\n"


def _code_inline(writer: Writer, node: Node) -> str:
    return element("code", escape(node.text), id=node.attrs.get("id"), class_=node.attrs.get("class"))


def _link(writer: Writer, node: Node) -> str:
    href = links.address(writer, node.attrs["href"], node.line)
    return element(
        "a",
        writer.html(node.children),
        id=node.attrs.get("id"),
        class_=node.attrs.get("class"),
        href=href,
        title=node.attrs.get("title"),
    )


def _image(writer: Writer, node: Node) -> str:
    src = node.attrs["src"]
    if links.SCHEME.match(src) or src.startswith("/"):
        raise writer.error(
            f"the image `{src}` is not a file beside the post", node.line, "Put it into the post's folder"
        )
    path = posixpath.normpath(posixpath.join(writer.post.folder, unquote(src)))
    if path.startswith("../"):
        raise writer.error(f"the path `{src}` leaves the project", node.line)
    image = writer.find(writer.env.images, path, "image", node.line)
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
    table = element("table", "\n" + writer.html(node.children), id=node.attrs.get("id"), class_=node.attrs.get("class"))
    return element("div", table, class_="table", role="group", aria_label="Table", tabindex="0") + "\n"


def _cell(writer: Writer, node: Node) -> str:
    scope = "col" if node.kind == "th" else None
    css = classes(node.attrs["align"]) if "align" in node.attrs else None
    name = node.kind if node.children or node.kind == "td" else "td"  # an empty header cell heads nothing
    return element(name, writer.html(node.children), class_=css, scope=scope if name == "th" else None)


def _container(name: str, *attributes: str, newline: str = "") -> Handler:
    """The handler of an element that only wraps its children, with those of its attributes that may be written."""

    def handle(writer: Writer, node: Node) -> str:
        kept = {attribute: node.attrs.get(attribute) for attribute in attributes}
        return tag(name, **kept) + writer.html(node.children) + f"</{name}>{newline}"

    return handle


def _html(writer: Writer, node: Node) -> str:
    return element(node.name, writer.html(node.children))


HANDLERS: dict[str, Handler] = {
    "section": _section,
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
