"""Every address of every page leads somewhere, or is a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder.assembly.links import broken_links
from site_builder.project.cache import Cache

FILES = {
    "index.html": b'<a href="/one/">x</a>',
    "one/index.html": b'<h2 id="top">x</h2><p id="a b">y</p>',
    "assets/run.json": b"{}",
    "feed.xml": b"",
}


@pytest.fixture
def sentences(tmp_path: Path) -> Callable[[str], list[str]]:
    """What is wrong with a page; the second time from the cache."""

    def sentences(html: str) -> list[str]:
        files = {**FILES, "two/index.html": html.encode()}
        first, again = ([str(error) for error in broken_links(files, Cache(tmp_path))] for _ in range(2))
        assert first == again
        return first

    return sentences


@pytest.mark.parametrize(
    "target",
    ["/", "/one/", "/one/#top", "/one/#a%20b", "../one/", "/feed.xml", "#here", "#here?seed=3&amp;x=1", "https://a.example/x",
     "mailto:a@b.example", "data:image/png;base64,AA", "/one/index.html", ""],
)  # fmt: skip
def test_good_addresses(sentences: Callable[[str], list[str]], target: str) -> None:
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
def test_bad_addresses(sentences: Callable[[str], list[str]], html: str, sentence: str) -> None:
    assert sentences(html) == [sentence]


def test_scripts_and_comments_are_not_read(sentences: Callable[[str], list[str]]) -> None:
    assert sentences('<script type="application/ld+json">{"x": " href="/no/""}</script><!-- <a href="/no/"> -->') == []
