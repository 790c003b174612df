"""Mouse, touch and keyboard reach everything, and what the reader makes is kept in the link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Locator, Page

from tests.browser.conftest import Served, until
from tests.browser.test_runtime import RUN, ready, start

Opener = Callable[..., Page]
NAME = """(e => e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent)(document.activeElement)"""
PLANE = "[data-view=the-plane] .plot-over"


def awake(page: Page) -> None:
    """Started and paused."""
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing")


def test_space_toggles_when_the_panel_has_the_focus(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    page.focus(".demo-panel")
    page.keyboard.press("Space")
    until(page, f"{RUN}.playing && {RUN}.step > 0")
    page.keyboard.press("Space")
    until(page, f"!{RUN}.playing")


def test_tab_reaches_every_control(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    awake(page)
    page.focus(".demo-panel")
    reached = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(NAME))
    expected = {"Play", "Step", "Reset", "Copy link", "Seed", "Swap classes", "Clear", "Grid"}
    assert expected <= reached, reached
    assert any(each.startswith("Point 1 of 6, class −1") for each in reached)
    assert any(each.startswith("Learning rate") for each in reached)


def test_points_by_mouse(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    awake(page)
    page.check("input[value='1']")
    page.click(PLANE, position={"x": 30, "y": 30})
    assert page.evaluate(f"{RUN}.input('count')[0]") == 7
    assert page.evaluate(f"{RUN}.input('labels')[6]") == 1
    box = page.locator(".plot-points circle").nth(6).bounding_box()
    area = page.locator(PLANE).bounding_box()
    assert box is not None
    assert area is not None
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2, steps=3)
    page.mouse.up()
    assert page.evaluate(f"Math.hypot({RUN}.input('points')[12], {RUN}.input('points')[13])") < 0.05
    until(page, "location.hash.includes('count=7')")
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    page.mouse.down()
    page.mouse.move(area["x"] - 60, area["y"] + 20, steps=3)
    page.mouse.up()
    assert page.evaluate(f"{RUN}.input('count')[0]") == 6
    assert page.evaluate(f"[...{RUN}.input('points')].slice(12)") == [0] * 20


def test_points_by_keyboard(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    awake(page)
    page.locator(".plot-points circle").first.focus()
    x = page.evaluate(f"{RUN}.input('points')[0]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{RUN}.input('points')[0]") > x
    page.keyboard.press("Enter")
    assert page.evaluate(f"{RUN}.input('labels')[0]") == 1
    page.keyboard.press("n")
    assert page.evaluate(f"{RUN}.input('count')[0]") == 7
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Point 7 of 7")
    page.keyboard.press("PageDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Point 1 of 7")
    page.keyboard.press("Delete")
    assert page.evaluate(f"{RUN}.input('count')[0]") == 6


def test_an_edit_retrains_from_where_it_is(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    awake(page)
    before = page.evaluate(f"[{RUN}.step, {RUN}.read('field').then(a => a[0])]".replace("[", "Promise.all([", 1) + ")")
    page.click("text=Swap classes")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.step === {before[0] + 1}")
    until(page, "location.hash.includes('labels=1,1,1,-1,-1,-1')")


def test_a_curve_is_drawn(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    awake(page)
    over = page.locator("[data-view=a-curve] .plot-over")
    over.evaluate("(e) => e.scrollIntoView({ block: 'center' })")  # at its edge, a window scrolls below a stroke
    box = over.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2)
    page.mouse.up()
    drawn = page.evaluate(f"[...{RUN}.input('target')]")
    assert drawn == pytest.approx([1 - 2 * k / (len(drawn) - 1) for k in range(len(drawn))], abs=0.05)
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 2)
    page.mouse.up()
    assert page.evaluate(f"Math.min(...{RUN}.input('target'))") > 0.9
    over.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert over.get_attribute("aria-valuetext") is not None
    assert page.evaluate(f"Math.min(...{RUN}.input('target'))") < 0.98
    until(page, "location.hash.includes('target=')")


def the_pad(page: Page) -> tuple[Locator, FloatRect]:
    """Where one draws, on the screen, and its place there."""
    pad = page.locator(".pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    return pad, box


def test_a_stroke_rubs_out_only_where_the_reader_says_so(site: Served, open_page: Opener) -> None:
    """One that begins on ink draws, too: the stem of a 4 stays. Backspace rubs out, whatever the button says."""
    page = open_page(site.url)
    awake(page)
    pad, box = the_pad(page)
    ink = f"{RUN}.input('sketch').reduce((a, b) => a + b)"

    def stroke(way: float) -> float:
        page.mouse.move(box["x"] + 0.56 * box["width"], box["y"] + 0.56 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + way * box["width"], box["y"] + 0.56 * box["height"], steps=8)
        page.mouse.up()
        return float(page.evaluate(ink))

    half = stroke(0.9)
    both = stroke(0.2)
    assert 0 < half < both
    rub = page.get_by_role("button", name="Rub out")
    rub.click()
    assert rub.get_attribute("aria-pressed") == "true"
    rubbed = stroke(0.9)
    assert rubbed < both
    rub.click()
    drawn = stroke(0.9)
    assert drawn > rubbed
    pad.focus()
    page.keyboard.press("Backspace")
    less = page.evaluate(ink)
    assert less < drawn
    page.keyboard.press("Space")
    again = page.evaluate(ink)
    assert again > less
    page.keyboard.press("Space")
    assert page.evaluate(ink) == again


def test_a_digit_is_drawn_and_cleared(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    awake(page)
    pad, box = the_pad(page)
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 150, steps=8)
    page.mouse.up()
    drawn = page.evaluate(f"{RUN}.input('sketch').filter(v => v > 0.5).length")
    assert drawn >= 4
    pad.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.evaluate(f"{RUN}.input('sketch').filter(v => v > 0.5).length") > drawn
    page.click("text=Clear")
    assert page.evaluate(f"Math.max(...{RUN}.input('sketch'))") == 0


def test_touch_places_a_point(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    ready(page)
    page.tap(".play")
    until(page, f"{RUN}.step > 0")
    page.tap(PLANE, position={"x": 100, "y": 200})  # away from other points
    until(page, f"{RUN}.input('count')[0] === 7")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
