"""A finger scrolls past a plot, and edits it by a tap, a hold or a drag to the side; keys of the browser stay its own.

Fingers are emulated by the browser itself, which then scrolls, or does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_runtime import RUN, ready
from tests.pure.test_house import ROOT

Opener = Callable[..., Page]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PLANE, CURVE, PAD = "[data-view=the-plane] .plot-over", "[data-view=a-curve] .plot-over", ".pad"
INPUTS = f"['points', 'labels', 'count', 'target', 'sketch'].map((name) => [...{RUN}.input(name)].join()).join(' ')"


class Finger:
    """One finger on a view that stands at the window's foot. Places are shares of the view's width and height."""

    def __init__(self, page: Page, view: str) -> None:
        self.page = page
        page.locator(view).evaluate("(e) => e.scrollIntoView({ block: 'end' })")  # what sticks covers the upper half
        page.wait_for_timeout(100)
        self.session = page.context.new_cdp_session(page)
        self.box: Any = page.locator(view).bounding_box()

    def at(self, x: float, y: float) -> dict[str, float]:
        return {"x": self.box["x"] + x * self.box["width"], "y": self.box["y"] + y * self.box["height"]}

    def send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{**self.at(*place), "id": number} for number, place in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(self, start: tuple[float, float], end: tuple[float, float], hold: int = 0) -> None:
        self.send("touchStart", start)
        self.page.wait_for_timeout(hold or 20)
        for k in range(1, 11):
            self.send("touchMove", tuple(a + (b - a) * k / 10 for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
            self.page.wait_for_timeout(16)
        self.send("touchEnd")
        self.page.wait_for_timeout(200)


@pytest.fixture
def phone(site: Served, open_page: Opener) -> Page:
    """The fixture on a phone, with something to scroll to, and nothing started."""
    site.put("/page.css", site.files["/page.css"] + b" main { padding-block: 60rem }")
    page = open_page(site.url, on="processor", **PHONE)
    page.locator("live-demo").scroll_into_view_if_needed()
    ready(page)
    page.evaluate(f"{RUN}.edit('count', [6])")
    until(page, f"{RUN}.awake")
    return page


def scrolled(page: Page, act: Callable[[], None]) -> float:
    """By how many pixels the page went."""
    before = page.evaluate("scrollY")
    act()
    return float(page.evaluate("scrollY") - before)


@pytest.mark.parametrize("view", [PLANE, CURVE])
def test_a_swipe_up_or_down_scrolls_and_edits_nothing(phone: Page, view: str) -> None:
    finger = Finger(phone, view)
    before = phone.evaluate(INPUTS)
    assert scrolled(phone, lambda: finger.swipe((0.5, 0.9), (0.52, 0.1))) > 60
    assert phone.evaluate(INPUTS) == before
    assert not phone.evaluate(f"{RUN}.playing")


def test_a_swipe_that_begins_on_a_point_scrolls(phone: Page) -> None:
    finger = Finger(phone, f"{PLANE} circle >> nth=1")
    before = phone.evaluate(INPUTS)
    assert abs(scrolled(phone, lambda: finger.swipe((0.5, 0.5), (0.5, -12)))) > 60
    assert phone.evaluate(INPUTS) == before


def test_a_tap_places_a_point(phone: Page) -> None:
    finger = Finger(phone, PLANE)
    finger.send("touchStart", (0.1, 0.6))
    finger.send("touchEnd")
    until(phone, f"{RUN}.input('count')[0] === 7")
    assert phone.evaluate(f"[...{RUN}.input('points')].slice(12, 14)") == pytest.approx([-0.8, -0.2], abs=0.02)


def test_a_drag_to_the_side_moves_a_point_where_the_finger_goes(phone: Page) -> None:
    finger = Finger(phone, PLANE)
    moved = scrolled(phone, lambda: finger.swipe((0.2, 0.65), (0.9, 0.9)))
    assert moved == 0
    assert phone.evaluate(f"[...{RUN}.input('points')].slice(0, 2)") == pytest.approx([0.8, -0.8], abs=0.04)
    assert phone.evaluate(f"{RUN}.input('count')[0]") == 6


def test_a_point_that_is_held_goes_up_and_down_too(phone: Page) -> None:
    finger = Finger(phone, PLANE)
    moved = scrolled(phone, lambda: finger.swipe((0.2, 0.65), (0.2, 0.05), hold=450))
    assert moved == 0
    assert phone.evaluate(f"[...{RUN}.input('points')].slice(0, 2)") == pytest.approx([-0.6, 0.9], abs=0.04)


def test_a_curve_is_drawn_by_a_drag_to_the_side(phone: Page) -> None:
    finger = Finger(phone, CURVE)
    assert scrolled(phone, lambda: finger.swipe((0.1, 0.5), (0.9, 0.2))) == 0
    assert phone.evaluate(f"{RUN}.input('target')[52]") > 0.4


def test_two_fingers_edit_nothing(phone: Page) -> None:
    finger = Finger(phone, PLANE)
    before = phone.evaluate(INPUTS)
    finger.send("touchStart", (0.1, 0.5))
    finger.send("touchStart", (0.1, 0.5), (0.6, 0.5))
    for k in range(1, 8):
        finger.send("touchMove", (0.1 - 0.01 * k, 0.5), (0.6 + 0.05 * k, 0.5))
        phone.wait_for_timeout(16)
    finger.send("touchEnd")
    phone.wait_for_timeout(500)
    assert phone.evaluate(INPUTS) == before
    assert phone.evaluate("visualViewport.scale") > 1.02, "they zoom"


def test_a_pad_is_drawn_on_in_every_direction_and_leaves_room_to_scroll(phone: Page) -> None:
    finger = Finger(phone, PAD)
    moved = scrolled(phone, lambda: finger.swipe((0.5, 0.1), (0.5, 0.9)))
    assert moved == 0
    assert phone.evaluate(f"{RUN}.input('sketch').filter((ink) => ink > 0.5).length") >= 8
    beside = phone.evaluate("innerWidth") - finger.box["width"]
    assert beside > 40, "a finger's width"


@pytest.mark.parametrize("view", [PLANE, CURVE, PAD])
def test_a_drag_selects_no_text(site: Served, open_page: Opener, view: str) -> None:
    page = open_page(site.url, on="processor")
    ready(page)
    page.evaluate(f"{RUN}.edit('count', [6])")
    until(page, f"{RUN}.awake")
    page.locator(view).scroll_into_view_if_needed()
    box: Any = page.locator(view).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 200, steps=5)
    page.mouse.up()
    assert page.evaluate("getSelection().toString()") == ""


def test_the_first_edit_wakes_a_demo_and_plays_nothing(site: Served, open_page: Opener) -> None:
    """Its plot may be asleep: what was done to it is there when it wakes."""
    page = open_page(site.url, on="processor")
    ready(page)
    page.locator(PLANE).evaluate(
        """(over) => { const { left, top, width, height } = over.getBoundingClientRect();
        const at = { clientX: left + width / 4, clientY: top + height / 4, pointerId: 1, bubbles: true };
        over.setPointerCapture = () => {};
        for (const type of ['pointerdown', 'pointerup']) over.dispatchEvent(new PointerEvent(type, at)); }"""
    )
    until(page, f"{RUN}.awake && {RUN}.input('count')[0] === 7")
    assert page.evaluate(f"[{RUN}.playing, {RUN}.step]") == [False, 0]


KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]
KEYS += ["Enter", " ", "Delete", "Backspace", "n", "N", "Escape"]
TAKEN = """(keys) => {
  const all = document.querySelectorAll("live-demo *, .tab-list *, [tabindex], button, summary");
  const taken = [];
  for (const element of all)
    for (const key of keys)
      for (const modifier of ["altKey", "ctrlKey", "metaKey"]) {
        const event = new KeyboardEvent("keydown", { key, [modifier]: true, bubbles: true, cancelable: true });
        if (!element.dispatchEvent(event)) taken.push(`${modifier} ${key} on ${element.tagName} ${element.className}`);
      }
  return [all.length, taken];
}"""


def test_keys_with_modifiers_are_the_browsers(phone: Page) -> None:
    """On every element of a demo in which something listens."""
    before = phone.evaluate(INPUTS)
    count, taken = phone.evaluate(TAKEN, KEYS)
    assert count > 100
    assert taken == []
    assert phone.evaluate(INPUTS) == before


def test_every_listener_for_keys_looks_at_modifiers() -> None:
    """Escape alone is nobody's shortcut."""
    careless = [
        file.relative_to(ROOT).as_posix()
        for folder in ("demos", "static")
        for file in (ROOT / folder).rglob("*.js")
        if re.search(r"keydown", text := file.read_text(encoding="utf-8"))
        and not re.search(r"isForBrowser\(|altKey|=> event\.key === \"Escape\" &&", text)
    ]
    assert careless == []
