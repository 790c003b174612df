"""The runtime trains, recovers, frees, pauses and tells, on a plan that no engine made. Chromium on SwiftShader."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DEMO, Served, page_html, painted, until

Opener = Callable[..., Page]

ELEMENT = "document.querySelector('live-demo')"
RUN = f"{ELEMENT}.demo"
COUNT_BUFFERS = """
  window.made = 0; window.destroyed = 0;
  const create = GPUDevice.prototype.createBuffer, destroy = GPUBuffer.prototype.destroy, gone = new WeakSet();
  GPUDevice.prototype.createBuffer = function (...a) {
    window.made++; window.device = this; return create.apply(this, a);
  };
  GPUBuffer.prototype.destroy = function () {
    if (!gone.has(this)) { gone.add(this); window.destroyed++; }
    return destroy.call(this);
  };
"""
COUNT_MAPS = """
  window.maps = 0;
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (...a) { window.maps++; return map.apply(this, a); };
"""


def ready(page: Page) -> None:
    """The demo may be started, and its rare settings are unfolded."""
    page.wait_for_selector(".demo-bar:not([disabled])")
    page.evaluate("for (const fold of document.querySelectorAll('.demo-settings')) fold.open = true")


def trained(page: Page, steps: int) -> None:
    """So many steps were taken and read."""
    until(page, f"{RUN}.lookedAt >= {steps}", timeout=20_000)


def start(page: Page, steps: int = 20) -> None:
    """Play, until so many steps were seen."""
    ready(page)
    page.click(".play")
    trained(page, steps)


def losses(page: Page, count: int) -> list[float]:
    """The first entries of the history."""
    found: list[float] = page.evaluate(f"{RUN}.read('loss.history').then(a => [...a].slice(0, {count}))")
    return found


def test_it_trains_as_the_definition_does(site: Served, open_page: Opener, separator: ModuleType) -> None:
    page = open_page(site.url)
    ready(page)
    for step in range(1, 13):
        page.click("button:text-is('Step')")
        until(page, f"{RUN}.step === {step}")
    expected = [loss for _, loss in separator.train(12)[:-1]]
    assert losses(page, 12) == pytest.approx(expected, rel=1e-4)
    assert expected[-1] < 0.7 * expected[0]


def test_the_status_tells(site: Served, open_page: Opener, record_property: Callable[[str, object], None]) -> None:
    page = open_page(site.url)
    ready(page)
    took = page.evaluate(
        f"""async () => {{ const start = performance.now(); document.querySelector('.play').click();
        while (!({RUN}.step > 0)) await new Promise(requestAnimationFrame);
        await {RUN}.backend.runner.device.queue.onSubmittedWorkDone(); return performance.now() - start; }}"""
    )
    record_property("from the click to the first finished step, ms", took)  # a figure to watch: no test is timed
    trained(page, 30)
    until(page, "/steps\\/s/.test(document.querySelector('.demo-status').textContent)")
    page.click(".play")
    assert page.inner_text(".play") == "Play"
    until(page, f"{RUN}.lookedAt === {RUN}.step")
    status = page.inner_text(".demo-status")
    assert "SwiftShader" in status
    assert "loss" in status
    assert "first weight" in status
    step = page.evaluate(f"{RUN}.step")
    until(page, f"document.querySelector('.demo-words').textContent.includes('After {step} steps')")


@pytest.mark.parametrize("end", ["3", "(demo) => demo.lookedAt >= 3"])
def test_at_its_end_neither_step_nor_play_takes_a_step(site: Served, open_page: Opener, end: str) -> None:
    page = open_page(site.url)
    ready(page)
    page.evaluate(f"void ({RUN}.definition.until = {end})")
    step = page.locator("button:text-is('Step')")
    for count in (1, 2, 3):
        step.click()
        until(page, f"{RUN}.lookedAt === {count}")
    until(page, "document.querySelector('.play').ariaDisabled === 'true'")
    for name in ("Step", "Play"):
        page.locator(f"button:text-is('{name}')").click(force=True)
        until(page, "document.querySelector('.demo-error:not([hidden])')?.textContent.includes('come to its end')")
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{RUN}.step, {RUN}.playing]") == [3, False]
    page.click("button:text-is('Reset')")
    until(page, f"{RUN}.lookedAt === 0 && !{RUN}.ended")
    page.click(".play")
    until(page, f"{RUN}.lookedAt >= 3 && !{RUN}.playing")


def test_where_it_rests_play_goes_on(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    page.evaluate(f"{RUN}.definition.rest = 3")
    page.click(".play")
    until(page, f"{RUN}.lookedAt >= 3 && !{RUN}.playing")
    page.click(".play")
    until(page, f"{RUN}.lookedAt > 20")


def test_reset_stops(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    page.click("button:text-is('Reset')")
    until(page, f"{RUN}.lookedAt === 0 && {RUN}.step === 0 && !{RUN}.playing")


def test_nothing_moves_when_it_wakes(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    before = page.evaluate(f"{ELEMENT}.getBoundingClientRect().height")
    start(page)
    page.click(".play")
    page.wait_for_timeout(300)
    assert page.evaluate(f"{ELEMENT}.getBoundingClientRect().height") == before


def test_frames_read_nothing(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=COUNT_MAPS)
    start(page)
    now = f"[window.maps, performance.now(), {RUN}.step]"
    before, began, first = page.evaluate(now)
    page.wait_for_timeout(2000)
    after, ended, last = page.evaluate(now)
    states = math.log(last / first) / math.log(1.1)  # a tenth of a step's number apart
    assert after - before <= (ended - began) / 250 + states + 2


def test_leaving_the_page_frees_everything(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=COUNT_BUFFERS)
    start(page)
    page.wait_for_timeout(500)
    made = page.evaluate("window.made")
    page.evaluate(f"window.kept = {ELEMENT}; window.kept.remove()")
    page.wait_for_timeout(500)
    assert page.evaluate("[window.made, window.destroyed]") == [made, made]
    page.evaluate("document.querySelector('main').append(window.kept)")
    start(page)


def test_it_pauses_off_screen(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    page.evaluate("document.querySelector('main').style.marginTop = '9000px'; scrollTo(0, 0)")
    until(page, f"!{RUN}.visible")
    step = page.evaluate(f"{RUN}.step")
    page.wait_for_timeout(400)
    assert page.evaluate(f"{RUN}.step") == step
    page.evaluate(f"{ELEMENT}.scrollIntoView()")
    until(page, f"{RUN}.step > {step}")


def test_autostart_waits_for_eyes_and_heeds_reduced_motion(site: Served, bundled: Any, open_page: Opener) -> None:
    site.put("/", page_html(bundled, DEMO.format(extra=" autostart")))
    page = open_page(site.url)
    trained(page, 1)
    calm = open_page(site.url, reduced_motion="reduce")
    ready(calm)
    calm.wait_for_timeout(500)
    assert calm.evaluate(f"{RUN}.playing") is False


def test_an_option_is_another_plan(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    page.check("text=Brisk")
    until(page, f"{RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.backend?.runner.plan === {RUN}.plan")
    until(page, f"{RUN}.playing && {RUN}.step > 0 && {RUN}.lookedAt > 0")


def test_an_index_that_points_nowhere_is_refused(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    said = page.evaluate(f"""() => {{
        {RUN}.plan.buffers.find(({{ name }}) => name === "seed").bound = 5;
        {RUN}.backend.runner.write("seed", [4]);
        try {{ {RUN}.backend.runner.write("seed", [5]); }} catch (error) {{ return error.message; }}
    }}""")
    assert said == "seed holds whole numbers from 0 to 4, not 5."


@pytest.mark.parametrize("wrong", ["-1", "0.5", "NaN", "2 ** 32"])
def test_what_is_no_u32_is_refused(site: Served, open_page: Opener, wrong: str) -> None:
    page = open_page(site.url)
    start(page)
    said = page.evaluate(f"""() => {{
        try {{ {RUN}.backend.runner.write("seed", [{wrong}]); }} catch (error) {{ return error.message; }}
    }}""")
    assert said.startswith("seed holds whole numbers from 0 to 4294967295, not ")
    page.evaluate(f"{RUN}.write('count', [{wrong}])")
    assert page.inner_text(".demo-error").startswith("count holds whole numbers from 0 to 4294967295, not ")
    assert page.evaluate(f"{RUN}.input('count')[0]") == 6
    page.evaluate(f"location.hash = '#demo-separator?count=' + ({wrong})")
    until(page, "document.querySelector('.demo-error').textContent.startsWith('Part of this link was left out: count')")
    assert page.evaluate(f"{RUN}.input('count')[0]") == 6


def test_the_table_holds_what_the_views_show(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    page.click(".play")
    page.wait_for_timeout(400)
    page.click("text=Show data as table")
    page.wait_for_selector(".demo-table caption")
    captions = page.locator(".demo-table caption").all_inner_texts()
    assert captions == ["The plane", "Loss", "A curve", "Weights", "Tiles", "Draw"]
    shown = float(page.locator("caption:text-is('Loss') ~ tbody tr").first.locator("td").nth(1).inner_text())
    first, step = page.evaluate(f"{RUN}.read('loss.history').then(a => [[...a], {RUN}.step])")
    assert shown == pytest.approx(first[max(0, step - len(first)) % len(first)], rel=1e-2)


# At least so many of 100 pixels that a view's marks cover, and fewer than all where there is paper between them.
COVERED = {"the-plane": (90, 100), "loss": (0.3, 20), "a-curve": (1, 20), "weights": (5, 60), "tiles": (75, 95)}


def test_views_draw_from_the_gpu(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page, 60)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    for view, (least, most) in COVERED.items():
        share = 100 * painted(page.locator(f"[data-view={view}] canvas"))
        assert least < share <= most, view


def test_the_pointer_is_told_the_value(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    start(page)
    page.click(".play")
    page.wait_for_timeout(300)
    page.hover("[data-view=the-plane] .plot-over", position={"x": 200, "y": 60})
    until(page, "document.querySelector('[data-view=the-plane] .plot-tip').textContent.startsWith('score ')")
    page.hover("[data-view=weights] .plot-over", position={"x": 40, "y": 60})
    until(page, "document.querySelector('[data-view=weights] .plot-tip').textContent.startsWith('x: ')")
    page.hover("[data-view=tiles] .images", position={"x": 20, "y": 20})
    until(page, "document.querySelector('[data-view=tiles] .plot-tip').textContent.startsWith('0: ')")
