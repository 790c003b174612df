"""Backends that go, at every moment at which they can: the run goes on where it was, and a sentence says on what.

`GPUDevice.destroy()` loses a device as a crash does, and ending the worker is a worker that dies.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DEVICES, Served, until
from tests.browser.test_runtime import COUNT_BUFFERS, RUN, ready, start

Opener = Callable[..., Page]
LOSE = f"{RUN}.backend.runner.device.destroy()"
ERROR = "document.querySelector('.demo-error')"
STATE = f"{RUN}.read('weights').then((a) => [...a])"
# What is said and shown while a run is rebuilt, which may be between two looks at the page.
HEAR = """
  window.said = [];
  const hear = () => {
    for (const part of ["status", "words", "error"]) {
      const text = document.querySelector(`.demo-${part}`)?.textContent ?? "";
      if (text && !window.said.includes(text)) window.said.push(text);
    }
  };
  addEventListener("DOMContentLoaded", () =>
    new MutationObserver(hear).observe(document.body, { childList: true, subtree: true, characterData: true }));
"""
# The first devices are lost at once, so many of them.
LOST_AT_ONCE = """
  const request = GPUAdapter.prototype.requestDevice;
  let left = COUNT;
  GPUAdapter.prototype.requestDevice = async function (...all) {
    const device = await request.apply(this, all);
    if (left-- > 0) device.destroy();
    return device;
  };
"""
# A device is lost at its nth submit.
LOST_AT_SUBMIT = """
  const submit = GPUQueue.prototype.submit;
  let submits = 0;
  GPUQueue.prototype.submit = function (all) {
    submit.call(this, all);
    if (++submits === NTH) devices.get(this).destroy();
  };
"""


def healthy(page: Page) -> None:
    """It trains, what it shows are numbers, and nothing ever said was none."""
    until(page, f"{RUN}.backend && {RUN}.lookedAt > 0 && {RUN}.step > 0")
    step = page.evaluate(f"{RUN}.step")
    until(page, f"{RUN}.step > {step}")
    for text in page.evaluate("window.said ?? []"):
        assert "NaN" not in text, text
        assert "undefined" not in text, text


def test_a_lost_device_comes_back_with_the_run(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=COUNT_BUFFERS + HEAR)
    start(page)
    page.click(".play")
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    step = page.evaluate(f"{RUN}.step")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === {step + 1}")
    weights = page.evaluate(STATE)
    page.evaluate(LOSE)
    until(page, "window.said.some((text) => text.endsWith('was lost. Rebuilding the run …'))")
    until(page, f"{RUN}.backend && {ERROR}.hidden")
    assert page.evaluate(STATE) == weights
    assert page.evaluate(f"{RUN}.step") == step + 1
    page.click(".play")
    until(page, f"{RUN}.playing && {RUN}.step > 40")
    healthy(page)


@pytest.mark.parametrize("count", [1, 5])
def test_a_device_lost_while_a_run_is_built(site: Served, open_page: Opener, count: int) -> None:
    page = open_page(site.url, script=LOST_AT_ONCE.replace("COUNT", str(count)) + HEAR)
    ready(page)
    page.click(".play")
    healthy(page)


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 6])
def test_a_device_lost_in_the_first_frames(site: Served, open_page: Opener, nth: int) -> None:
    """Before, in and after the first picture: what is shown are numbers, or the figure."""
    page = open_page(site.url, script=DEVICES + LOST_AT_SUBMIT.replace("NTH", str(nth)) + HEAR)
    ready(page)
    page.click(".play")
    healthy(page)


def test_ten_losses_end_on_the_processor(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR)
    start(page)
    lost = 0
    while page.evaluate(f"{RUN}.backend?.kind") == "gpu" and lost < 10:
        step = page.evaluate(f"{RUN}.step")
        page.evaluate(f"window.gone = {RUN}.backend; {LOSE}")
        until(page, f"{RUN}.backend && {RUN}.backend !== window.gone && {RUN}.step > {step}")
        lost += 1
    assert 1 <= lost <= 3
    assert page.evaluate(f"{RUN}.backend.kind") == "processor"
    assert page.inner_text(".demo-error").endswith("was lost; the run continues on the processor.")
    assert "processor" in page.inner_text(".demo-status")
    healthy(page)


def test_the_step_counter_counts_what_was_done(site: Served, open_page: Opener) -> None:
    """The plan counts its steps itself: after losses in the middle of frames both counters agree."""
    page = open_page(site.url)
    start(page)
    for _ in range(2):
        page.evaluate(f"window.gone = {RUN}.backend; {LOSE}")
        until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    page.wait_for_timeout(300)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    counted, step = page.evaluate(f"{RUN}.read('step').then(([n]) => [n, {RUN}.step])")
    assert counted == step


def test_a_loss_while_reading(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR)
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    before = page.evaluate(STATE)
    read = f"(() => {{ const reading = {STATE}; {LOSE}; return reading; }})()"
    assert page.evaluate(read) == pytest.approx(before, rel=1e-6)
    until(page, f"{RUN}.backend")


def test_a_loss_while_a_look_is_pending(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR)
    start(page)
    page.evaluate(f"""() => {{
        const {{ backend }} = {RUN}, read = backend.read;
        backend.read = function (...all) {{
            backend.read = read;
            this.runner.device.destroy();
            return new Promise(() => {{}});
        }};
    }}""")
    until(page, f"{RUN}.backend && !Object.hasOwn({RUN}.backend, 'read')")
    looked = page.evaluate(f"{RUN}.lookedAt")
    until(page, f"{RUN}.lookedAt > {looked}")
    healthy(page)


def test_a_loss_while_the_log_is_repeated(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR)
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    weights, step = page.evaluate(STATE), page.evaluate(f"{RUN}.step")
    page.evaluate(f"""() => {{
        const kind = {RUN}.backend.constructor.prototype, write = kind.write;
        kind.write = function (...all) {{
            kind.write = write;
            write.apply(this, all);
            this.runner?.device.destroy();
        }};
        {LOSE};
    }}""")
    until(page, f"{RUN}.backend")
    page.wait_for_timeout(300)
    until(page, f"{RUN}.backend")
    assert page.evaluate(STATE) == pytest.approx(weights, rel=1e-5)
    assert page.evaluate(f"{RUN}.step") == step
    page.click(".play")
    healthy(page)


HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_loss_while_hidden_is_mended_when_someone_looks(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR)
    start(page)
    page.evaluate(HIDE, True)
    page.evaluate(LOSE)
    until(page, f"!{RUN}.backend")
    step = page.evaluate(f"{RUN}.step")
    page.wait_for_timeout(400)
    assert page.evaluate(f"[{RUN}.awake, {RUN}.step]") == [False, step]
    page.evaluate(HIDE, False)
    until(page, f"{RUN}.step > {step}")
    healthy(page)


HEAR_WORKERS = """
  const Plain = Worker;
  window.workers = [];
  window.Worker = class extends Plain { constructor(...all) { super(...all); window.workers.push(this); } };
"""


def test_a_worker_that_dies(site: Served, open_page: Opener) -> None:
    """As a browser short of memory ends one: it falls silent, or an error comes. Here an error."""
    page = open_page(site.url, script=HEAR_WORKERS + HEAR, on="processor")
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    weights, step = page.evaluate(STATE), page.evaluate(f"{RUN}.step")
    die = "workers.at(-1).terminate(); workers.at(-1).onerror(new ErrorEvent('error', { message: 'out of memory' }))"
    page.evaluate(die)
    until(page, f"{RUN}.backend && {ERROR}.hidden")
    assert page.evaluate(STATE) == weights
    assert page.evaluate(f"{RUN}.step") == step
    page.click(".play")
    healthy(page)


def test_when_nothing_is_left_play_tries_again(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR, expect_errors=True)
    start(page)
    del site.files["/assets/plan-calm.wasm"]
    page.evaluate("void (GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('nothing left')))")
    step = page.evaluate(f"{RUN}.step")
    page.evaluate(LOSE)
    until(page, f"{ERROR}.textContent.includes('/assets/plan-calm.wasm could not be loaded (404)')")
    assert "The GPU could not be opened: nothing left" in page.inner_text(".demo-error")
    assert page.inner_text(".play") == "Play"
    page.click(".play")
    until(page, f"{ERROR}.textContent.includes('404')")
    assert page.evaluate(f"{RUN}.step") >= step


def test_a_loss_while_another_plan_is_built(site: Served, open_page: Opener) -> None:
    page = open_page(site.url, script=HEAR)
    start(page)
    page.evaluate(
        f"(() => {{ const {{ device }} = {RUN}.backend.runner; {RUN}.set('pace', 'brisk'); device.destroy(); }})()"
    )
    until(page, f"{RUN}.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.backend?.runner?.plan === {RUN}.plan")
    healthy(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    counted, step = page.evaluate(f"{RUN}.read('step').then(([n]) => [n, {RUN}.step])")
    assert counted == step
