"""Back in a run: what was kept of it is shown again, to the bit, and what is done there goes on from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_backends import pause
from tests.browser.test_losses import LOSE
from tests.browser.test_runtime import RUN, start

Opener = Callable[..., Page]
RANGE = ".demo-steps input"
STATE = f"{RUN}.read('weights').then((weights) => [{RUN}.step, ...weights])"
CURVES = f"{RUN}.curve('loss.history').map(({{ count, ghost }}) => [count, ghost])"


def trained(page: Page, steps: int = 30) -> list[float]:
    """The demo after so many steps and a few: its step and its weights."""
    page.evaluate(f"{RUN}.rate = 60")
    start(page)
    until(page, f"{RUN}.lookedAt >= {steps}")
    pause(page)
    return state(page)


def state(page: Page) -> list[float]:
    found: list[float] = page.evaluate(STATE)
    return found


def visit(page: Page, step: int) -> list[float]:
    """Goes to the kept step that is nearest."""
    page.evaluate(f"{RUN}.visit({step})")
    until(page, f"{RUN}.lookedAt === {RUN}.step")
    return state(page)


@pytest.mark.parametrize("on", ["gpu", "processor"])
def test_an_earlier_step_is_as_it_was(site: Served, open_page: Opener, on: str) -> None:
    page = open_page(site.url, on=on)
    end = trained(page)
    found = visit(page, 12)
    assert 0 < found[0] < 25
    until(page, f"/step \\d+ of {end[0]}/.test(document.querySelector('.demo-status').textContent)")
    assert page.inner_text(".demo-steps .output") == f"Step {found[0]} of {end[0]}, kept"
    assert page.evaluate(CURVES) == [[found[0], False], [end[0], True]]
    assert visit(page, 0)[0] == 0
    assert visit(page, 10_000) == end
    assert page.evaluate(CURVES) == [[end[0], False]]
    page.click("button:text-is('Reset')")
    again = page.evaluate(f"{RUN}.run('step', {found[0]}).then(() => {STATE})")
    assert again == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("how", ["button:text-is('Step')", ".play"])
def test_who_goes_on_from_there_leaves_a_ghost(site: Served, open_page: Opener, how: str) -> None:
    page = open_page(site.url)
    end = trained(page)
    found = visit(page, 10)
    page.click(how)
    until(page, f"{RUN}.lookedAt > {found[0]}")
    if how == ".play":
        pause(page)
    step = page.evaluate(f"{RUN}.step")
    until(page, f"{RUN}.lookedAt === {step}")
    assert page.evaluate(CURVES) == [[step, False], [end[0], True]]
    assert visit(page, 10_000)[0] == step  # there is no other end any more


def test_a_setting_that_steps_read_is_as_it_was_and_changing_it_forks(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    page.wait_for_selector(".demo-bar:not([disabled])")
    rate = page.evaluate(f"{RUN}.input('learning_rate')[0]")
    middle = trained(page, 20)
    page.evaluate(f"{RUN}.set('learning_rate', 3); {RUN}.write('sketch', new Float32Array(64).fill(1))")
    trained(page, int(middle[0]) + 10)
    last = "[...{run}.input('learning_rate'), {run}.input('sketch')[0]]".replace("{run}", RUN)
    assert page.evaluate(last) == [3, 1]
    found = visit(page, 10)
    assert page.evaluate(last) == [rate, 1]  # a drawing is no part of the run
    page.evaluate(f"{RUN}.write('sketch', new Float32Array(64))")
    assert page.evaluate(f"{RUN}.activeRun.lastStep") > found[0]
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    assert page.evaluate(f"{RUN}.activeRun.lastStep") == found[0]


def test_a_lost_device_and_another_backend_are_no_matter(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    end = trained(page)
    found = visit(page, 10)
    page.evaluate(f"window.gone = {RUN}.backend; {LOSE}")
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    assert state(page) == found
    page.evaluate("sessionStorage.setItem('compute-on', 'processor')")
    page.evaluate(f"{RUN}.awaken({RUN}.activeRun.move())")
    until(page, f"{RUN}.backend?.kind === 'processor'")
    assert state(page) == found
    assert visit(page, 10_000) == end
    assert visit(page, 10) == found


def test_by_keyboard(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    end = trained(page)
    page.focus(RANGE)
    seen: list[Any] = []
    for _ in range(3):
        before = page.evaluate(f"{RUN}.step")
        page.keyboard.press("ArrowLeft")
        until(page, f"{RUN}.lookedAt < {before}")
        seen.append(page.get_attribute(RANGE, "aria-valuetext"))
    assert seen[0] != seen[1] != seen[2]
    assert all(each.endswith(f"of {end[0]}, kept") for each in seen)
    page.keyboard.press("End")
    until(page, f"{RUN}.lookedAt === {end[0]}")
    assert page.get_attribute(RANGE, "aria-valuetext") == f"Step {end[0]}"
    page.keyboard.press("Home")
    until(page, f"{RUN}.lookedAt === 0")
