"""Every address in every page leads somewhere.

In: the site's files. Out: one ContentError for each address that leads nowhere, and for each id that a page has twice.
What authors write is checked earlier and with their line; this sees the templates and everything generated as well.
It asks no network.
"""

from __future__ import annotations

import contextlib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from .. import markup
from ..errors import BuildError, ContentError
from ..project.cache import Cache, digest

FORMAT = "links 1"
ADDRESSES = ("href", "src", "manifest", "record", "scripts")  # the last holds several
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def broken_links(files: Mapping[str, bytes], cache: Cache) -> list[BuildError]:
    """What is wrong with the addresses of the site's HTML pages. A page that the cache knows is not read again."""
    pages = {path: _attributes(data, cache) for path, data in files.items() if path.endswith(".html")}
    ids = {path: Counter(value for name, value in found if name == "id") for path, found in pages.items()}
    errors: list[BuildError] = []
    for path in sorted(pages):
        for name, count in ids[path].items():
            if count > 1:
                errors.append(ContentError(f'the id "{name}" is there {count} times', path))
        for target in dict.fromkeys(value for name, value in pages[path] if name != "id"):
            if problem := _problem(path, target, files, ids):
                errors.append(ContentError(f"the address {target} {problem}", path))
    return errors


def _attributes(page: bytes, cache: Cache) -> list[tuple[str, str]]:
    """Every id and every address of a page."""
    key = digest(FORMAT, page)
    known = cache.get("links", key)
    if known is not None:
        return [(name, value) for name, value in json.loads(known)]
    found = [
        (name, each)
        for element in markup.read(page.decode()).walk()
        for name, value in element.attributes.items()
        if name == "id" or name in ADDRESSES
        for each in (value.split() if name == "scripts" else [value])
    ]
    with contextlib.suppress(OSError):  # on a full disk the next build reads the page again
        cache.put("links", key, json.dumps(found).encode())
    return found


def _problem(page: str, target: str, files: Mapping[str, bytes], ids: Mapping[str, Counter[str]]) -> str | None:
    if ELSEWHERE.match(target):
        return None
    if target.startswith("//"):
        return "has no scheme"
    path, _, fragment = target.partition("#")
    place = next((each for each in _places(page, unquote(path.partition("?")[0])) if each in files), None)
    if place is None:
        return "leads to no file of the site"
    anchor = unquote(fragment.partition("?")[0])  # a demo's state follows a question mark
    if anchor and place in ids and anchor not in ids[place]:
        return "leads to no id of that page"
    return None


def _places(page: str, path: str) -> Iterator[str]:
    """Where a server would look for a path that is asked for from `page`."""
    if not path:
        yield page
        return
    absolute = path if path.startswith("/") else posixpath.join("/", posixpath.dirname(page), path)
    place = posixpath.normpath(absolute).lstrip("/")
    yield posixpath.join(place, "index.html") if absolute.endswith("/") else place
