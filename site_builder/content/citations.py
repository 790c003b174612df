"""Citations: a BibTeX file to references, and references to the text that a reader sees.

In: posts/references.bib. Out: `Reference`s by key; author and year for the text; an entry for the list at a post's end.
The parsed file is cached by its hash, so that pybtex is not imported when it has not changed. It does not know where in
a post a work is cited.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import ContentError
from ..project.cache import Cache, digest
from .html import element, escape

FORMAT = "bibliography 1"
FIELDS = (
    *("title", "journal", "booktitle", "publisher", "school", "institution", "howpublished"),
    *("volume", "number", "pages", "doi", "url", "eprint", "type"),
)
THESES = {"mastersthesis": "Master’s thesis", "phdthesis": "PhD thesis"}
SHOWN_AUTHORS = 10  # a list of more names shows the first ones only


@dataclass(frozen=True)
class Author:
    """`last` with its particle (van Merriënboer), `initials` with dots; an organisation has no initials."""

    last: str
    initials: str = ""


@dataclass(frozen=True)
class Reference:
    """One work. `fields` holds those of FIELDS that it has, as plain text. `more`: the list ends in "and others"."""

    key: str
    kind: str
    authors: tuple[Author, ...]
    year: str
    fields: Mapping[str, str]
    more: bool = False


Bibliography = Mapping[str, Reference]


def load(path: Path, cache: Cache, file: str) -> dict[str, Reference]:
    """Read a BibTeX file. Raises ContentError with the line of what is malformed, repeated or incomplete."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"the bibliography cannot be read: {error}", file) from error
    key = digest(FORMAT, text)
    known = cache.get("bibliography", key)
    if known is not None:
        return {entry["key"]: _revive(entry) for entry in json.loads(known)}
    references = _parse(text, file)
    stored = json.dumps([asdict(reference) for reference in references.values()], ensure_ascii=False)
    cache.put("bibliography", key, stored.encode())
    return references


def _revive(entry: dict[str, Any]) -> Reference:
    return Reference(**{**entry, "authors": tuple(Author(**author) for author in entry["authors"])})


def _parse(text: str, file: str) -> dict[str, Reference]:
    from pybtex.database import BibliographyDataError, parse_string
    from pybtex.scanner import PybtexSyntaxError

    try:
        entries = parse_string(text, "bibtex").entries
    except PybtexSyntaxError as error:
        reason = str(error).partition(": ")[2]
        raise ContentError(f"the bibliography is malformed: {reason}", file, error.lineno) from error
    except BibliographyDataError as error:
        key = str(error).rpartition(" ")[2]
        raise ContentError(f"the bibliography has two entries `{key}`", file, _line(text, key, last=True)) from error
    references = {}
    for key, entry in entries.items():
        references[key] = _reference(key, entry)
        missing = [
            name
            for name, there in (
                ("author", references[key].authors),
                ("year", references[key].year),
                ("title", references[key].fields.get("title")),
            )
            if not there
        ]
        if missing:
            raise ContentError(f"the entry `{key}` has no {missing[0]}", file, _line(text, key))
    return references


def _line(text: str, key: str, last: bool = False) -> int | None:
    found = list(re.finditer(rf"^\s*@\w+\s*\{{\s*{re.escape(key)}\s*,", text, re.MULTILINE | re.IGNORECASE))
    return text.count("\n", 0, found[-1 if last else 0].end()) + 1 if found else None


def _reference(key: str, entry: Any) -> Reference:
    persons = entry.persons.get("author", []) or entry.persons.get("editor", [])
    authors = tuple(_author(person) for person in persons)
    more = bool(authors) and authors[-1].last == "others"
    fields = {name: _from_latex(entry.fields[name]) for name in FIELDS if name in entry.fields}
    year = _from_latex(entry.fields.get("year", ""))
    return Reference(key, entry.type, authors[:-1] if more else authors, year, fields, more)


def _author(person: Any) -> Author:
    last = " ".join(_from_latex(name) for name in (*person.prelast_names, *person.last_names))
    given = [_from_latex(name) for name in (*person.first_names, *person.middle_names)]
    initials = " ".join("-".join(f"{part[0]}." for part in name.split("-") if part) for name in given if name)
    suffix = " ".join(_from_latex(name) for name in person.lineage_names)
    return Author(f"{last} {suffix}".strip(), initials)


def _from_latex(text: str) -> str:
    from pybtex.richtext import Text

    plain = str(Text.from_latex(" ".join(text.split())))  # render_as looks up a plugin on disk, every time
    return plain.replace("$", "").replace("'", "’")


def sort_key(reference: Reference) -> tuple[str, str, str]:
    """The order of a list of works: by authors without accents, then year, then title."""
    names = " ".join(f"{author.last} {author.initials}" for author in reference.authors)
    plain = unicodedata.normalize("NFKD", names).encode("ascii", "ignore").decode().casefold()
    return plain, reference.year, reference.fields["title"].casefold()


def short_names(reference: Reference) -> str:
    """The authors as the text names them: one, two, or the first "et al."."""
    names = [author.last for author in reference.authors]
    if len(names) == 1 and not reference.more:
        return names[0]
    if len(names) == 2 and not reference.more:
        return f"{names[0]} & {names[1]}"
    return f"{names[0]} et al."


def years(references: Iterable[Reference]) -> dict[str, str]:
    """Each work's year by its key, with a letter where the authors and the year alone would not tell works apart."""
    groups: dict[tuple[str, str], list[Reference]] = {}
    for reference in sorted(references, key=sort_key):
        groups.setdefault((short_names(reference), reference.year), []).append(reference)
    found = {}
    for group in groups.values():
        for number, reference in enumerate(group):
            found[reference.key] = reference.year + (chr(ord("a") + number) if len(group) > 1 else "")
    return found


def entry(reference: Reference, year: str) -> str:
    """The work as HTML for the list: authors (year). Title. Where it appeared. Links."""
    parts = [f"{escape(_all_names(reference))} ({escape(year)})."]
    title, fields = reference.fields["title"].rstrip("."), reference.fields
    closing = "" if title.endswith(("?", "!")) else "."
    if reference.kind in ("book", *THESES):
        parts.append(element("cite", escape(title)) + closing)
    else:
        parts.append(escape(title) + closing)
    place = _place(reference)
    if place:
        parts.append(place + ".")
    return " ".join([*parts, *_links(fields)])


def _all_names(reference: Reference) -> str:
    names = [f"{author.last}, {author.initials}" if author.initials else author.last for author in reference.authors]
    if len(names) > SHOWN_AUTHORS:
        return ", ".join(names[: SHOWN_AUTHORS - 3]) + ", et al."
    if reference.more:
        return ", ".join(names) + ", et al."
    return " & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _place(reference: Reference) -> str:
    """Journal, proceedings, publisher or school, with volume and pages."""
    fields = reference.fields
    pages = fields.get("pages", "").replace("--", "–")
    if reference.kind in THESES:
        return escape(", ".join(filter(None, [fields.get("type", THESES[reference.kind]), fields.get("school")])))
    if "journal" in fields:
        number = f"({fields['number']})" if "number" in fields else ""
        details = ", ".join(filter(None, [fields.get("volume", "") + number, pages]))
        return element("cite", escape(fields["journal"])) + (f", {escape(details)}" if details else "")
    if "booktitle" in fields:
        details = ", ".join(filter(None, [f"pp. {pages}" if pages else "", fields.get("publisher", "")]))
        return "In " + element("cite", escape(fields["booktitle"])) + (f", {escape(details)}" if details else "")
    names = ("institution", "publisher", "howpublished")
    return escape(", ".join(fields[name] for name in names if name in fields))


def _links(fields: Mapping[str, str]) -> list[str]:
    links, url = [], fields.get("url", "")
    if doi := fields.get("doi"):
        links.append(element("a", f"doi:{escape(doi)}", href=f"https://doi.org/{doi}"))
    if eprint := fields.get("eprint"):
        links.append(element("a", f"arXiv:{escape(eprint)}", href=f"https://arxiv.org/abs/{eprint}"))
    if url.startswith(("https://", "http://")) and not any(name in url for name in ("doi.org/", "arxiv.org/abs/")):
        host = url.split("/")[2].removeprefix("www.")
        links.append(element("a", escape(host), href=url))
    return links
