"""Markdown to the document tree: the one module that knows the parser.

In: text and the file's name for messages. Out: nodes (see tree.py), each with its line. CommonMark with tables, and of
MyST: colon fences, roles, dollar math with labels, footnotes, attributes. Raw HTML is an error but for <kbd>, <sub>,
<sup> and comments. It does not know which directives and roles there are, nor what becomes of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, NoReturn

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def
from mdit_py_plugins.myst_role import myst_role_plugin

from ..errors import ContentError
from .tree import Node

OPENING = re.compile(r"(:{3,})\{([^}\s]*)\}[ \t]*(.*)$")
CLOSING = re.compile(r"(:{3,})[ \t]*$")
OPTION = re.compile(r":([A-Za-z][A-Za-z_-]*):(?:[ \t]+(.*))?$")
FENCE = re.compile(r"(`{3,}|~{3,})")
TAG = re.compile(r"<(/?)(kbd|sub|sup)>")
COMMENTS = re.compile(r"(\s*<!--.*?-->)+\s*", re.DOTALL)
LOCATED = frozenset({"link", "image", "math_inline", "myst_role", "footnote_inline", "footnote_ref", "html_inline"})
ATTRIBUTES = ("id", "class")
RENAMED = {"myst_role": "role", "math_block_label": "math_block", "footnote_block": "footnotes"}


def parse(text: str, file: str) -> list[Node]:
    """The nodes of a Markdown text. Raises ContentError for what the syntax itself forbids."""
    env: MutableMapping[str, Any] = {"file": file, "footnotes": {"refs": {}, "list": {}}, "defined": set()}
    tokens = _parser().parse(text, env)
    for label, number in env["footnotes"]["refs"].items():
        if number < 0:
            raise _unused_footnote(text, label[1:], file)
    return _Tree(text, file).nodes(SyntaxTreeNode(tokens).children, 1)


def _unused_footnote(text: str, label: str, file: str) -> ContentError:
    line = text.count("\n", 0, max(0, text.find(f"[^{label}]:"))) + 1
    return ContentError(f"nothing refers to the footnote `[^{label}]`", file, line)


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "typographer": True}).enable(["table", "smartquotes"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # links.py refuses bad ones with a sentence
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True)
    parser.use(footnote_plugin, always_match_refs=True)
    parser.use(myst_role_plugin)
    parser.use(attrs_plugin, spans=True, allowed=ATTRIBUTES)
    parser.use(attrs_block_plugin, allowed=ATTRIBUTES)
    parser.block.ruler.before(
        "fence", "directive", _directive, {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]}
    )
    parser.block.ruler.at("footnote_def", _footnote_definition, {"alt": ["paragraph", "reference"]})
    names = parser.inline.ruler.get_active_rules()
    for name, rule in zip(names, parser.inline.ruler.getRules(""), strict=True):
        if name in LOCATED:
            parser.inline.ruler.at(name, _with_lines(_not_before_digit(rule) if name == "math_inline" else rule))
    return parser


def _with_lines(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The same inline rule, noting in its tokens on which line of the block they begin; the parser itself forgets."""

    def with_lines(state: StateInline, silent: bool) -> bool:
        known, start = len(state.tokens), state.pos
        matched = rule(state, silent)
        if matched and not silent:
            line = state.src.count("\n", 0, start)
            for token in state.tokens[known:]:
                token.meta.setdefault("line", line)
        return matched

    return with_lines


def _not_before_digit(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Math, unless a digit follows at once, as in "US$5 or US$6". The plugin's own check misreads the line's start."""

    def guarded(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, True):
            return False
        end, state.pos = state.pos, start
        return not state.src[end : end + 1].isdigit() and rule(state, silent)

    return guarded


def _footnote_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The plugin's rule; of two definitions it would drop one without a word."""
    if not footnote_def(state, start, end, silent):
        return False
    if not silent:
        label = _line_text(state, start).partition("]:")[0][2:]
        if label in state.env["defined"]:
            raise ContentError(f"the footnote `[^{label}]` is defined twice", state.env["file"], start + 1)
        state.env["defined"].add(label)
    return True


def _line_text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A colon fence: `:::{name} argument`, lines of `:option: value`, a body that is Markdown, and `:::`."""
    text = _line_text(state, start)
    if not text.startswith(":::") or state.is_code_block(start):
        return False
    if silent:  # a paragraph asks whether it ends here
        return True
    opening = OPENING.match(text)
    if opening is None:
        hint = "Directives begin with `:::{name}`" if text.strip(": \t") else "Remove it, or open a directive above it"
        raise ContentError(f"`{text.strip()}` opens no directive and closes none", state.env["file"], start + 1, hint)
    marks, name, argument = opening.groups()
    close = _closing_line(state, start, end, marks, name)
    token = state.push("directive_open", "", 1)
    token.map = [start, close]
    token.meta = {"name": name, "argument": argument.strip(), "options": {}}
    body = start + 1
    while body < close and (option := OPTION.match(_line_text(state, body))):
        if option[1] in token.meta["options"]:
            raise ContentError(f"{{{name}}} has the option `:{option[1]}:` twice", state.env["file"], body + 1)
        token.meta["options"][option[1]] = (option[2] or "").strip()
        body += 1
    outer, state.lineMax = (state.lineMax, state.parentType), close
    state.parentType = "directive"
    state.md.block.tokenize(state, body, close)
    state.lineMax, state.parentType = outer
    state.push("directive_close", "", -1)
    state.line = close + 1
    return True


def _closing_line(state: StateBlock, start: int, end: int, marks: str, name: str) -> int:
    depth, fence = 0, None
    for line in range(start + 1, end):
        if not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            break
        text = _line_text(state, line)
        if code := FENCE.match(text):  # colons inside a code block are code
            if fence is None:
                fence = code[1]
            elif code[1].startswith(fence) and text.strip() == code[1]:
                fence = None
        elif fence is None and (inner := OPENING.match(text)):
            depth += len(inner[1]) >= len(marks)
        elif fence is None and (closing := CLOSING.match(text)) and len(closing[1]) >= len(marks):
            if depth == 0:
                return line
            depth -= 1
    raise ContentError(f"{{{name}}} is never closed", state.env["file"], start + 1, f"End it with a line `{marks}`")


class _Tree:
    """Turns the parser's tree into nodes: without its level of inline containers, with a line each, and with elements
    of the allowed HTML tags."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.note_lines: dict[int, int] = {}  # footnote id -> line of its first reference

    def nodes(self, siblings: Iterable[SyntaxTreeNode], line: int, inline: bool = False) -> list[Node]:
        """`line` is that of the element that they stand in, or the first of the block that they are the words of."""
        found = Node("root", line)
        open_tags = [found]
        for each in siblings:
            below = open_tags[-1].children
            at = line + each.meta.get("line", 0) if inline else each.map[0] + 1 if each.map else line
            if "insecure_attrs" in each.meta:
                self._refuse_attributes(each, at)
            if each.type == "inline":
                below += self.nodes(each.children, at, inline=True)
            elif each.type in ("html_inline", "html_block"):
                self._add_html(open_tags, each.content, at)
            else:
                node = self._node(each, at)
                if node.text.startswith("'") and node.kind == "text" and below:
                    node.text = "’" + node.text[1:]  # after a role or a formula the parser sees no word
                node.children = self.nodes(each.children, line if inline else at, inline)
                below.append(node)
        if len(open_tags) > 1:
            self._fail(f"`<{open_tags[-1].name}>` is never closed", open_tags[-1].line)
        return found.children

    def _node(self, found: SyntaxTreeNode, line: int) -> Node:
        kind = found.type
        node = Node(RENAMED.get(kind, kind), line, text=found.content)
        node.attrs = {name: str(value) for name, value in found.attrs.items()}
        if kind == "paragraph" and found.hidden:
            node.kind = "bare"
        elif kind == "heading":
            node.name = found.tag[1:]
        elif kind == "directive":
            node.name, node.text, node.options = found.meta["name"], found.meta["argument"], found.meta["options"]
        elif kind == "myst_role":
            node.name, node.text = found.meta["name"], found.content.strip()
        elif kind in ("fence", "math_block_label"):
            node.name = found.info.strip()
        elif kind in ("th", "td") and "style" in node.attrs:
            node.attrs = {"align": node.attrs["style"].removeprefix("text-align:")}
        elif kind == "footnote_anchor":
            node.name, node.text = str(found.meta["id"] + 1), str(found.meta["subId"] + 1)
        elif kind == "footnote_ref":
            self.note_lines.setdefault(found.meta["id"], line)
            node.name, node.text = str(found.meta["id"] + 1), str(found.meta.get("subId", 0) + 1)
        elif kind == "footnote":
            node.name, node.text = str(found.meta["id"] + 1), found.meta["label"] or ""
            if found.meta["id"] not in self.note_lines:  # only the note itself does
                raise _unused_footnote(self.text, node.text, self.file)
            node.line = self.note_lines[found.meta["id"]]
        elif kind == "math_inline_double":
            self._fail(
                "a display formula begins inside a paragraph", line, "Leave an empty line before and after its `$$`"
            )
        return node

    def _add_html(self, open_tags: list[Node], content: str, line: int) -> None:
        if COMMENTS.fullmatch(content):
            return
        tag = TAG.fullmatch(content)
        if tag is None:
            shown = content.strip().splitlines()[0]
            self._fail(
                f"raw HTML `{shown}` is not allowed",
                line,
                "Only <kbd>, <sub>, <sup> and comments are; write `\\<` for the sign",
            )
        elif not tag[1]:
            node = Node("html", line, name=tag[2])
            open_tags[-1].children.append(node)
            open_tags.append(node)
        elif (open_tags[-1].kind, open_tags[-1].name) == ("html", tag[2]):
            open_tags.pop()
        else:
            self._fail(f"`{content}` closes nothing", line)

    def _refuse_attributes(self, found: SyntaxTreeNode, line: int) -> None:
        name = next(iter(found.meta["insecure_attrs"]))
        self._fail(f"the attribute `{name}` is not allowed", line, "Only `#id` and `.class` are")

    def _fail(self, message: str, line: int, hint: str | None = None) -> NoReturn:
        raise ContentError(message, self.file, line, hint)
