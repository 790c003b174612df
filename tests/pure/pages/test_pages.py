"""The HTML pages: valid enough to parse strictly, escaped, without inline code, the same each time."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from site_builder.pages import POLICY, Assets, Post, Site, render_404, render_index, render_post
from site_builder.pages.html import keep_together
from tests.pure.pages.conftest import TITLE

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Document(HTMLParser):
    """Elements with their attributes; complains when tags do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data

    def find(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


@pytest.fixture
def pages(site: Site, full: Post, bare: Post, assets: Assets) -> dict[str, str]:
    return {
        "full": render_post(site, full, bare, None, assets),
        "bare": render_post(site, bare, None, full, assets),
        "alone": render_post(site, bare, None, None, assets),
        "index": render_index(site, [bare, full], assets, "/assets/site.png"),
        "empty": render_index(site, [], assets),
        "404": render_404(site, assets),
    }


def test_pages_nest_and_hold_no_inline_code(pages: dict[str, str]) -> None:
    for html in pages.values():
        document = Document(html)
        assert document.find("style") == []
        for tag, attrs in document.elements:
            assert "style" not in attrs, tag
            assert not any(name.startswith("on") for name in attrs), tag
            assert not (attrs.get("href") or "").startswith("javascript:")
        for script in document.find("script"):
            assert script.get("src") or script["type"] == "application/ld+json"


def test_pages_load_nothing_from_elsewhere(pages: dict[str, str]) -> None:
    for html in pages.values():
        document = Document(html)
        loaded = [attrs["src"] for _, attrs in document.elements if attrs.get("src")]
        loaded += [link["href"] for link in document.find("link") if link["rel"] != "canonical"]
        assert all(address and address.startswith("/") and not address.startswith("//") for address in loaded)
        assert document.find("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"] == POLICY
        assert "unsafe" not in POLICY


def test_the_theme_is_known_before_the_style_sheet(pages: dict[str, str]) -> None:
    for html in pages.values():
        sheet = html.index('rel="stylesheet"')
        assert html.index("early.js") < sheet < html.index("<body>")
        assert '<script src="/assets/early.js"></script>' in html  # neither deferred nor a module: it blocks


def test_text_is_escaped_and_markup_is_not(pages: dict[str, str]) -> None:
    document = Document(pages["full"])
    assert document.texts["title"] == f"{TITLE} · Series <1> & more"
    assert document.texts["h1"] == TITLE
    assert document.find("meta", name="description")[0]["content"] == 'What "<b>" & co. mean'
    assert "<b>" not in pages["full"].replace("<b>1</b>", "")
    assert '<a href="#rule">The <em>rule</em></a>' in pages["full"]


def test_every_page_has_one_main_one_h1_and_a_way_to_skip(pages: dict[str, str]) -> None:
    for html in pages.values():
        document = Document(html)
        assert len(document.find("main", id="main")) == len(document.find("h1")) == 1
        assert document.find("a", href="#main")
        ids = [attrs["id"] for _, attrs in document.elements if "id" in attrs]
        assert len(ids) == len(set(ids))


def test_addresses_for_others_are_absolute(pages: dict[str, str]) -> None:
    document = Document(pages["full"])
    assert document.find("link", rel="canonical")[0]["href"] == "https://example.org/bounds/"
    assert document.find("meta", property="og:url")[0]["content"] == "https://example.org/bounds/"
    assert document.find("meta", property="og:image")[0]["content"] == "https://example.org/assets/card.png"


def test_linked_data_says_what_the_page_says(pages: dict[str, str]) -> None:
    data = json.loads(Document(pages["full"]).texts["script"])
    assert data["headline"] == TITLE
    assert data["dateModified"] == "2026-12-01"
    assert [author["name"] for author in data["author"]] == ["Ł. Kaiser", "A. <N> Other"]


def test_what_a_post_has_not_is_not_shown(pages: dict[str, str]) -> None:
    document = Document(pages["alone"])
    for name in ("toc", "turn", "made"):
        assert not any(name == attrs.get("class") for _, attrs in document.elements)
    assert "Revised" not in pages["alone"]
    assert "A. &amp; B." in pages["alone"]  # the site's author stands in
    assert "og:image" not in pages["alone"]


def test_neighbours_are_linked(pages: dict[str, str]) -> None:
    assert Document(pages["full"]).find("a", rel="prev", href="/zero/")
    assert Document(pages["bare"]).find("a", rel="next", href="/bounds/")
    assert not Document(pages["full"]).find("a", rel="next")


def test_a_demos_files_come_with_its_post_alone(pages: dict[str, str]) -> None:
    assert '<script type="module" fetchpriority="low" src="/assets/demo.js"></script>' in pages["full"]
    assert '<link rel="stylesheet" href="/assets/demo.css">' in pages["full"]
    assert "demo.js" not in pages["bare"] + pages["index"]


def test_how_the_page_was_made(pages: dict[str, str]) -> None:
    assert "<dd>llvmpipe &lt;LLVM&gt;</dd>" in pages["full"]
    assert '<a href="/sources/a.wgsl"><code>shaders/a.wgsl</code></a>' in pages["full"]
    assert "<code>b.md</code>" in pages["full"]


def test_the_contents_list_every_chapter_in_order(pages: dict[str, str]) -> None:
    links = [link["href"] for link in Document(pages["index"]).find("a") if link["href"] in ("/zero/", "/bounds/")]
    assert links == ["/zero/", "/bounds/"]
    assert "20 November 2026" in pages["index"]


def test_a_wrong_address_is_not_indexed(pages: dict[str, str]) -> None:
    assert Document(pages["404"]).find("meta", name="robots", content="noindex")


def test_pages_are_deterministic(pages: dict[str, str], site: Site, full: Post, bare: Post, assets: Assets) -> None:
    assert render_post(site, full, bare, None, assets) == pages["full"]


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("so <math>x</math>, and", '<span class="tight"><math>x</math>,</span>'),
        ("(<math>x</math>).", '<span class="tight">(<math>x</math>).</span>'),
        ("<math>x</math> is <math>y</math>.", '<span class="tight"><math>y</math>.</span>'),
        ('<math display="block">x</math>.', None),
        ("<math>x</math> is", None),
    ],
)
def test_punctuation_stays_with_its_formula(html: str, kept: str | None) -> None:
    assert re.findall(r'<span class="tight">.*?</span>', keep_together(html)) == ([kept] if kept else [])
