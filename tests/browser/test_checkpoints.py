"""What a run keeps of its backend's state while it moves: enough that little is repeated, and at little cost."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_losses import LOSE, STATE
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
