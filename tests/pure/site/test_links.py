"""Every address of every page leads somewhere, or is a sentence."""

from __future__ import annotations

import pytest

from site_builder.assembly.links import broken_links

FILES = {
    "index.html": b'<a href="/one/">x</a>',
    "one/index.html": b'<h2 id="top">x</h2><p id="a b">y</p>',
    "assets/run.json": b"{}",
    "feed.xml": b"",
}


def sentences(html: str) -> list[str]:
    return [str(error) for error in broken_links({**FILES, "two/index.html": html.encode()})]


@pytest.mark.parametrize(
    "target",
    ["/", "/one/", "/one/#top", "/one/#a%20b", "../one/", "/feed.xml", "#here", "#here?seed=3&amp;x=1", "https://a.example/x",
     "mailto:a@b.example", "data:image/png;base64,AA", "/one/index.html", ""],
)  # fmt: skip
def test_good_addresses(target: str) -> None:
    assert sentences(f'<p id="here"><a href="{target}">x</a>') == []


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        ('<a href="/three/">', "two/index.html: the address /three/ leads to no file of the site."),
        ('<a href="/one">', "two/index.html: the address /one leads to no file of the site."),
        ('<a href="/one/#no">', "two/index.html: the address /one/#no leads to no id of that page."),
        ('<a href="#no">', "two/index.html: the address #no leads to no id of that page."),
        ('<img src="/assets/x.png">', "two/index.html: the address /assets/x.png leads to no file of the site."),
        ('<live-demo manifest="/x.json">', "two/index.html: the address /x.json leads to no file of the site."),
        ('<live-demo scripts="/ /x.js">', "two/index.html: the address /x.js leads to no file of the site."),
        ('<a href="//cdn.example/x">', "two/index.html: the address //cdn.example/x has no scheme."),
        ('<a href="/../../etc/passwd">', "two/index.html: the address /../../etc/passwd leads to no file of the site."),
        ('<p id="a"><p id="a">', 'two/index.html: the id "a" is there 2 times.'),
    ],
)  # fmt: skip
def test_bad_addresses(html: str, sentence: str) -> None:
    assert sentences(html) == [sentence]


def test_scripts_and_comments_are_not_read() -> None:
    assert sentences('<script type="application/ld+json">{"x": " href="/no/""}</script><!-- <a href="/no/"> -->') == []
