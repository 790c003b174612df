"""Roles: a word in braces and a text in backticks, inside a line. One function each; ROLES lists them.

In: a node and the writer. Out: HTML for inside a paragraph.
"""

from __future__ import annotations

from . import citations, links, values
from .html import element, escape
from .post import cited_keys, split_target
from .tree import Node
from .writer import Handler, Writer


def role(writer: Writer, node: Node) -> str:
    return ROLES[node.name](writer, node)


def cite(writer: Writer, node: Node) -> str:
    """(Rosenblatt, 1958; Minsky & Papert, 1969)"""
    parts = [_citation(writer, key, textual=False) for key in cited_keys(node.text)]
    return element("span", f"({'; '.join(parts)})", class_="cite")


def cite_textual(writer: Writer, node: Node) -> str:
    """Rosenblatt (1958)"""
    parts = [_citation(writer, key, textual=True) for key in cited_keys(node.text)]
    return element("span", ", ".join(parts), class_="cite")


def _citation(writer: Writer, key: str, textual: bool) -> str:
    reference = writer.env.bibliography[key]
    anchors = writer.cited.setdefault(key, [])
    anchors.append(f"cite-{key}-{len(anchors) + 1}")
    names, year = citations.short_names(reference), writer.years[key]
    words = f"{names} ({year})" if textual else f"{names}, {year}"
    return element("a", escape(words), id=anchors[-1], href=f"#ref-{key}")


def value(writer: Writer, node: Node) -> str:
    path, spec = values.parse(node.text)
    found = values.lookup(writer.env.values, path, writer.post.file, node.line)
    shown = values.show(found, spec, writer.post.file, node.line)
    return element("data", escape(shown), class_="value", value=str(found), title=f"{path}, computed by the build")


def ref(writer: Writer, node: Node) -> str:
    words, target = split_target(node.text)
    href, words = links.reference(writer.post, writer.env, target, words, node.line)
    return element("a", escape(words), class_="ref", href=href)


def demo(writer: Writer, node: Node) -> str:
    words, target = split_target(node.text)
    href = links.demo(writer.post, writer.env, target, node.line)
    title = writer.env.demos[target.partition("?")[0]].title
    return element("a", escape(words or title), class_="demo-link", href=href)


def term(writer: Writer, node: Node) -> str:
    if "target" in node.attrs:
        return element("a", escape(node.text), class_="term", href=f"#{node.attrs['target']}")
    return element("dfn", escape(node.text), id=node.attrs["id"])


ROLES: dict[str, Handler] = {
    "cite": cite,
    "cite:t": cite_textual,
    "value": value,
    "ref": ref,
    "demo": demo,
    "term": term,
}
