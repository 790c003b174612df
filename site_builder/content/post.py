"""A post, parsed: everything that can be known of it without running a model or reading another post.

In: posts/NN-slug/index.md. Out: a `Post` with its front matter, its tree, its labels, and what it needs to be rendered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError, ContentError
from . import claims, front_matter, highlight, labels, markdown, syntax, values
from .claims import Claim
from .faults import collect_errors, raise_all
from .front_matter import FrontMatter
from .labels import Label
from .math import Formula
from .tree import Node

WORDS_A_MINUTE = 220
FOLDS = {("directive", name) for name in ("note", "proof", "code")}
WORD = re.compile(r"\w+(?:[’'.,-]\w+)*")
TARGET = re.compile(r"(?P<text>.*\S)\s*<(?P<target>[^<>]+)>", re.DOTALL)


@dataclass(frozen=True)
class Use:
    """A name and the line on which the post uses it."""

    name: str
    line: int


@dataclass(frozen=True)
class ValueUse(Use):
    """A value's path, with its format spec; None in a claim."""

    spec: str | None


@dataclass(frozen=True)
class ReferenceUse(Use):
    """A label, with the words of the link where the author gives them."""

    words: str | None


@dataclass(frozen=True)
class ExcerptUse(Use):
    """A file's path, with what is to be shown of it."""

    region: str | None
    lines: str | None


@dataclass(frozen=True)
class Needs:
    """What rendering a post asks for, in the order of its text. `demos` are those that it places, `demo_links` what
    leads to one, such as `digits?seed=3`. `files` are excerpts of code."""

    formulas: tuple[Formula, ...]
    values: tuple[ValueUse, ...]
    figures: tuple[Use, ...]
    demos: tuple[Use, ...]
    demo_links: tuple[Use, ...]
    citations: tuple[Use, ...]
    references: tuple[ReferenceUse, ...]
    links: tuple[Use, ...]
    images: tuple[Use, ...]
    files: tuple[ExcerptUse, ...]


@dataclass(frozen=True)
class Post:
    """`file` and `folder` are relative to the project, with `/`. `claims` are by line."""

    file: str
    folder: str
    matter: FrontMatter
    nodes: list[Node]
    labels: dict[str, Label]
    claims: dict[int, Claim]
    needs: Needs
    words: int

    @property
    def slug(self) -> str:
        return self.matter.slug

    @property
    def endings(self) -> tuple[str, ...]:
        """The anchors of the sections that its page ends with."""
        notes = any(node.kind == "footnotes" for node in self.nodes)
        return ("notes",) * notes + ("references",) * bool(self.needs.citations)

    @property
    def minutes(self) -> int:
        """Reading time, at least 1."""
        return max(1, round(self.words / WORDS_A_MINUTE))


def parse(path: Path, root: Path) -> Post:
    """Read a post's Markdown. Raises ContentError, with file and line, for whatever is wrong with the post itself."""
    file = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise ContentError(f"the post cannot be read: {reason}", file) from error
    return parse_text(text, file)


def parse_text(text: str, file: str) -> Post:
    """The same for a text at hand. `file` is its path relative to the project."""
    folder = file.rpartition("/")[0]
    yaml_text, body = front_matter.split(text, file)
    matter = front_matter.read(yaml_text, file, re.sub(r"^\d+-", "", folder.rpartition("/")[2]))
    nodes = markdown.parse(body, file)
    errors: list[BuildError] = []
    for node in nodes:
        with collect_errors(errors):
            _check(node, None, file)
    with collect_errors(errors):
        _check_headings(nodes, file)
    raise_all(errors)
    found_labels = labels.assign(nodes, file)
    everything = [node for top in nodes for node in top.walk()]
    found_claims: dict[int, Claim] = {}
    for node in everything:
        if (node.kind, node.name) == ("directive", "claim"):
            with collect_errors(errors):
                found_claims[node.line] = claims.parse(node.text, file, node.line)
    raise_all(errors)
    return Post(
        file,
        folder,
        matter,
        nodes,
        found_labels,
        found_claims,
        _needs(everything, found_claims, file),
        sum(map(_words, nodes)),
    )


def _words(node: Node) -> int:
    """How many words are read: those in a fold that the reader has to open do not count."""
    if (node.kind, node.name) in FOLDS and "open" not in node.options:
        return 0
    return len(WORD.findall(node.text)) * (node.kind == "text") + sum(map(_words, node.children))


def split_target(text: str) -> tuple[str | None, str]:
    """The words and the target of a role's text: `see this <target>` has both, `target` no words."""
    match = TARGET.fullmatch(text)
    return (match["text"], match["target"].strip()) if match else (None, text)


def _check(node: Node, parent: Node | None, file: str) -> None:
    syntax.check(node, parent, file)
    if node.kind == "heading" and parent is not None:
        raise ContentError("a heading stands inside another block", file, node.line, "Move it to the post's top level")
    if node.kind == "fence":
        if node.name.startswith("{"):
            raise ContentError(
                f"the directive {node.name.split()[0]} is written with backticks",
                file,
                node.line,
                "Write `:::{name}` and `:::`",
            )
        highlight.language(node.name, file, node.line)
    if node.kind == "image" and not node.children:
        raise ContentError("the image has no alternative text", file, node.line, "Say what it shows: `![…](file)`")
    if node.kind == "footnote" and node.children[0].kind == "footnote_anchor":
        raise ContentError(f"the footnote `[^{node.text}]` is not defined", file, node.line)
    for child in node.children:
        _check(child, node, file)


def _check_headings(nodes: list[Node], file: str) -> None:
    level = 1
    for node in nodes:
        if node.kind != "heading":
            continue
        if node.name == "1":
            raise ContentError(
                "a heading begins with one `#`", file, node.line, "The title is in the front matter; begin with `##`"
            )
        if int(node.name) > level + 1:
            raise ContentError(f"a heading of level {node.name} follows one of level {level}", file, node.line)
        for inner in node.walk():
            if inner.kind in ("link", "footnote_ref") or (inner.kind == "role" and inner.name != "value"):
                raise ContentError(
                    "a heading holds a link", file, node.line, "It is itself one; put this into the text"
                )
        level = int(node.name)


def _needs(nodes: list[Node], found_claims: dict[int, Claim], file: str) -> Needs:
    def directives(name: str) -> list[Node]:
        return [node for node in nodes if (node.kind, node.name) == ("directive", name)]

    def roles(*names: str) -> list[Node]:
        return [node for node in nodes if node.kind == "role" and node.name in names]

    formulas = [
        Formula(node.text, node.kind == "math_block", file, node.line)
        for node in nodes
        if node.kind in ("math_inline", "math_block")
    ]
    quoted = [(values.parse(node.text), node.line) for node in roles("value")]
    paths = [ValueUse(path, line, spec) for (path, spec), line in quoted]
    paths += [ValueUse(path, claim.line, None) for claim in found_claims.values() for path in claim.paths]
    targets = [(split_target(node.text), node.line) for node in roles("ref")]
    return Needs(
        formulas=tuple(formulas),
        values=tuple(sorted(paths, key=lambda use: use.line)),
        figures=tuple(Use(node.text, node.line) for node in directives("figure")),
        demos=tuple(Use(node.text, node.line) for node in directives("demo")),
        demo_links=tuple(Use(split_target(node.text)[1], node.line) for node in roles("demo")),
        citations=tuple(Use(key, node.line) for node in roles("cite", "cite:t") for key in cited_keys(node.text)),
        references=tuple(ReferenceUse(target, line, words) for (words, target), line in targets),
        links=tuple(Use(node.attrs["href"], node.line) for node in nodes if node.kind == "link"),
        images=tuple(Use(node.attrs["src"], node.line) for node in nodes if node.kind == "image"),
        files=tuple(
            ExcerptUse(node.text, node.line, node.options.get("region"), node.options.get("lines"))
            for node in directives("code")
        ),
    )


def cited_keys(text: str) -> list[str]:
    """The keys of `{cite}`a, b``."""
    return [key.strip() for key in text.split(",")]
