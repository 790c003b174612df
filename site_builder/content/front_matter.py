"""The front matter of a post: the YAML between two lines of `---` at its top.

In: the text of index.md. Out: a `FrontMatter` and the line at which the Markdown begins. Each field that is missing,
unknown or malformed is one ContentError with its line. It does not know what the fields are used for.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import BuildError, ContentError
from .faults import raise_all
from .html import slugify, suggestion

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class FrontMatter:
    """What the author says about a post. `slug` names it in addresses and in references from other posts."""

    title: str
    slug: str
    summary: str
    date: datetime.date
    updated: datetime.date | None = None
    draft: bool = False
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
    fields = _load(yaml_text, file)
    lines = _lines(yaml_text, file)
    errors: list[BuildError] = []
    for name in fields:
        if name not in READERS:
            message, hint = f"the front matter has an unknown field `{name}`", suggestion(str(name), READERS)
            errors.append(ContentError(message, file, lines.get(str(name), 2), hint))
    found: dict[str, object] = {}
    for name, (reader, expected) in READERS.items():
        if name in fields:
            found[name] = reader(fields[name])
            if found[name] is None:
                shown = "nothing" if fields[name] is None else f"`{fields[name]}`"
                errors.append(ContentError(f"`{name}` must be {expected}, not {shown}", file, lines.get(name, 2)))
        elif name in REQUIRED:
            message, hint = f"the front matter has no `{name}`", f"Add `{name}:` with {expected}"
            errors.append(ContentError(message, file, 1, hint))
    raise_all(errors)
    found.setdefault("slug", slugify(default_slug))
    if not found["slug"]:
        raise ContentError("the folder's name gives no slug", file, 1, "Add `slug:` to the front matter")
    matter = FrontMatter(**found)  # type: ignore[arg-type]  # each reader returns its field's type or None
    if matter.updated is not None and matter.updated < matter.date:
        raise ContentError(
            f"`updated` ({matter.updated}) is before `date` ({matter.date})", file, lines.get("updated", 2)
        )
    return matter


def _load(yaml_text: str, file: str) -> dict[str, object]:
    import yaml  # type: ignore[import-untyped]  # python-frontmatter's own dependency
    from frontmatter.default_handlers import YAMLHandler

    try:
        fields = YAMLHandler().load(yaml_text, Loader=yaml.SafeLoader)  # libyaml would word its errors otherwise
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 2
        problem = error.problem or "it does not parse"
        hint = "Put a text that contains a colon in quotes" if "mapping values" in problem else None
        raise ContentError(f"the front matter is not valid YAML: {problem}", file, line, hint) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-02-31
        reason = str(error).splitlines()[0]
        raise ContentError(f"the front matter is not valid YAML: {reason}", file, 1) from error
    if not isinstance(fields, dict):
        raise ContentError("the front matter holds no fields", file, 1, "Write one `name: value` on each line")
    return fields


def _lines(yaml_text: str, file: str) -> dict[str, int]:
    """The line of each field. YAML itself would let the last of two equal names win without a word."""
    lines: dict[str, int] = {}
    for number, line in enumerate(yaml_text.splitlines(), start=2):
        match = re.match(r"""["']?([^\s"'#:-][^"':]*)["']?\s*:(\s|$)""", line)
        if match:
            name = match[1].strip()
            if name in lines:
                raise ContentError(f"the front matter has `{name}` twice", file, number)
            lines[name] = number
    return lines


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
    "authors": (_names, "a name or a list of names"),
    "thumbnail": (_text, "the name of one of the post's figures"),
}
REQUIRED = ("title", "summary", "date")
