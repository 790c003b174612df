"""What machines read."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from site_builder.pages import Chapter, Site, render_feed, render_robots, render_sitemap

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
COLOURS = {"ink": "#191c1f", "paper": "#fdfdfb", "negative": "#1c66ab"}


def test_the_feed_is_atom_newest_first(site: Site, full: Chapter, bare: Chapter) -> None:
    feed = ElementTree.fromstring(render_feed(site, [bare, full], COLOURS).encode())
    assert feed.tag == ATOM + "feed"
    assert feed.findtext(ATOM + "title") == site.title
    assert feed.findtext(ATOM + "updated") == "2026-12-01T00:00:00Z"
    entries = feed.findall(ATOM + "entry")
    assert [entry.findtext(ATOM + "id") for entry in entries] == [
        "https://example.org/bounds/",
        "https://example.org/zero/",
    ]
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert element.findtext(ATOM + name)
    assert [name.text for name in entries[0].iter(ATOM + "name")] == ["Ł. Kaiser", "A. <N> Other"]


def test_an_empty_feed_is_valid(site: Site) -> None:
    feed = ElementTree.fromstring(render_feed(site, [], COLOURS).encode())
    assert feed.findtext(ATOM + "updated") == "1970-01-01T00:00:00Z"


def test_content_stands_alone(site: Site, full: Chapter) -> None:
    feed = ElementTree.fromstring(render_feed(site, [full], COLOURS).encode())
    content = feed.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert 'href="https://example.org/bounds/#rule"' in content
    assert 'href="https://example.org/other/#a"' in content
    assert 'stroke="#191c1f"' in content
    assert "color-mix(in srgb, #1c66ab 40%, #fdfdfb)" in content
    assert "and (<math><mi>y</mi></math>). <a" in content
    assert "only-light" in content
    assert '<use href="#svg-d-1" fill="#fdfdfb"/>' in content, "a picture's parts are its own, not the page's"
    assert "<code>var(--ink)</code>" in content, "a listing is not a style"
    assert 'figure"><svg viewBox="0 0 2 2"' in content, "of a demo's panel the figure is left"
    assert "</svg><figcaption>A caption.</figcaption>" in content
    for gone in (
        "live-demo",
        "Play",
        "demo-",
        "M9 9",
        "<script",
        '="var(--',
        "only-dark",
        "only-narrow",
        "tight",
        'href="/',
        'src="/',
    ):
        assert gone not in content, gone


def test_the_site_map_lists_every_page(site: Site, full: Chapter, bare: Chapter) -> None:
    root = ElementTree.fromstring(render_sitemap(site, [bare, full]).encode())
    found = [(url.findtext(SITEMAP + "loc"), url.findtext(SITEMAP + "lastmod")) for url in root]
    assert found == [
        ("https://example.org/", None),
        ("https://example.org/zero/", "2026-11-20"),
        ("https://example.org/bounds/", "2026-12-01"),
    ]


def test_robots_names_the_site_map(site: Site) -> None:
    assert "Sitemap: https://example.org/sitemap.xml\n" in render_robots(site)
    assert render_robots(replace(site, url=None)) == "User-agent: *\nAllow: /\n"
