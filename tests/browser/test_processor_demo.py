"""The fixture's demo trains on the processor, in Chromium and in Firefox without WebGPU, from its bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, painted, until
from tests.browser.firefox import Firefox
from tests.browser.test_runtime import RUN, losses, ready, start, trained

Opener = Callable[..., Page]

COUNT_WORKERS = """
    window.workers = 0;
    const Own = Worker;
    window.Worker = class extends Own {
      constructor(...given) { super(...given); window.workers++; window.own = this; }
      terminate() { window.workers--; super.terminate(); }
    };
"""


def lazy(page: Page) -> list[str]:
    """What the processor needs, as far as it was loaded."""
    loaded = [
        Path(url).name for url in page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    ]
    return sorted(name.split("-")[0] for name in loaded if name.endswith(".wasm") or name.startswith("worker-"))


def test_it_trains_as_the_definition_does(site: Served, open_page: Opener, separator: ModuleType) -> None:
    page = open_page(site.url, on="processor")
    ready(page)
    for step in range(1, 13):
        page.click("button:text-is('Step')")
        until(page, f"{RUN}.step === {step}")
    expected = [loss for _, loss in separator.train(12)[:-1]]
    assert losses(page, 12) == pytest.approx(expected, rel=1e-5)
    assert lazy(page) == ["plan", "worker"]
    assert "processor" in page.inner_text(".demo-status")


def test_nothing_of_it_is_loaded_before(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    ready(page)
    page.wait_for_timeout(300)
    assert lazy(page) == []


def test_the_first_picture_is_whole(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    ready(page)
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    for canvas in page.locator(".plot canvas").all():
        assert painted(canvas) > 0  # of the loss there is one value, a dot


def test_controls_and_plans_reach_it(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=COUNT_WORKERS, on="processor")
    start(page)
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    until(page, f"{RUN}.read('learning_rate').then(([rate]) => window.rate = rate) && window.rate === 2")
    page.evaluate(f"{RUN}.set('pace', 'brisk')")
    until(page, f"{RUN}.backend && {RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.lookedAt > 20")
    assert page.evaluate("workers") == 1
    page.evaluate(f"{RUN}.pause()")
    page.evaluate(f"{RUN}.reset()")
    until(page, f"{RUN}.step === 0 && {RUN}.lookedAt === 0")
    page.evaluate("document.querySelector('live-demo').remove()")
    until(page, "workers === 0")


def test_a_worker_that_dies_is_replaced(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=COUNT_WORKERS, on="processor")
    start(page)
    page.click(".play")
    until(page, f"{RUN}.lookedAt === {RUN}.step")
    step, weights = page.evaluate(f"{RUN}.read('weights').then((a) => [{RUN}.step, [...a]])")
    page.evaluate(
        "window.gone = own; own.dispatchEvent(new ErrorEvent('error', { message: 'gone', cancelable: true }))"
    )
    until(page, f"own !== gone && {RUN}.backend && document.querySelector('.demo-error').hidden")
    assert page.evaluate(f"{RUN}.read('weights').then((a) => [{RUN}.step, [...a]])") == [step, weights]
    page.click(".play")
    trained(page, step + 10)


def test_it_trains_in_firefox(site: Served, plain_firefox: Firefox, separator: ModuleType) -> None:
    browser = plain_firefox
    browser.open(site.url)
    browser.until("document.querySelector('.demo-bar:not([disabled])')")
    for step in range(1, 13):
        browser.click(".demo-bar .play + button")
        browser.until(f"{RUN}.step === {step}")
    found = browser.evaluate(f"{RUN}.read('loss.history').then((a) => [...a].slice(0, 12))")
    assert found == pytest.approx([loss for _, loss in separator.train(12)[:-1]], rel=1e-5)
    assert browser.console == []


# Each worker dies soon after it was first told something, whatever it has computed until then.
DOOMED_WORKERS = """
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (...all) {
      postMessage.apply(this, all);
      if (this.doomed) return;
      this.doomed = true;
      setTimeout(() => {
        this.terminate();
        this.onerror(new ErrorEvent("error", { message: "out of memory" }));
      }, 700);
    };
"""


def test_workers_that_die_again_and_again_are_given_up(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=DOOMED_WORKERS, on="processor")
    start(page)
    until(page, "document.querySelector('.demo-error').textContent.includes('within a minute')")
    said = page.inner_text(".demo-error")
    step = page.evaluate(f"{RUN}.step")
    assert f"That was time 5 within a minute. Play tries again, from step {step} on." in said
    page.click(".play")
    until(page, f"{RUN}.step > {step}")


def test_a_slow_start_is_said(site: Served, open_page: Opener) -> None:
    silent = "GPUAdapter.prototype.requestDevice = () => new Promise(() => {});"
    page = open_page(site.url, script=silent, on="gpu")
    ready(page)
    page.click(".play")
    until(page, "document.querySelector('.demo-error').textContent === 'Starting takes longer than usual …'")
    until(page, f"{RUN}.step > 3", 30_000)
    assert "longer than usual" not in page.inner_text(".demo-error")


def test_what_was_said_of_a_run_ends_with_it(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, on="processor")
    start(page)
    page.evaluate(f"{RUN}.panel.say('Something of this run.')")
    page.click("button:text-is('Reset')")
    until(page, "document.querySelector('.demo-error').hidden")
