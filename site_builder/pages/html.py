"""The HTML pages: a post, the contents, the page for wrong addresses.

In: `Site`, `Chapter`, `Assets`. Out: HTML documents. They load nothing from elsewhere and hold no inline script or
style, which `POLICY` makes the browser enforce.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from .model import Assets, Chapter, Site

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # which lets pages compile modules, and no text
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@cache
def environment() -> Environment:
    """The templates beside this module. Everything is escaped unless a template says `safe`."""
    environment = Environment(
        loader=PackageLoader("site_builder.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = day
    environment.filters["instant"] = instant
    return environment


def day(value: date) -> str:
    """A date in words: 3 March 2026. strftime would ask the machine's locale."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def instant(value: date) -> str:
    """A date as RFC 3339 wants it in feeds: its first second, in UTC."""
    return f"{value.isoformat()}T00:00:00Z"


def render_post(site: Site, post: Chapter, previous: Chapter | None, next: Chapter | None, assets: Assets) -> str:
    """A chapter, with links to its neighbours."""
    return _render(
        "post.html",
        site,
        assets,
        post=post,
        previous=previous,
        next=next,
        style=post.style or assets.style,
        authors=authors(site, post),
        data=_linked_data(site, post),
    )


def render_index(
    site: Site, posts: Sequence[Chapter], assets: Assets, card_url: str | None = None, front: Chapter | None = None
) -> str:
    """The contents of the series, in the order given, below what the post `front` holds."""
    style = (front and front.style) or assets.style
    return _render("index.html", site, assets, posts=posts, card_url=card_url, front=front, style=style, home=True)


def render_404(site: Site, assets: Assets) -> str:
    """What a wrong address shows."""
    return _render("404.html", site, assets)


def authors(site: Site, post: Chapter) -> Sequence[str]:
    """Who wrote the post: its authors, else the site's; nobody where neither says."""
    return post.authors or ((site.author,) if site.author else ())


def _render(template: str, site: Site, assets: Assets, **context: object) -> str:
    context = {"home": False, "policy": POLICY, "style": assets.style} | context
    return environment().get_template(template).render(site=site, assets=assets, **context)


def _linked_data(site: Site, post: Chapter) -> dict[str, object]:
    """schema.org's Article, as JSON-LD: data for search engines, which the policy does not count as a script."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": post.title,
        "description": post.summary,
        "datePublished": post.date.isoformat(),
        "dateModified": (post.updated or post.date).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in authors(site, post)],
        "isPartOf": {"@type": "Blog", "name": site.title},
        "inLanguage": site.language,
    }
    if post.number is not None:
        data["position"] = post.number
    if site.url:
        data["url"] = site.url + post.url
        data["isPartOf"] = {"@type": "Blog", "name": site.title, "url": site.url + "/"}
        if post.card_url:
            data["image"] = site.url + post.card_url
    return data
