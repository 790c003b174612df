"""What a run keeps of its backend's state while it moves: enough that little is repeated, and at little cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_losses import ERROR, LOSE, STATE
from tests.browser.test_runtime import RUN, ready, start

Opener = Callable[..., Page]


def test_little_is_repeated(site: Served, open_page: Opener) -> None:
    page = open_page(site.url)
    ready(page)
    page.evaluate(f"{RUN}.rate = 100")
    start(page)
    page.wait_for_timeout(5000)  # checkpoints, one a second at most
    page.evaluate(f"""() => {{
        const kind = {RUN}.backend.constructor.prototype, {{ run }} = kind;
        window.repeated = 0;
        kind.run = function (program, times) {{
            if (program === "step") window.repeated += times;
            return run.call(this, program, times);
        }};
        window.gone = {RUN}.backend;
        window.before = {RUN}.step;
        window.gone.runner.device.destroy();
    }}""")
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    repeated, before = page.evaluate("[repeated, before]")
    assert repeated < before / 2


# What is mapped of a large staging buffer, beside its size.
HEAR_MAPS = """
  window.maps = [];
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (mode, from, length) {
    if (this.size > 2 ** 20) window.maps.push(length / this.size);
    return map.call(this, mode, from, length);
  };
"""


def test_a_large_state_is_kept_and_costs_small_reads_nothing(
    site: Served, separator: ModuleType, open_page: Opener
) -> None:
    plan = separator.plan()
    place = len(plan["allocations"])
    plan["allocations"].append(4 * 400_000)
    plan["buffers"].append({**plan["buffers"][7], "name": "ballast", "shape": [400_000], "allocation": place})
    site.put("/assets/plan-calm.json", plan)
    page = open_page(site.url, script=HEAR_MAPS)
    start(page)
    until(page, "maps.length > 0")
    looked = page.evaluate(f"{RUN}.lookedAt")
    until(page, f"{RUN}.lookedAt > {looked}")
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    assert min(page.evaluate("maps")) > 0.5
    weights, step = page.evaluate(STATE), page.evaluate(f"{RUN}.step")
    page.evaluate(f"window.gone = {RUN}.backend; {LOSE}")
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    assert page.evaluate(STATE) == weights
    assert page.evaluate(f"{RUN}.step") == step


LEAVES = {
    "loss": f"window.gone = {RUN}.backend; {LOSE}",
    "move": f"window.gone = {RUN}.backend; void {RUN}.activeRun.move()",
}


@pytest.mark.parametrize("leave", LEAVES)
def test_it_draws_on_as_if_nothing_had_been(site: Served, open_page: Opener, leave: str) -> None:
    """Each step of the plan draws by the seed."""
    page = open_page(f"{site.url}/#demo-separator?seed=7&labels=1,1,1,-1,-1,-1")
    ready(page)
    page.evaluate(f"{RUN}.rate = 30")
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    page.evaluate(f"{RUN}.read('seed')")  # after the checkpoint that Pause asked for
    page.evaluate(LEAVES[leave])
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    step = page.evaluate(f"{RUN}.step")
    after = page.evaluate(f"{RUN}.run('step', 5).then(() => {STATE})")
    assert page.evaluate(f"{RUN}.read('seed').then((a) => [...a])") == [7]
    page.click("button:text-is('Reset')")
    assert page.evaluate(f"{RUN}.run('step', {step + 5}).then(() => {STATE})") == pytest.approx(after, rel=1e-6)


def test_a_parameter_that_is_no_number_is_said(site: Served, separator: ModuleType, open_page: Opener) -> None:
    """One on which the loss does not depend, so that it goes on falling."""
    plan = separator.plan()
    place = len(plan["allocations"])
    plan["allocations"].append(12)
    plan["buffers"].append({**plan["buffers"][7], "name": "net.bias", "allocation": place})
    site.put("/assets/plan-calm.json", plan)
    page = open_page(site.url)
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    page.evaluate(f"{RUN}.activeRun.perform(['write', 'net.bias', [0, NaN, 0]])")
    assert page.evaluate(f"{ERROR}.hidden")
    page.click(".play")  # states are kept again
    until(page, f"!{ERROR}.hidden")
    said = page.evaluate(f"{ERROR}.querySelector('span').textContent")
    assert re.match(r"net\.bias became what is not a number between steps \d+ and \d+, though the loss does not", said)
    assert re.search(r"loss \d", page.evaluate("document.querySelector('.demo-status').innerText"))


def test_what_a_program_gave_is_still_there(site: Served, separator: ModuleType, open_page: Opener) -> None:
    """A program that neither Play nor the views run gives an output: it is part of a checkpoint."""
    plan = separator.plan()
    plan["programs"]["measure"] = plan["programs"].pop("look")
    plan["programs"]["look"] = {"inputs": [], "outputs": [], "steps": []}
    site.put("/assets/plan-calm.json", plan)
    page = open_page(site.url)
    start(page)
    page.click(".play")
    until(page, f"!{RUN}.playing && {RUN}.lookedAt === {RUN}.step")
    found = f"{RUN}.read('bars').then((a) => [...a])"
    given = page.evaluate(f"{RUN}.run('measure').then(() => {found})")
    assert any(given)
    page.evaluate(f"window.gone = {RUN}.backend; void {RUN}.activeRun.move()")
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    page.evaluate(f"window.gone = {RUN}.backend; {LOSE}")  # what the first one was given again is no matter here
    until(page, f"{RUN}.backend && {RUN}.backend !== window.gone")
    assert page.evaluate(found) == given
