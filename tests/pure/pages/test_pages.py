"""The HTML pages: valid enough to parse strictly, escaped, without inline code, the same each time."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import resvg_py
from PIL import Image

from site_builder.markup import Element, read
from site_builder.pages import POLICY, Assets, Chapter, License, Site, render_404, render_index, render_post
from tests.nesting import unclosed
from tests.pure.pages.conftest import TITLE

ICON = Path(__file__).parents[3] / "static" / "icons" / "icon.svg"


def find(html: str, tag: str, **wanted: str) -> list[Element]:
    """The elements of a name that have these attributes."""
    return [each for each in read(html).walk(tag) if wanted.items() <= each.attributes.items()]


@pytest.fixture
def pages(site: Site, full: Chapter, bare: Chapter, assets: Assets) -> dict[str, str]:
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
        assert unclosed(html) == []
        assert find(html, "style") == []
        for element in read(html).walk():
            assert "style" not in element.attributes, element
            assert not any(name.startswith("on") for name in element.attributes), element
            assert not element.attributes.get("href", "").startswith("javascript:")
        for script in find(html, "script"):
            assert script.attributes.get("src") or script.attributes["type"] == "application/ld+json"


def test_pages_load_nothing_from_elsewhere(pages: dict[str, str]) -> None:
    for html in pages.values():
        loaded = [each.attributes["src"] for each in read(html).walk() if "src" in each.attributes]
        loaded += [each.attributes["href"] for each in find(html, "link") if each.attributes["rel"] != "canonical"]
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
        (policy,) = find(html, "meta", **{"http-equiv": "Content-Security-Policy"})
        assert policy.attributes["content"] == POLICY
        assert POLICY.split("; ")[1:3] == ["script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'"]
        assert POLICY.count("unsafe") == 1


def test_the_logo_lies_within_its_frame(pages: dict[str, str]) -> None:
    masthead = re.search(r'class="brand".*?(<svg.*?</svg>)', pages["404"], re.DOTALL)
    assert masthead
    inline = re.sub(r"var\(.*?\)", "#000", masthead[1]).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    for svg in (inline, ICON.read_text(encoding="utf-8")):
        wide = svg.replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
        drawn = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=wide, width=400, skip_system_fonts=True)))
        left, top, right, bottom = drawn.getchannel("A").getbbox() or (0, 0, 0, 0)
        assert 40 <= left < right <= 360
        assert 40 <= top < bottom <= 360


def test_the_theme_is_known_before_the_style_sheet(pages: dict[str, str]) -> None:
    for html in pages.values():
        sheet = html.index('rel="stylesheet"')
        assert html.index("early.js") < sheet < html.index("<body>")
        assert '<script src="/assets/early.js"></script>' in html  # neither deferred nor a module: it blocks


def test_text_is_escaped_and_markup_is_not(pages: dict[str, str]) -> None:
    (title,), (heading,) = find(pages["full"], "title"), find(pages["full"], "h1")
    assert title.text == f"{TITLE} · Series <1> & more"
    assert heading.text == TITLE
    assert find(pages["full"], "meta", name="description")[0].attributes["content"] == 'What "<b>" & co. mean'
    assert "<b>" not in pages["full"].replace("<b>1</b>", "")
    assert '<a href="#rule">The <em>rule</em></a>' in pages["full"]


def test_every_page_has_one_main_one_h1_and_a_way_to_skip(pages: dict[str, str]) -> None:
    for html in pages.values():
        assert len(find(html, "main", id="main")) == len(find(html, "h1")) == 1
        assert find(html, "a", href="#main")
        ids = [each.attributes["id"] for each in read(html).walk() if "id" in each.attributes]
        assert len(ids) == len(set(ids))


def test_addresses_for_others_are_absolute(pages: dict[str, str]) -> None:
    page = pages["full"]
    assert find(page, "link", rel="canonical")[0].attributes["href"] == "https://example.org/bounds/"
    assert find(page, "meta", property="og:url")[0].attributes["content"] == "https://example.org/bounds/"
    assert find(page, "meta", property="og:image")[0].attributes["content"] == "https://example.org/assets/card.png"


def test_linked_data_says_what_the_page_says(pages: dict[str, str]) -> None:
    data = json.loads(find(pages["full"], "script", type="application/ld+json")[0].text)
    assert data["headline"] == TITLE
    assert data["dateModified"] == "2026-12-01"
    assert [author["name"] for author in data["author"]] == ["Ł. Kaiser", "A. <N> Other"]


def test_what_a_post_has_not_is_not_shown(pages: dict[str, str]) -> None:
    for element in read(pages["alone"]).walk():
        assert not element.classes & {"toc", "turn", "made"}
    assert "Revised" not in pages["alone"]
    assert "A. &amp; B." in pages["alone"]  # the site's author stands in
    assert "og:image" not in pages["alone"]


def test_neighbours_are_linked(pages: dict[str, str]) -> None:
    assert find(pages["full"], "a", rel="prev", href="/zero/")
    assert find(pages["bare"], "a", rel="next", href="/bounds/")
    assert not find(pages["full"], "a", rel="next")


def test_a_demos_files_come_with_its_post_alone(pages: dict[str, str]) -> None:
    assert '<script type="module" fetchpriority="low" src="/assets/demo.js"></script>' in pages["full"]
    assert '<link rel="stylesheet" href="/assets/demo.css">' in pages["full"]
    assert "demo.js" not in pages["bare"] + pages["index"]


def test_how_the_page_was_made(pages: dict[str, str]) -> None:
    assert "<dd>llvmpipe &lt;LLVM&gt;</dd>" in pages["full"]
    assert "<code>shaders/a.wgsl</code>" in pages["full"]
    assert "<code>b.md</code>" in pages["full"]


def test_the_contents_list_every_chapter_in_order(pages: dict[str, str]) -> None:
    links = [link.attributes["href"] for link in find(pages["index"], "a")]
    assert [href for href in links if href in ("/zero/", "/bounds/")] == ["/zero/", "/bounds/"]
    assert "20 November 2026" in pages["index"]


def test_every_page_says_what_its_readers_may_do_with_it(site: Site, full: Chapter, assets: Assets) -> None:
    licenses = (License("Text", "CC <BY>", "https://a.example/by/"), License("Code", "MIT", "/mit/"))
    licensed = replace(site, licenses=licenses)
    for html in (render_post(licensed, full, None, None, assets), render_index(licensed, [], assets)):
        (footer,) = find(html, "footer", **{"class": "colophon"})
        assert [link.attributes["href"] for link in footer.walk("a") if link.attributes.get("rel") == "license"] == [
            "https://a.example/by/",
            "/mit/",
        ]
        assert "Text: CC <BY>" in footer.text


def test_a_blog_may_say_nothing_of_licences(pages: dict[str, str]) -> None:
    assert not [link for html in pages.values() for link in find(html, "a", rel="license")]


def test_pages_say_whose_they_are(site: Site, full: Chapter, bare: Chapter, assets: Assets) -> None:
    known = replace(site, source="https://here.test/source", report="mailto:me@here.test")
    unknown = replace(site, url=None, author=None)
    for make in (
        lambda site: render_index(site, [full, bare], assets),
        lambda site: render_post(site, bare, None, None, assets),
        lambda site: render_404(site, assets),
    ):
        said, silent = make(known), make(unknown)
        for address in ('href="https://here.test/source"', 'href="mailto:me@here.test"', 'href="/feed.xml"'):
            assert said.count(f"{address}>") == 1, address
            assert f"{address}>" not in silent
        assert '"None"' not in silent
        assert ">None<" not in silent
        assert 'name="author"' not in silent
        assert "canonical" not in silent
        assert "og:url" not in silent


def test_a_wrong_address_is_not_indexed(pages: dict[str, str]) -> None:
    assert find(pages["404"], "meta", name="robots", content="noindex")


def test_pages_are_deterministic(
    pages: dict[str, str], site: Site, full: Chapter, bare: Chapter, assets: Assets
) -> None:
    assert render_post(site, full, bare, None, assets) == pages["full"]
