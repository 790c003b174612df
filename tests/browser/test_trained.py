"""A run that starts from what the build trained: where that ended, with its curve, as soon as it is asked for."""

from __future__ import annotations

import base64
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served, until
from tests.browser.test_backends import pause
from tests.browser.test_runtime import RUN, ready, start

Opener = Callable[..., Page]
STEPS = 30
STATE = f"{RUN}.read('weights').then((weights) => [{RUN}.step, ...weights])"
# All parameters and states of a run, as the build would give them.
TAKE = f"""(async () => {{
    await {RUN}.wake();
    await {RUN}.run('step', {STEPS});
    const kept = {RUN}.plan.buffers.filter(({{ role }}) => role === 'parameter' || role === 'state');
    const arrays = await Promise.all(kept.map(({{ name }}) => {RUN}.read(name)));
    const numbers = kept.map(({{ name, dtype, shape }}) => ({{ name, dtype, shape }}));
    const bytes = arrays.flatMap((array) => [...new Uint8Array(array.buffer)]);
    return {{ numbers, bytes: btoa(String.fromCharCode(...bytes)) }};
}})()"""


@pytest.fixture
def trained(site: Served, separator: ModuleType, open_page: Opener) -> Served:
    """The site whose demo may be started from what was trained."""
    page = open_page(site.url, on="processor")
    ready(page)
    taken: dict[str, Any] = page.evaluate(TAKE)
    manifest = separator.manifest()
    told = {"url": "/assets/trained.bin", "programs": ["step"], "steps": STEPS, "seed": 1, "numbers": taken["numbers"]}
    manifest["plans"]["pace=calm"]["trained"] = told
    site.put("/assets/manifest.json", manifest)
    site.put("/assets/trained.bin", base64.b64decode(taken["bytes"]))
    return site


@pytest.mark.parametrize("on", ["gpu", "processor"])
def test_it_starts_where_training_ended(trained: Served, open_page: Opener, on: str) -> None:
    page = open_page(trained.url, on=on)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    start(page)
    pause(page)
    assert not any(each.endswith("trained.bin") for each in asked)
    page.select_option(".demo-start select", "trained")
    until(page, f"{RUN}.lookedAt === {STEPS}")
    first = page.evaluate(STATE)
    until(page, f"{RUN}.curve('loss.history').find((curve) => !curve.ghost)?.count === {STEPS}")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === {STEPS + 1}")
    page.click("button:text-is('Reset')")
    until(page, f"{RUN}.lookedAt === {STEPS}")
    assert page.evaluate(STATE) == first
    page.select_option(".demo-start select", "fresh")
    until(page, f"{RUN}.lookedAt === 0")
    again = page.evaluate(f"{RUN}.run('step', {STEPS}).then(() => {STATE})")
    assert again == pytest.approx(first, rel=1e-3)


def test_a_link_starts_from_there(trained: Served, open_page: Opener) -> None:
    page = open_page(f"{trained.url}/#demo-separator?start=trained", on="processor")
    ready(page)
    until(page, f"{RUN}.control('start') === 'trained'")
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === {STEPS + 1}")
    assert page.evaluate(f"{RUN}.link()") == "#demo-separator?start=trained"


def test_what_is_not_there_is_said(trained: Served, open_page: Opener) -> None:
    del trained.files["/assets/trained.bin"]
    page = open_page(trained.url, on="processor", expect_errors=True)
    start(page)
    page.select_option(".demo-start select", "trained")
    until(page, "/trained.bin was not loaded/.test(document.querySelector('.demo-error').textContent)")


def test_a_link_to_a_step_before_what_was_trained_says_so(trained: Served, open_page: Opener) -> None:
    page = open_page(f"{trained.url}/#demo-separator?start=trained&step=20", on="processor")
    ready(page)
    said = "The link asks for step 20, but what the build trained starts at step 30."
    until(page, f"document.querySelector('.demo-error').textContent === '{said}'")
    assert page.evaluate(f"{RUN}.step") == STEPS


def test_who_comes_by_three_times_before_the_manifest_is_offered_one_start(trained: Served, open_page: Opener) -> None:
    slow = """
      const get = window.fetch;
      window.fetch = async (url, ...all) => {
        if (`${url}`.includes("manifest")) await new Promise((resolve) => setTimeout(resolve, 1500));
        return get(url, ...all);
      };
    """
    trained.files["/"] = trained.files["/"].replace(b"</main>", 400 * b"<br>" + b"</main>")
    page = open_page(trained.url, script=slow, on="processor")
    for _ in range(3):
        for place in (6000, 0):
            page.evaluate(f"scrollTo(0, {place})")
            page.wait_for_timeout(100)
    ready(page)
    page.wait_for_timeout(300)
    assert page.locator(".demo-start").count() == 1
