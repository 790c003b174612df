"""A link into a fold or a tab that is closed opens it: with the page, by a click, by a second one, and by Back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served
from tests.pure.test_house import ROOT

Opener = Callable[..., Page]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Folds</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>
<p><a id="in-proof" href="#step">The step</a> <a id="in-tab" href="#loop">The loop</a>
<a id="in-both" href="#deep">Deep</a> <span class="cite"><a id="quoted" href="#%C3%BC">Ü</a></span></p>
<details id="proof"><summary>Proof</summary><p id="step">A step.</p></details>
<div class="tabs"><section class="tab" aria-label="Python"><p>One.</p></section>
<section class="tab" aria-label="WGSL"><p id="loop">A loop.</p>
<details><summary>More</summary><p id="deep">Deep down.</p><p id="ü">Not ASCII.</p></details></section></div>
<p id="below">Below.</p>"""
TARGETS = {"in-proof": "step", "in-tab": "loop", "in-both": "deep"}


@pytest.fixture
def address(server: Served) -> str:
    server.clear()
    for name in ("page.js", "page/targets.js"):
        server.put(f"/{name}", (ROOT / "static" / "theme" / name).read_bytes())
    server.put("/folds.html", PAGE)
    return f"{server.url}/folds.html"


def close_all(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = false")
    page.get_by_role("tab", name="Python").click()


@pytest.mark.parametrize(("link", "target"), TARGETS.items())
def test_a_link_opens_what_it_leads_into(address: str, open_page: Opener, link: str, target: str) -> None:
    page = open_page(address)
    assert not page.locator(f"#{target}").is_visible()
    for _ in range(2):  # the second time the address stays the same
        page.click(f"#{link}")
        assert page.locator(f"#{target}").is_visible()
        close_all(page)
    page.evaluate("location.hash = '#below'")
    close_all(page)
    page.go_back()
    page.locator(f"#{target}").wait_for()
    again = open_page(f"{address}#{target}")
    again.locator(f"#{target}").wait_for()


def test_a_fold_itself_may_be_named(address: str, open_page: Opener) -> None:
    page = open_page(f"{address}#proof")
    page.locator("#step").wait_for()
    again = open_page(f"{address}#%C3%BC")
    again.get_by_text("Not ASCII.").wait_for()


@pytest.mark.parametrize("fragment", ["#100%", "#%E0%A4%A", "#%", "#step%", "#?x", "#step?x=%"])
def test_a_fragment_that_is_no_text_harms_nothing(address: str, open_page: Opener, fragment: str) -> None:
    page = open_page(f"{address}{fragment}")
    page.evaluate("location.hash = '#100%'")
    page.click("#in-both")
    assert page.locator("#deep").is_visible()
