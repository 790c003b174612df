"""The panel around a demo: what it says when, what it takes over, and what changes it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Served, page_html, until
from tests.browser.test_runtime import ELEMENT, RUN, ready, start

Opener = Callable[..., Page]
SHIPPED = (
    '<live-demo name="separator" id="demo-separator" manifest="/assets/manifest.json"><figure>'
    '<div class="demo-panel"><div class="demo-head"><fieldset class="demo-bar" disabled></fieldset>'
    '<div class="demo-first"><div class="demo-poster"><svg viewBox="0 0 600 300" role="img" aria-label="Still">'
    '<rect width="600" height="300"/></svg></div></div></div></div>'
    "<figcaption>Two clouds and the line that training found.</figcaption></figure></live-demo>"
)
SLOW_MODULES = """
    const plain = window.fetch;
    window.fetch = async (url, ...rest) => {
        if (`${url}`.includes(".wasm")) await new Promise((done) => (window.release = done));
        return plain(url, ...rest);
    };
"""


def test_a_shipped_panel_is_taken_over(site: Served, bundled: Any, open_page: Opener) -> None:
    site.put("/", page_html(bundled, SHIPPED))
    page = open_page(site.url, on="processor")
    ready(page)
    assert page.locator(".demo-panel").count() == 1
    assert page.locator(".demo-poster svg[aria-label=Still]").is_visible()
    assert page.inner_text(".demo-status") == "Not started"  # the definition says nothing of what Play does
    start(page)
    page.evaluate(f"window.kept = {ELEMENT}; window.kept.remove(); document.querySelector('main').append(window.kept)")
    ready(page)
    assert page.locator(".demo-poster svg[aria-label=Still]").is_visible()


def test_play_says_that_it_prepares(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=SLOW_MODULES, on="processor")
    ready(page)
    page.click("button:text-is('Step')")
    until(page, "window.release")
    assert page.inner_text(".play") == "Preparing …"
    page.evaluate("window.release()")
    until(page, f"{RUN}.step === 1")
    assert page.inner_text(".play") == "Play"


def test_what_is_told_is_of_one_step(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    start(page)
    told = """[...document.querySelectorAll(".demo-status span:first-child, .demo-words")]
        .map((e) => Number(/(?:step|After) ([\\d,]+)/.exec(e.textContent)[1].replaceAll(",", "")))"""
    for _ in range(10):
        status, words, step = page.evaluate(f"[...{told}, {RUN}.lookedAt]")
        assert status == words == step
        page.wait_for_timeout(130)


def test_screen_readers_hear_the_words_slowly(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    ready(page)
    page.evaluate("""
        window.heard = []; window.seen = 0;
        const watch = (part, then) => new MutationObserver(then)
            .observe(document.querySelector(part), { childList: true, characterData: true, subtree: true });
        watch(".demo-heard", () => heard.push(performance.now()));
        watch(".demo-words", () => seen++);
    """)
    start(page)
    page.wait_for_timeout(9000)
    page.click(".play")
    page.wait_for_timeout(4500)
    heard = page.evaluate("heard")
    assert 2 <= len(heard) <= 4
    assert all(later - sooner > 3900 for sooner, later in pairwise(heard))
    assert page.evaluate("seen") > 3 * len(heard)
    assert page.text_content(".demo-heard") == page.text_content(".demo-words")


def test_seconds_count_down(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    page.evaluate(f"{ELEMENT}.say('The GPU was lost; it may be tried again in 3 s.', true)")
    assert page.inner_text(".demo-error") == "The GPU was lost; it may be tried again in 3 s."
    until(page, "document.querySelector('.demo-error').textContent.includes('in 2 s.')")
    until(page, "document.querySelector('.demo-error').textContent === 'The GPU was lost; it may be tried again now.'")
    page.click(".demo-close")
    assert page.locator(".demo-error").is_hidden()


def test_no_seed_changes_nothing(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    seed = page.locator(".seed input")
    for text in ("", "-1", "1.5", "4294967296"):
        seed.fill(text)
        seed.press("Enter")
        seed.blur()
        assert seed.input_value() == "1", text
        assert page.evaluate(f"{RUN}.experiment.seed") == 1
    seed.fill("0")
    seed.press("Enter")
    assert page.evaluate(f"{RUN}.experiment.seed") == 0


def test_the_first_click_on_the_figure_wakes_and_does_not_play(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    ready(page)
    page.click(".demo-first", position={"x": 200, "y": 20})
    until(page, f"{RUN}.awake")
    page.wait_for_timeout(200)
    assert page.evaluate(f"[{RUN}.playing, {RUN}.step]") == [False, 0]
    assert page.locator(".demo-poster").is_hidden()


def test_tooltips_stay_in_the_window(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, viewport={"width": 390, "height": 844}, on="processor")
    start(page)
    page.click(".play")
    plane = page.locator("[data-view=the-plane] .plot-over")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    assert box is not None
    for x, y in ((2, 2), (box["width"] / 2, 3), (box["width"] - 2, 4), (box["width"] - 2, box["height"] - 2)):
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(250)
        until(page, "!document.querySelector('[data-view=the-plane] .plot-tip').hidden")
        tip = page.locator("[data-view=the-plane] .plot-tip").bounding_box()
        assert tip is not None
        assert tip["x"] >= 0
        assert tip["x"] + tip["width"] <= 390
        assert tip["y"] >= 0


def test_dragging_selects_no_text(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    start(page)
    page.click(".play")
    box = page.locator("[data-view=loss] .plot-over").bounding_box()
    assert box is not None
    page.locator("[data-view=loss] .plot-over").scroll_into_view_if_needed()
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] - 30, box["y"] + 400, steps=5)
    page.mouse.up()
    assert page.evaluate("`${getSelection()}`") == ""


def test_fingers_find_what_they_press(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    ready(page)
    small = page.evaluate("""[...document.querySelectorAll(
        ".demo-panel :is(button, select, summary, label, input:not([type=checkbox], [type=radio]))")]
        .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 43.5)
        .map((e) => `${e.className} ${e.textContent}`)""")
    assert small == []
