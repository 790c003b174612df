"""Pages: what a post becomes once its content is HTML. Pure functions from the dataclasses below to text or bytes.

In: `Site`, `Chapter`, `Assets`. Out: HTML, Atom, XML, PNG. The same input gives the same bytes.
Pages know nothing of Markdown, models or files: whoever calls has rendered the content, fingerprinted the assets and
writes what comes back.

    render_post(site, post, previous, next, assets)     one chapter
    render_index(site, posts, assets, card_url)         the contents of the series
    render_404(site, assets)                            what a wrong address shows
    render_feed(site, posts, colours)                   Atom, in full
    render_sitemap(site, posts), render_robots(site)    for search engines
    render_card(site, post, colours, fonts)             the picture that a shared link shows
"""

from .card import render_card
from .feed import render_feed, render_robots, render_sitemap
from .html import POLICY, render_404, render_index, render_post
from .model import Assets, Chapter, Heading, License, Provenance, Site

__all__ = [
    "POLICY",
    "Assets",
    "Chapter",
    "Heading",
    "License",
    "Provenance",
    "Site",
    "render_404",
    "render_card",
    "render_feed",
    "render_index",
    "render_post",
    "render_robots",
    "render_sitemap",
]
