"""What machines read: the Atom feed, the site map, robots.txt.

In: `Site`, `Post`s. Out: text. Feed readers run no scripts, load no style sheet and show a post at an address of their
own, so a post's HTML is made absolute, its custom elements are unwrapped and its colour variables become colours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from .html import environment
from .model import Post, Site

SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
CUSTOM = re.compile(r"</?(?:live-demo|figure-replay)\b[^>]*>")
DARK = re.compile(r"<(?:img|image)\b[^>]*\bonly-dark\b[^>]*>(?:</image>)?")
NARROW = re.compile(r"<svg\b[^>]*\bonly-narrow\b.*?</svg>", re.DOTALL)
ROOTED = re.compile(r'\b(href|src)="/(?!/)')
FRAGMENT = re.compile(r'\bhref="#')
VARIABLE = re.compile(r"var\(--([\w-]+)\)")


def render_feed(site: Site, posts: Sequence[Post], colours: Mapping[str, str]) -> str:
    """Atom (RFC 4287), newest first, each post in full. `colours`: the light theme's tokens, "ink" -> "#191c1f"."""
    newest = sorted(posts, key=lambda post: (post.date, post.number), reverse=True)
    updated = max((post.updated or post.date for post in posts), default=date(1970, 1, 1))
    entries = [(post, standalone(site, post, colours)) for post in newest]
    return environment().get_template("feed.xml").render(site=site, entries=entries, updated=updated)


def standalone(site: Site, post: Post, colours: Mapping[str, str]) -> str:
    """The post's HTML for a reader that has neither our scripts, nor our styles, nor our address."""
    html = SCRIPT.sub("", post.html)
    html = NARROW.sub("", DARK.sub("", CUSTOM.sub("", html)))
    html = ROOTED.sub(rf'\1="{site.url}/', html)
    html = FRAGMENT.sub(f'href="{site.url}{post.url}#', html)
    html = html.replace("var(--font-ui)", "sans-serif")
    return VARIABLE.sub(lambda match: colours.get(match[1], match[0]), html)


def render_sitemap(site: Site, posts: Sequence[Post]) -> str:
    """sitemaps.org 0.9: the contents and every post."""
    addresses: list[tuple[str, date | None]] = [(site.url + "/", None)]
    addresses += [(site.url + post.url, post.updated or post.date) for post in posts]
    return environment().get_template("sitemap.xml").render(addresses=addresses)


def render_robots(site: Site) -> str:
    """Everyone may read everything."""
    return f"User-agent: *\nAllow: /\nSitemap: {site.url}/sitemap.xml\n"
