"""Views with cells, tokens, nodes, formulas and verdicts: drawn, pointed at, walked through, chosen, told in tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from site_builder.bundle.assets import Bundle
from tests.browser.conftest import Served, page_html, painted, until
from tests.browser.test_runtime import RUN, ready, start

Opener = Callable[..., Page]
BACKENDS = ("gpu", "processor")
INSIDE = (
    '<live-demo name="views" id="demo-views" manifest="/assets/manifest.json"><figure>'
    "<figcaption>Every view.</figcaption></figure></live-demo>"
)
# At least and at most so many of 100 pixels of a view's canvas are covered.
COVERED = {"field": (95, 100), "runs": (0.1, 20), "spread": (3, 60), "tiles": (60, 97), "map": (40, 100)}


@pytest.fixture
def opened(site: Served, bundled: Bundle, open_page: Opener) -> Callable[..., Page]:
    """The page of fixtures/views, trained for some steps and paused."""
    site.put("/", page_html(bundled, INSIDE, "demos/views/demo.js"))

    def opens(on: str = "processor", **options: Any) -> Page:
        page = open_page(site.url, on=on, **options)
        start(page)
        page.evaluate(f"{RUN}.inspect = (...all) => Object.assign(chosen, {{ inspected: all }})")  # needs formulas
        page.click(".play")
        until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
        return page

    return opens


def tip(view: str) -> str:
    """JavaScript for what is said of the cell that is pointed at."""
    return f"document.querySelector('[data-view={view}] .cell-tip:not([hidden])')?.textContent"


@pytest.mark.parametrize("on", BACKENDS)
def test_both_backends_draw_them(opened: Callable[..., Page], on: str) -> None:
    page = opened(on)
    for view, (least, most) in COVERED.items():
        share = 100 * painted(page.locator(f"[data-view={view}] canvas"))
        assert least < share <= most, view


KEPT = """(demo) => {
  const curve = (height, ghost) => ({
    steps: Float32Array.from({ length: 500 }, (_, i) => 3 * i),
    values: Float32Array.from({ length: 500 }, (_, i) => height / (1 + i)),
    count: 400, ghost,
  });
  demo.curve = () => [curve(1, false), curve(30, true)];
  demo.redraw();
}"""


@pytest.mark.parametrize("on", BACKENDS)
def test_curves_that_no_plan_has_are_drawn(opened: Callable[..., Page], on: str) -> None:
    """A ghost lies above the run, and is drawn as well: more is covered, and the axes hold both."""
    page = opened(on)
    page.evaluate(f"({KEPT})({RUN})")
    axis = "[...document.querySelectorAll('[data-view=runs] .plot-axes text')].map((e) => e.textContent)"
    until(page, f"{axis}.includes('1,000')")
    with_ghost = painted(page.locator("[data-view=runs] canvas"))
    page.evaluate(f"{{ const all = {RUN}.curve; {RUN}.curve = () => all().slice(0, 1); {RUN}.redraw(); }}")
    page.wait_for_timeout(400)
    assert with_ghost > 1.2 * painted(page.locator("[data-view=runs] canvas"))
    page.hover("[data-view=runs] .plot-over", position={"x": 120, "y": 60})
    words = "document.querySelector('[data-view=runs] .plot-tip:not([hidden])')?.textContent"
    until(page, f"{words}?.includes('seeds ') && {words}.includes('2 runs from')")
    page.click("text=Show data as table")
    page.wait_for_selector(".demo-table caption")
    head = page.locator("caption:text-is('Runs') ~ thead td, caption:text-is('Runs') ~ thead th").all_inner_texts()
    assert head[:4] == ["step", "seeds, lowest", "median", "highest"]


def test_cells_are_pointed_at_and_walked_through(opened: Callable[..., Page]) -> None:
    page = opened()
    place = page.locator("[data-view=field] .cells-over")
    box = place.bounding_box()
    assert box is not None
    place.hover(position={"x": 4, "y": box["height"] - 4})  # the first row is the lowest
    first = page.evaluate(f"{RUN}.probe('field', 0)")
    until(page, f"{tip('field')}?.startsWith('score ')")
    found = float(page.evaluate(tip("field")).split()[1].replace("−", "-"))
    assert found == pytest.approx(first, rel=6e-3)
    place.focus()
    place.click(position={"x": 4, "y": box["height"] - 4})
    assert page.evaluate("chosen.field") == [0, 0]
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    until(page, "chosen.field.join() === '1,2'")
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    until(page, "chosen.field.join() === '32,32'")
    heard = "document.querySelector('[data-view=field] .cell-heard').textContent"
    until(page, f"{heard}.startsWith('score ')")
    page.keyboard.press("Alt+ArrowLeft")  # the browser's own
    assert page.evaluate("chosen.field.join()") == "32,32"


def test_a_chosen_cell_is_marked_where_it_lies(opened: Callable[..., Page]) -> None:
    """The demo says that row 0, column 32 is chosen: the lower right corner."""
    page = opened()
    area = page.locator("[data-view=field] .plot-area").bounding_box()
    mark = page.locator("[data-view=field] .cell-chosen").bounding_box()
    assert area is not None
    assert mark is not None
    assert mark["x"] + mark["width"] == pytest.approx(area["x"] + area["width"], abs=1)
    assert mark["y"] + mark["height"] == pytest.approx(area["y"] + area["height"], abs=1)


@pytest.mark.parametrize(
    ("view", "at", "place", "index"),
    [("tiles", (0.51, 0.01), [1, 0, 0], 1), ("tiles", (0.99, 0.99), [3, 7, 7], 255), ("map", (0.9, 0.9), [2, 1], 9)],
)
def test_a_cell_is_chosen_and_inspected(
    opened: Callable[..., Page], view: str, at: tuple[float, float], place: list[int], index: int
) -> None:
    """What is told of it is its number; `inspect` is told where this lies in the buffer."""
    page = opened()
    cells = page.locator(f"[data-view={view}] .cells-over")
    box = cells.bounding_box()
    assert box is not None
    cells.click(position={"x": at[0] * box["width"], "y": at[1] * box["height"]})
    until(page, f"chosen.{view}?.join() === '{','.join(map(str, place))}'")
    assert page.evaluate("chosen.inspected") == ["tiles", index]
    until(page, tip(view))
    told = page.evaluate(tip(view)).split("\n")[0].rpartition(": ")[2]
    value = page.evaluate(f"{RUN}.probe('tiles', {index})")
    assert float(told.replace("−", "-")) == pytest.approx(value, rel=6e-3, abs=1e-6)


def test_the_scale_says_what_full_colour_means(opened: Callable[..., Page]) -> None:
    page = opened()
    largest = page.evaluate(f"{RUN}.read('tiles').then((all) => Math.max(...all.map(Math.abs)))")
    ends = page.locator("[data-view=tiles] .scale-legend span").all_inner_texts()
    assert [float(each.replace("−", "-")) for each in ends] == pytest.approx([-largest, largest], rel=6e-3)


def test_tokens_are_one_stop_for_tab(opened: Callable[..., Page]) -> None:
    page = opened()
    words = page.locator("[data-view=words] button")
    assert words.all_inner_texts() == ["the", "cat", "↵", "sat"]
    stops = "[...document.querySelectorAll('[data-view=words] button')].map((e) => e.tabIndex)"
    assert page.evaluate(stops) == [0, -1, -1, -1]
    words.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert page.evaluate(stops) == [-1, -1, -1, 0]
    page.keyboard.press("Enter")
    until(page, "chosen.words?.join() === '3'")
    shares = page.evaluate(
        "[...document.querySelectorAll('[data-view=words] button')]"
        ".map((e) => [+e.style.getPropertyValue('--share'), e.classList.contains('below')])"
    )
    values = page.evaluate(f"[...{RUN}.values.bars]")
    largest = max(map(abs, values))
    assert [share for share, _ in shares] == pytest.approx([abs(v) / largest for v in values], abs=1e-3)
    assert [below for _, below in shares] == [v < 0 for v in values]


def test_the_verdict_is_the_largest(opened: Callable[..., Page]) -> None:
    page = opened()
    values = page.evaluate(f"[...{RUN}.values.bars]")
    names = ["x", "y", "bias", "half"]
    order = sorted(range(4), key=lambda i: -values[i])
    assert page.locator(".verdict-answer").inner_text() == names[order[0]]
    assert page.locator(".verdict-judged").inner_text() == ("right" if order[0] == 3 else "it is half")
    assert page.locator(".verdict li span:first-child").all_inner_texts() == [names[i] for i in order[:3]]


def test_no_number_is_no_verdict(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate(
        f"{{ {RUN}.values.bars.fill(NaN); {RUN}.views.find((each) => each.reads?.includes('bars') && "
        f"each.element.classList.contains('verdict-view')).update(); }}"
    )
    assert page.locator(".verdict-answer").inner_text() == "–"
    assert page.locator(".verdict-judged").inner_text() == "no answer: not a number"
    assert set(page.locator(".verdict li span").all_inner_texts()) == {"–"}


def test_a_formula_has_the_numbers_of_the_moment(opened: Callable[..., Page]) -> None:
    page = opened()
    line = "document.querySelector('.formula p')"
    before = page.evaluate(f"{line}.textContent")
    assert page.locator(".formula rt").all_inner_texts() == ["w", "h"]
    page.click(".demo-bar button:text-is('Step')")
    until(page, f"{line}.textContent !== {before!r}")
    assert page.evaluate(f"{line}.getAttribute('aria-label')").startswith("w + h =  w: ")


def test_a_graph_is_walked_through(opened: Callable[..., Page]) -> None:
    page = opened()
    weights = page.evaluate(f"[...{RUN}.values.weights]")
    page.locator(".nodes g[role=button]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, "chosen.graph?.join() === 'sum'")
    page.keyboard.press("ArrowLeft")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith(("x ", "y "))
    widths = page.evaluate("[...document.querySelectorAll('.arrow path:first-child')].map((e) => +e.style.strokeWidth)")
    assert (widths[0] > widths[1]) == (abs(weights[0]) > abs(weights[1]))


def test_each_has_its_table(opened: Callable[..., Page]) -> None:
    page = opened()
    page.click("text=Show data as table")
    page.wait_for_selector(".demo-table caption")
    captions = page.locator(".demo-table caption").all_inner_texts()
    assert captions == ["Field", "Runs", "Spread", "Tiles", "Map", "Words", "Verdict", "Formula", "Graph"]
    counts = page.locator("caption:text-is('Spread') ~ tbody td:nth-child(2)").all_inner_texts()
    assert sum(int(each) for each in counts) == 33 * 33
    row = page.locator("caption:text-is('Map') ~ tbody tr").nth(2).locator("td").all_inner_texts()
    found = page.evaluate(f"{RUN}.read('tiles').then((all) => [...all.slice(8, 10)])")
    assert row[0] == "↵"
    assert [float(each.replace("−", "-")) for each in row[1:]] == pytest.approx(found, rel=6e-3, abs=1e-3)


def test_axes_stand_there_before_anything_is_computed(site: Served, bundled: Bundle, open_page: Opener) -> None:
    site.put("/", page_html(bundled, INSIDE, "demos/views/demo.js"))
    page = open_page(site.url, on="processor")
    ready(page)
    texts = page.locator("[data-view=field] .plot-axes text").all_text_contents()
    assert {"0.001", "1", "rate", "depth"} <= set(texts), texts


@pytest.mark.parametrize("width", [360, 1366])
def test_no_number_of_an_axis_is_cut(opened: Callable[..., Page], width: int) -> None:
    """All that is written on axes lies inside the panel, and nothing along x lies over another."""
    page = opened(viewport={"width": width, "height": 900})
    inside = """[...document.querySelectorAll('.plot-axes text')].filter((text) => {
      const [all, one] = [text.closest('.demo-panel'), text].map((e) => e.getBoundingClientRect());
      return one.width && (one.left < all.left || one.right > all.right);
    }).map((text) => text.textContent)"""
    assert page.evaluate(inside) == []
    over = """[...document.querySelectorAll('.plot-axes')].flatMap((axes) => {
      const along = [...axes.querySelectorAll('text[text-anchor=middle]')].map((e) => e.getBoundingClientRect());
      return along.slice(1).filter((box, i) => box.left < along[i].right);
    }).length"""
    assert page.evaluate(over) == 0


@pytest.mark.parametrize("limit", [120, 200])
def test_marks_follow_where_a_plot_may_not_be_high(opened: Callable[..., Page], limit: int) -> None:
    """What limits a view is one number of CSS; a plane stays as broad as it is high, other plots stay broad."""
    page = opened(viewport={"width": 1366, "height": 900})
    wide = page.locator("[data-view=runs] .plot-area").bounding_box()
    page.evaluate(f"document.querySelector('.demo-panel').style.setProperty('--view-height', '{limit}px')")
    page.wait_for_timeout(300)
    area, canvas = (page.locator(f"[data-view=runs] {each}").bounding_box() for each in (".plot-area", "canvas"))
    assert area is not None
    assert wide is not None
    assert area == canvas
    assert (area["width"], area["height"]) == (wide["width"], limit)
    assert painted(page.locator("[data-view=runs] canvas")) > 0.001
