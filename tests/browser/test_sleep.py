"""Demos out of sight, asleep, and many of them on one page: what they hold is given back, and they continue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DEMO, Served, page_html, until
from tests.browser.test_backends import WEIGHTS, pause
from tests.browser.test_runtime import COUNT_BUFFERS, RUN, ready, start

Opener = Callable[..., Page]


def separator_buffers(page: Page) -> int:
    """How many buffers the run of one demo takes."""
    return int(page.evaluate(f"{RUN}.plan.allocations.length"))


def test_out_of_sight_it_gives_back_what_it_holds(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=COUNT_BUFFERS)
    page.clock.install()
    ready(page)
    page.click(".play")
    until(page, f"{RUN}.lookedAt > 20")
    pause(page)
    before = page.evaluate(f"{WEIGHTS}.then((weights) => [weights, {RUN}.step])")
    words = page.inner_text(".demo-words")
    page.evaluate("document.querySelector('main').style.marginTop = '9000px'; scrollTo(0, 0)")
    until(page, f"!{RUN}.visible")
    page.clock.fast_forward(31_000)
    until(page, f"!{RUN}.awake")
    held, made = page.evaluate("[window.made - window.destroyed, window.made]")
    assert held <= made - separator_buffers(page)  # what marks are drawn with stays
    page.evaluate("document.querySelector('live-demo').scrollIntoView()")
    until(page, f"{RUN}.awake")
    assert page.evaluate(f"{WEIGHTS}.then((weights) => [weights, {RUN}.step])") == before
    assert page.inner_text(".demo-words") == words
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === {before[1] + 1}")


def test_what_has_left_the_page_asks_for_no_sleep(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    page.clock.install()
    ready(page)
    page.click(".play")
    until(page, f"{RUN}.lookedAt > 3")
    page.evaluate(f"""
        window.asked = 0;
        {RUN}.activeRun.sleep = () => {{
            window.asked++;
            return new Promise((resolve) => {{ window.answer = () => resolve(false); }});
        }};
        document.querySelector('main').style.marginTop = '9000px';
        scrollTo(0, 0);
    """)
    until(page, f"!{RUN}.visible")
    page.clock.fast_forward(31_000)
    until(page, "asked === 1")
    page.evaluate("answer()")
    page.clock.fast_forward(31_000)
    until(page, "asked === 2")  # as long as it is there
    page.evaluate("document.querySelector('live-demo').remove(); answer()")
    page.clock.fast_forward(31_000)
    page.clock.fast_forward(31_000)
    assert page.evaluate("asked") == 2


def test_after_an_hours_sleep_there_is_no_burst(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    page.clock.install()
    ready(page)
    page.evaluate(f"{RUN}.rate = 20")
    page.click(".play")
    until(page, f"{RUN}.lookedAt > 10")
    until(page, "/steps\\/s/.test(document.querySelector('.demo-status').textContent)")
    page.evaluate(f"""() => {{
        const {{ panel }} = {RUN}, {{ looked }} = panel;
        window.speeds = [];
        panel.looked = (run) => {{ speeds.push(run.stepsPerSecond); looked.call(panel, run); }};
    }}""")
    step = page.evaluate(f"{RUN}.step")
    page.clock.fast_forward(3_600_000)
    until(page, f"{RUN}.step > {step + 1}")
    assert page.evaluate(f"{RUN}.step") < step + 20
    until(page, "speeds.filter((each) => each > 0).length > 2")
    assert min(each for each in page.evaluate("speeds") if each) > 2


def test_back_and_forward(site: Served, open_page: Opener) -> None:
    site.put("/elsewhere", "<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>")
    for on in ("gpu", "processor"):
        page = open_page(site.url, on=on)
        start(page)
        page.goto(f"{site.url}/elsewhere")
        page.go_back()
        ready(page)
        if not page.evaluate(f"{RUN}.playing"):  # the browser kept nothing: it is a new page
            page.click(".play")
        step = page.evaluate(f"{RUN}.step")
        until(page, f"{RUN}.step > {step} && {RUN}.lookedAt > {step}")
        assert page.locator(".demo-error").is_hidden()


@pytest.mark.parametrize("on", ["gpu", "processor"])
def test_ten_demos_of_one_model(site: Served, bundled: Any, open_page: Opener, on: str) -> None:
    each = [DEMO.format(extra="").replace("demo-separator", f"demo-separator-{n}") for n in range(10)]
    site.put("/", page_html(bundled, "".join(each)))
    page = open_page(site.url, script=COUNT_BUFFERS, on=on)
    page.clock.install()
    demos = page.locator("live-demo")
    for number in range(10):
        one = demos.nth(number)
        one.scroll_into_view_if_needed()
        one.locator(".demo-bar:not([disabled])").wait_for()
        one.locator(".play").click()
        until(page, f"document.querySelectorAll('live-demo')[{number}].demo.lookedAt > 3")
    page.clock.fast_forward(31_000)
    awake = "[...document.querySelectorAll('live-demo')].filter((each) => each.demo.awake).length"
    until(page, f"{awake} <= 4")
    if on == "gpu":
        assert page.evaluate("window.destroyed") >= 6 * separator_buffers(page)
    first = "document.querySelector('live-demo').demo"
    step = page.evaluate(f"{first}.step")
    demos.first.scroll_into_view_if_needed()
    until(page, f"{first}.awake && {first}.step > {step}")
