"""What machines read: the Atom feed, the site map, robots.txt.

In: `Site`, `Chapter`s. Out: text. Feed readers run no scripts, load no style sheet and show a chapter at an address of
their own, so its addresses are made absolute, its custom elements unwrapped and its colour variables become colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from .. import markup
from .html import environment
from .model import Chapter, Site

UNWRAPPED = ("live-demo", "figure-replay")  # and what only our styles keep on one line
PICTURES = ("svg", "img")
VARIABLE = re.compile(r"var\(--([\w-]+)\)")


def render_feed(site: Site, posts: Sequence[Chapter], colours: Mapping[str, str]) -> str:
    """Atom (RFC 4287), newest first, each post in full. `colours`: the light theme's tokens, "ink" -> "#191c1f"."""
    newest = sorted(posts, key=lambda post: (post.date, post.number or 0), reverse=True)
    updated = max((post.updated or post.date for post in posts), default=date(1970, 1, 1))
    entries = [(post, standalone(site, post, colours)) for post in newest]
    return environment().get_template("feed.xml").render(site=site, entries=entries, updated=updated)


def standalone(site: Site, post: Chapter, colours: Mapping[str, str]) -> str:
    """The post's HTML for a reader that has neither our scripts, nor our styles, nor our address."""
    return markup.edited_text(post.html, _edits(markup.read(post.html), site, post, colours))


def _edits(parent: markup.Element, site: Site, post: Chapter, colours: Mapping[str, str]) -> Iterator[markup.Edit]:
    for element in parent.children:
        if isinstance(element, str):
            continue
        if element.name in ("script", "noscript") or element.classes & {"only-dark", "only-narrow"}:
            yield element.start, element.end, ""
            continue
        if "demo-panel" in element.classes:
            yield from _poster(element, site, post, colours)
            continue
        if "demo-panel" in element.classes:
            yield from _poster(element, site, post, colours)
            continue
        opening = post.html[element.start : element.inner]
        unwrapped = element.name in UNWRAPPED or "tight" in element.classes
        plain = "" if unwrapped else _opening(opening, element, site, post, colours)
        if plain != opening:
            yield element.start, element.inner, plain
        yield from _edits(element, site, post, colours)
        if unwrapped:
            yield element.outer, element.end, ""


def _poster(panel: markup.Element, site: Site, post: Chapter, colours: Mapping[str, str]) -> Iterator[markup.Edit]:
    """Of a demo's panel its static figure is left: the rest means nothing where no script runs."""
    kept: list[markup.Element] = []
    for poster in panel.walk():
        for picture in poster.walk(*PICTURES) if "demo-poster" in poster.classes else ():
            if not kept or picture.start >= kept[-1].end:
                kept.append(picture)
    at = panel.start
    for picture in kept:
        yield at, picture.start, ""
        at = picture.end
    yield at, panel.end, ""
    yield from _edits(replace(panel, children=[*kept]), site, post, colours)


def _opening(tag: str, element: markup.Element, site: Site, post: Chapter, colours: Mapping[str, str]) -> str:
    """An opening tag with absolute addresses and plain colours. In a picture `#name` is a part of that picture."""
    for name in ("href", "src"):
        address = element.attributes.get(name, "")
        if address.startswith("/") and not address.startswith("//"):
            tag = tag.replace(f' {name}="/', f' {name}="{site.url}/')
        elif address.startswith("#") and element.name == "a":
            tag = tag.replace(f' {name}="#', f' {name}="{site.url}{post.url}#')
    tag = tag.replace("var(--font-ui)", "sans-serif")
    return VARIABLE.sub(lambda match: colours.get(match[1], match[0]), tag)


def render_sitemap(site: Site, posts: Sequence[Chapter]) -> str:
    """sitemaps.org 0.9: the contents and every post."""
    addresses: list[tuple[str, date | None]] = [(f"{site.url}/", None)]
    addresses += [(f"{site.url}{post.url}", post.updated or post.date) for post in posts]
    return environment().get_template("sitemap.xml").render(addresses=addresses)


def render_robots(site: Site) -> str:
    """Everyone may read everything."""
    rules = "User-agent: *\nAllow: /\n"
    return f"{rules}Sitemap: {site.url}/sitemap.xml\n" if site.url else rules
