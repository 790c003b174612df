"""The curves that a demo keeps of its histories, on both backends: they are what the rings held."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_backends import pause
from tests.browser.test_runtime import RUN, start

Opener = Callable[..., Page]
CURVES = f"{RUN}.curve('loss.history').map(({{ steps, values, count, ghost }}) => [count, steps[count - 1], ghost])"
SAME = f"""{RUN}.read('loss.history').then((ring) => {{
    const [{{ steps, values, count }}] = {RUN}.curve('loss.history');
    return Array.from(steps.slice(0, count)).every((step, i) => step === i && values[i] === ring[step % ring.length]);
}})"""


@pytest.mark.parametrize("on", ["gpu", "processor"])
def test_a_curve_is_what_the_ring_held(site: Served, open_page: Opener, on: str) -> None:
    page = open_page(site.url, on=on)
    page.evaluate(f"{RUN}.rate = 60")
    assert page.evaluate(CURVES) == []
    start(page)
    until(page, f"{RUN}.lookedAt > 20")
    pause(page)
    steps = page.evaluate(f"{RUN}.step")
    assert page.evaluate(CURVES) == [[steps, steps - 1, False]]
    assert page.evaluate(SAME)
    page.click("button:text-is('Reset')")
    until(page, f"{RUN}.curve('loss.history').length === 2")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    assert page.evaluate(CURVES) == [[1, 0, False], [steps, steps - 1, True]]
