"""Figures that are run once more on the reader's machine, and what is said of the two curves."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import REPLAY, Served, page_html, until
from tests.browser.devices import lost_at_submit
from tests.browser.test_runtime import RUN, ready

Opener = Callable[..., Page]


def test_a_figure_runs_again_on_the_readers_gpu(site: Served, bundled: Any, open_page: Opener) -> None:
    inside = '<figure><svg viewBox="0 0 9 9"></svg><figcaption>Loss</figcaption></figure>'
    figure = f'<figure-replay record="/assets/record.json">{inside}</figure-replay>'
    site.put("/", page_html(bundled, figure, REPLAY))
    page = open_page(site.url)
    page.click("text=Run this on your machine")
    page.wait_for_selector(".replay-said.fine", timeout=10_000)
    said = page.inner_text(".replay-said")
    assert "within the tolerance of 0.001" in said
    assert "SwiftShader" in said
    page.click("text=How the figure was made")
    page.wait_for_selector(".replay-record dl")
    assert "shaders/test/update.wgsl" in page.inner_text(".replay-record")


def test_the_curve_is_drawn_over_the_figures_own(
    site: Served, separator: ModuleType, bundled: Any, open_page: Opener
) -> None:
    record = separator.record()
    losses = record["series"]["loss.history"]
    times = len(losses)
    place = {
        "box": [10, 10, 110, 60],
        "x": [0, 2 * times],
        "y": [0, 2 * losses[0]],
        "logs": [False, False],
        "first": 0,
        "step": 1,
    }
    site.put("/assets/record.json", {**record, "places": {"wide": place}})
    figure = '<figure><svg class="figure-svg only-wide" viewBox="0 0 120 70"></svg></figure>'
    site.put("/", page_html(bundled, f'<figure-replay record="/assets/record.json">{figure}</figure-replay>', REPLAY))
    page = open_page(site.url)
    for _ in range(2):  # again, and there is still one line
        page.click(".replay button")
        page.wait_for_selector(".replay-said.fine", timeout=10_000)
        points = re.findall(r"[ML]([\d.]+) ([\d.]+)", page.locator(".replay-curve").get_attribute("d") or "")
        assert len(points) == times
        assert [float(at) for at in points[0]] == pytest.approx([10, 35], abs=0.11), "half of the height"
        assert float(points[-1][0]) == pytest.approx(10 + 50 * (times - 1) / times, abs=0.11)
    assert page.locator(".replay-plot").count() == 0, "a figure that shows the curve needs no other plot"


def test_a_replay_that_differs_says_so(site: Served, separator: ModuleType, bundled: Any, open_page: Opener) -> None:
    record = separator.record()
    record["series"]["loss.history"][30] *= 1.05
    site.put("/assets/record.json", record)
    site.put("/", page_html(bundled, '<figure-replay record="/assets/record.json"></figure-replay>', REPLAY))
    page = open_page(site.url)
    page.click("text=Run this on your machine")
    page.wait_for_selector(".replay-said.bad", timeout=10_000)
    assert "outside the tolerance" in page.inner_text(".replay-said")
    assert page.locator(".replay-plot text").all_text_contents()[-2:] == ["step", "loss"]


def replaying(page: Page) -> str:
    """Run a figure again, and what is said of it."""
    page.click("text=Run this on your machine")
    page.wait_for_selector(".replay-said.fine, .replay-said.bad", timeout=20_000)
    return page.inner_text(".replay-said")


@pytest.fixture
def figure(site: Served, bundled: Any) -> str:
    """A page with a figure that can be run again."""
    site.put("/figure", page_html(bundled, '<figure-replay record="/assets/record.json"></figure-replay>', REPLAY))
    return f"{site.url}/figure"


def test_a_figure_from_a_processor_is_equal_to_the_last_bit(
    site: Served, separator: ModuleType, open_page: Opener, figure: str
) -> None:
    again = f"{RUN}.read('loss.history').then((a) => [...a].slice(0, 40))"
    page = open_page(site.url, on="processor")
    ready(page)
    for _ in range(40):
        page.click("button:text-is('Step')")
    until(page, f"{RUN}.step === 40")
    record = separator.record()
    record["series"]["loss.history"] = page.evaluate(again)
    record["runner"] = "processor"
    site.put("/assets/record.json", record)
    said = replaying(open_page(figure, on="processor"))
    end = "the thin line over the curve. The curve is equal to the last bit to the one built on plain Python."
    assert said.endswith(f"s on the processor, {end}")
    assert "within the tolerance of 0.001" in replaying(open_page(figure, on="gpu"))
    record["series"]["loss.history"][7] *= 1 + 1e-6
    site.put("/assets/record.json", record)
    page = open_page(figure, on="processor")
    assert replaying(page).endswith(", and it should be equal to the last bit.")
    assert page.locator(".replay-said.bad").is_visible()


def test_a_figure_whose_device_is_lost_is_run_on(site: Served, open_page: Opener, figure: str) -> None:
    page = open_page(figure, script=lost_at_submit(12))
    assert "within the tolerance of 0.001" in replaying(page)
