"""What a page is made from.

Everything named `url` is rooted at the site ("/perceptron/", "/assets/theme-1a2b.css"); pages add the origin where a
format wants absolute addresses. Everything named `html` is trusted markup; all other text is escaped.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class License:
    """What readers may do with a part of the site: "Text and figures", "CC BY 4.0", and where it can be read."""

    covers: str
    name: str
    url: str


@dataclass(frozen=True)
class Site:
    """The blog. `url` is its origin, without a slash at the end. What is None, the author has not set."""

    title: str
    description: str
    url: str | None
    author: str | None
    language: str
    licenses: Sequence[License] = ()
    source: str | None = None  # where its source is
    report: str | None = None  # where readers report what is wrong


@dataclass(frozen=True)
class Assets:
    """Addresses of what every page loads, fingerprinted by the bundle."""

    style: str  # static/theme/theme.css
    early: str  # static/theme/early.js, a plain blocking script
    page: str  # static/theme/page.js, a module
    icon: str  # static/icons/icon.svg
    prose_font: str  # static/fonts/prose-roman.woff2: fetched with the page, so that the text is set in it at once
    interface_font: str  # static/fonts/interface.woff2


@dataclass(frozen=True)
class Heading:
    """A line of the table of contents: an h2 and, below it, its h3s."""

    id: str
    html: str
    children: Sequence[Heading] = ()


@dataclass(frozen=True)
class Provenance:
    """How the page was made: what its figures ran on, and from which files of the project."""

    adapter: str  # "llvmpipe (LLVM 19.1.7, 256 bits), Vulkan", or "the processor"
    versions: Sequence[tuple[str, str]] = ()  # ("wgpu", "0.29.0")
    kernels: Sequence[str] = ()
    sources: Sequence[str] = ()
    system: str = ""  # "Linux x86_64"


@dataclass(frozen=True)
class Chapter:
    """A post whose content is HTML. `number`: its place among the chapters; None for a page that is none of them."""

    number: int | None
    title: str
    summary: str
    url: str
    date: datetime.date
    html: str
    minutes: int  # of reading
    authors: Sequence[str] = ()  # the site's author when empty
    updated: datetime.date | None = None
    headings: Sequence[Heading] = ()
    picture_html: str | None = None  # an svg or img for the contents page
    card_url: str | None = None  # a PNG of 1200 by 630
    style: str | None = None  # its one style sheet, with its demos' in it; the theme's when there are none
    scripts: Sequence[str] = ()  # modules that only this page needs
    provenance: Provenance | None = None
