"""The panel of every demo: what moves stands beside what moves it, no demo is too tall, and waking moves nothing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle, laid_out, until
from tests.browser.published.site import demos

WIDTHS = [360, 375, 390, 430, 600, 700, 768, 820, 1024, 1366, 1440]
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
every_demo = pytest.mark.parametrize(("slug", "name"), demos(), ids=[name for _, name in demos()])
# What a click moves counts here as well, whatever browsers call a shift.
LISTEN = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries())
            shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName ?? "gone")]);
    }).observe({ type: "layout-shift" });
"""
PLACES = """((element) => (element.scrollIntoView({ block: "start", behavior: "instant" }),
    [...element.querySelectorAll(
        ".demo-panel, .demo-panel > *, .demo-head > *, .demo-bar > *, .demo-views > *, .plot-area")]
    .map((e) => [e.className, e.getBoundingClientRect()])
    .filter(([name, box]) => box.height && name !== "demo-heard")
    .map(([name, { x, y, width, height }]) =>
        [name.split(" ")[0], ...[x, y + scrollY, width, height].map(Math.round)].join(" "))))"""
# The page as it was shipped, until `go` is called.
HOLD = """
    const define = customElements.define.bind(customElements);
    customElements.define = (name, ...rest) =>
        name === "live-demo" ? (window.go = () => define(name, ...rest)) : define(name, ...rest);
"""


def settled(page: Page, places: str, wanted: list[list[str]]) -> list[list[str]]:
    """Where everything is, once what sticks has come to its place: within ten seconds, else wherever it is."""
    for _ in range(100):
        page.wait_for_timeout(100)
        found: list[list[str]] = page.evaluate(places)
        if found == wanted:
            break
    return found


def height(demo: Handle) -> float:
    """Of the panel, in CSS pixels."""
    found: float = demo.ask("demo.element.querySelector('.demo-panel').getBoundingClientRect().height")
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("slug", dict.fromkeys(slug for slug, _ in demos()))
def test_waking_moves_nothing(visit: Visit, slug: str, width: int) -> None:
    """Every part of every panel of a page: as the build shipped it, as the script made it, and awake."""
    options: dict[str, Any] = PHONE if width < 500 else {}
    page = visit(f"/{slug}/", HOLD, on="processor", **{**options, "viewport": {"width": width, "height": 844}})
    laid_out(page).evaluate("document.fonts.ready.then(() => true)")
    names = [name for place, name in demos() if place == slug]
    for name in names:
        page.locator(f"#demo-{name}").scroll_into_view_if_needed()
    until(page, "window.go")
    places = f"({names!r}).map((name) => {PLACES}(document.getElementById(`demo-${{name}}`)))"
    shipped = page.evaluate(places)
    assert min(map(len, shipped)) >= 8
    page.evaluate(LISTEN)
    page.evaluate("window.go()")
    for name in names:
        demo = Handle(page, name).find()
        assert settled(page, places, shipped) == shipped, f"{name} is live"
        page.evaluate("shifts.length = 0")  # where all demos of a page come at once, the browser counts scrolls
        demo.ask("demo.wake()")
        assert settled(page, places, shipped) == shipped, f"{name} is awake"
        shifts = page.evaluate("shifts")
        assert sum(value for value, *_ in shifts) < 0.005, shifts  # numbers inside a box that stays
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("options", "most"), [(LAPTOP, 768), (PHONE, 2 * 844)], ids=["laptop", "phone"])
@every_demo
def test_no_demo_is_taller_than_one_laptop_screen_or_two_of_a_phone(
    visit: Visit, slug: str, name: str, options: dict[str, Any], most: int
) -> None:
    demo = Handle(visit(f"/{slug}/", on="processor", **options), name).find()
    assert height(demo) <= most
    demo.ask("demo.wake()")
    assert height(demo) <= most


def seen(demo: Handle, part: str) -> bool:
    """Whether a part of the panel is on the screen, whole."""
    inside = "(({ top, bottom }) => top >= -1 && bottom <= innerHeight + 1)"
    found = demo.ask(f"{inside}(demo.element.querySelector('{part}').getBoundingClientRect())")
    return bool(found)


@pytest.mark.parametrize("options", [LAPTOP, PHONE], ids=["laptop", "phone"])
@every_demo
def test_the_bar_and_the_first_view_are_seen_together(
    visit: Visit, slug: str, name: str, options: dict[str, Any]
) -> None:
    """Wherever the panel fills the window, and where it begins."""
    page = laid_out(visit(f"/{slug}/", on="processor", **options))
    demo = Handle(page, name).find()
    top, tall = demo.ask("(({ top, height }) => [top + scrollY, height])(demo.element.firstElementChild"
                         ".querySelector('.demo-panel').getBoundingClientRect())")  # fmt: skip
    window = options["viewport"]["height"]
    for share in (0, 0.3, 0.6, 1):
        page.evaluate(f"scrollTo({{ top: {top + share * max(0, tall - window)}, behavior: 'instant' }})")
        page.wait_for_timeout(50)
        for part in (".play", ".demo-status", ".demo-first"):
            assert seen(demo, part), f"{part} at {share:.0%} of the way"


@every_demo
def test_where_the_window_is_low_nothing_covers_the_rest(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", on="processor", viewport={"width": 844, "height": 390}), name).find()
    for part in (".demo-head", ".demo-bar"):
        assert demo.ask(f"getComputedStyle(demo.element.querySelector('{part}')).position") == "static"


@pytest.mark.parametrize("options", [LAPTOP, PHONE], ids=["laptop", "phone"])
@every_demo
def test_on_paper_there_is_the_figure(visit: Visit, slug: str, name: str, options: dict[str, Any]) -> None:
    demo = Handle(visit(f"/{slug}/", on="processor", **options), name).find()
    demo.ask("demo.wake()")
    demo.page.emulate_media(media="print")
    assert demo.element.locator(".demo-poster").locator("svg, img").filter(visible=True).count() == 1
    assert demo.element.locator("figcaption").is_visible()
    for part in (".demo-bar", ".demo-help", ".demo-foot", "canvas"):
        assert demo.element.locator(part).filter(visible=True).count() == 0, part


@every_demo
def test_no_sentence_makes_a_panel_higher(visit: Visit, slug: str, name: str) -> None:
    demo = Handle(visit(f"/{slug}/", on="processor", **PHONE), name).find()
    height = "demo.element.querySelector('.demo-panel').offsetHeight"
    before = demo.ask(height)
    demo.play()
    for _ in range(12):
        demo.page.wait_for_timeout(250)
        assert demo.ask(height) == before, demo.words()


@pytest.mark.parametrize("width", [1366, 820, 390])
def test_no_words_of_the_graph_lie_on_others(visit: Visit, width: int) -> None:
    (slug,) = (slug for slug, name in demos() if name == "backprop")
    demo = Handle(visit(f"/{slug}/", on="processor", viewport={"width": width, "height": 844}), "backprop").find()
    demo.steps(20)
    boxes = demo.ask(
        "[...demo.element.querySelectorAll('.ten text')].filter((each) => each.textContent).map((each) => "
        "[each.textContent, ...['left', 'right', 'top', 'bottom'].map((side) => each.getBoundingClientRect()[side])])"
    )
    assert len(boxes) > 30
    for i, (text, left, right, top, bottom) in enumerate(boxes):
        for other, far_left, far_right, above, below in boxes[:i]:
            apart = right <= far_left + 1 or far_right <= left + 1 or bottom <= above + 6 or below <= top + 6
            assert apart, f"{text} lies on {other}"
