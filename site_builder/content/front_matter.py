"""The front matter of a post: the YAML between two lines of `---` at its top.

In: the text of index.md. Out: a `FrontMatter` and the line at which the Markdown begins. Each field that is missing,
unknown or malformed is one ContentError with its line. It does not know what the fields are used for.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import BuildError, ContentError
from .faults import raise_all
from .html import slugify, suggestion

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIRST_LINE = 2  # of the post, where the YAML begins
UNCLOSED = ("while scanning a quoted scalar", "while parsing a flow")
USUAL = {  # words of the parser's messages, and what to do
    "mapping values": "Put a text that contains a colon in quotes",
    "'\\t'": "Write spaces instead of tabs",
    "cannot start any token": "Put a text that begins with this sign in quotes",
    "alphabetic or numeric character": "Put a text that begins with this sign in quotes",
    "undefined alias": "Put a text that begins with this sign in quotes",
}


@dataclass(frozen=True)
class FrontMatter:
    """What the author says about a post. `slug` names it in addresses and in references from other posts."""

    title: str
    slug: str
    summary: str
    date: datetime.date
    updated: datetime.date | None = None
    draft: bool = False
    listed: bool = True  # false: a page that is no chapter, found only by its address
    front: bool = False  # true: no page of its own, but what the first page begins with
    authors: tuple[str, ...] = ()
    thumbnail: str | None = None  # the figure that the contents page shows


def split(text: str, file: str) -> tuple[str, str]:
    """The YAML, and the text with the front matter blanked out, so that lines keep their numbers."""
    fences = list(FENCE.finditer(text))
    if not fences or fences[0].start() != 0:
        raise ContentError(
            "the post has no front matter", file, 1, "Begin it with `---`, `title: …`, `summary: …`, `date: …`, `---`"
        )
    if len(fences) < 2:
        raise ContentError("the front matter is not closed", file, 1, "Add a line `---` after its last field")
    end = fences[1].end()
    return text[fences[0].end() + 1 : fences[1].start()], "\n" * text.count("\n", 0, end) + text[end:]


def read(yaml_text: str, file: str, default_slug: str) -> FrontMatter:
    """Check every field and return them; what is wrong with several is raised together. `default_slug` is the folder's
    name without its number."""
    errors: list[BuildError] = []
    found: dict[str, object] = {}
    fields = _fields(yaml_text, file, errors)
    for field in fields.values():
        if field.name in READERS:
            reader, expected = READERS[field.name]
            found[field.name] = reader(field.value)
            if found[field.name] is None:
                message = f"`{field.name}` must be {expected}, not {field.source or 'nothing'}"
                unquoted = reader in (_text, _names) and isinstance(field.value, int | float | datetime.date)
                errors.append(ContentError(message, file, field.line, "Put it in quotes" if unquoted else None))
        else:
            message, hint = f"the front matter has an unknown field `{field.name}`", suggestion(field.name, READERS)
            errors.append(ContentError(message, file, field.line, hint))
    for name in REQUIRED:
        if name not in fields:
            message, hint = f"the front matter has no `{name}`", f"Add `{name}:` with {READERS[name][1]}"
            errors.append(ContentError(message, file, 1, hint))
    raise_all(errors)
    found.setdefault("slug", slugify(default_slug))
    if not found["slug"]:
        raise ContentError("the folder's name gives no slug", file, 1, "Add `slug:` to the front matter")
    matter = FrontMatter(**found)  # type: ignore[arg-type]  # each reader returns its field's type or None
    if matter.updated is not None and matter.updated < matter.date:
        message = f"`updated` ({matter.updated}) is before `date` ({matter.date})"
        raise ContentError(message, file, fields["updated"].line, "Correct one of the two")
    return matter


@dataclass(frozen=True)
class _Field:
    """One `name: value`. `source`: the value as the author wrote it, for messages; "" when there is none."""

    name: str
    value: object
    source: str
    line: int


def _fields(yaml_text: str, file: str, errors: list[BuildError]) -> dict[str, _Field]:
    """The fields by name. YAML itself would let the last of two equal names win without a word."""
    import yaml

    try:
        loader = yaml.SafeLoader(yaml_text)
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        raise _yaml_error(error, yaml_text, file) from error
    if not isinstance(root, yaml.MappingNode):
        raise ContentError("the front matter holds no fields", file, 2, "Write one `name: value` on each line")
    fields: dict[str, _Field] = {}
    for key, node in root.value:
        name = yaml_text[key.start_mark.index : key.end_mark.index].strip("\"'")
        source = " ".join(yaml_text[node.start_mark.index : node.end_mark.index].split())
        field = _Field(name, _value(loader, node), f"`{source}`" if source else "", key.start_mark.line + FIRST_LINE)
        if name in fields:
            message = f"the front matter has `{name}` twice, first on line {fields[name].line}"
            errors.append(ContentError(message, file, field.line, "Keep one of the two"))
        else:
            fields[name] = field
    return fields


def _value(loader: Any, node: Any) -> object:
    """What a node stands for. None, which no field accepts, for a date such as 2026-02-31 or a tag that YAML lacks."""
    import yaml

    try:
        value: object = loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError):
        return None
    return value


def _yaml_error(error: Any, text: str, file: str) -> ContentError:
    """The parser's error with its line and, where the mistake is a usual one, with what to do."""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark, hint = getattr(error, "problem_mark", None), None
    line = text.count("\n", 0, getattr(error, "position", 0)) if mark is None else mark.line
    context = getattr(error, "context", None) or ""
    if context.startswith(UNCLOSED):  # the parser notices far below what is not closed
        line, hint = error.context_mark.line, "Close what begins on this line"
    for words, usual in USUAL.items():
        if words in problem:
            hint = usual
            break
    return ContentError(f"the front matter is not valid YAML: {problem}", file, line + FIRST_LINE, hint)


def _text(value: object) -> str | None:
    return " ".join(value.split()) if isinstance(value, str) and value.strip() else None


def _slug(value: object) -> str | None:
    return value if isinstance(value, str) and SLUG.fullmatch(value) else None


def _date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    return None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _names(value: object) -> tuple[str, ...] | None:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        return None
    cleaned = tuple(name for name in map(_text, names) if name)
    return cleaned if len(cleaned) == len(names) else None


READERS: dict[str, tuple[Callable[[object], object], str]] = {
    "title": (_text, "a text"),
    "slug": (_slug, "lower-case letters, digits and single dashes"),
    "summary": (_text, "a text"),
    "date": (_date, "a date such as 2026-01-31"),
    "updated": (_date, "a date such as 2026-01-31"),
    "draft": (_boolean, "true or false"),
    "listed": (_boolean, "true or false"),
    "front": (_boolean, "true or false"),
    "authors": (_names, "a name or a list of names"),
    "thumbnail": (_text, "the name of one of the post's figures"),
}
REQUIRED = ("title", "summary", "date")
