"""Two models on one clock, on both backends: as many steps, as many operations, and each with its own curve."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.bundle.assets import Bundle
from site_builder.project.cache import Cache
from site_builder.record.demos import DemoPayload, demo_payloads
from tests.browser.conftest import Served, until
from tests.browser.test_backends import pause
from tests.browser.test_own_data import serve
from tests.browser.test_runtime import RUN, ready

Opener = Callable[..., Page]
FIXTURE = Path(__file__).parent / "fixtures" / "race"
STEPS = f"['narrow', 'wide'].map((name) => {RUN}.steps(name))"
COUNTED = f"['narrow', 'wide'].map((name) => {RUN}.number(`${{name}}.steps`))"
CURVES = f"['narrow', 'wide'].map((name) => {RUN}.curve(`${{name}}.loss.history`)[0].count)"
CELLS = "[...document.querySelectorAll('.contestants tbody tr')].map((row) => [...row.cells].map((c) => c.textContent))"


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoPayload]:
    """The project, and its demo."""
    root = tmp_path_factory.mktemp("race")
    shutil.copytree(FIXTURE, root / "demos" / "race", ignore=shutil.ignore_patterns("__pycache__"))
    return root, demo_payloads(root, Cache(root / ".cache"), [root / "demos" / "race" / "model.py"])["race"]


@pytest.fixture
def race(server: Served, bundled: Bundle, payload: tuple[Path, DemoPayload]) -> Served:
    """The page of the race."""
    root, demo = payload
    assets = ModelAssets(Output(), Cache(root / ".cache"), root)
    url = assets.manifest(demo)
    figure = f'<live-demo name="race" id="demo-race" manifest="{url}"><figure></figure></live-demo>'
    serve(server, bundled, assets, figure, "demos/race/demo.js")
    return server


def rested(page: Page) -> tuple[int, int]:
    """The steps of both, which the plan has counted and the curves have drawn too, once no frame is on its way."""
    before = None
    for _ in range(50):
        steps, counted, curves = now = page.evaluate(f"[{STEPS}, {COUNTED}, {CURVES}]")
        if now == before and steps == counted == curves:
            return steps[0], steps[1]
        before = now
        page.wait_for_timeout(200)
    raise AssertionError(f"steps {steps}, counted {counted}, drawn {curves}")


def run(page: Page, least: int) -> tuple[int, int]:
    """The steps of both after Play and Pause, each of which the plan has counted too, and drawn in its own curve."""
    page.evaluate(f"{RUN}.rate = 20")
    page.click(".play")
    until(page, f"{RUN}.lookedAt >= {least}")
    pause(page)
    return rested(page)


@pytest.mark.parametrize("on", ["gpu", "processor"])
def test_a_race_is_matched(race: Served, open_page: Opener, on: str) -> None:
    page = open_page(race.url, on=on)
    ready(page)
    narrow, wide = run(page, 20)
    assert narrow == wide
    page.check("input[value=flops]")
    until(page, f"{RUN}.lookedAt === 0")
    narrow, wide = run(page, 60)
    assert narrow == 20 * wide
    page.check("input[value=seconds]")
    until(page, f"{RUN}.lookedAt === 0")
    assert min(run(page, 20)) > 0


def test_what_each_has_and_costs_is_told(race: Served, open_page: Opener) -> None:
    page = open_page(race.url, on="processor")
    ready(page)
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    narrow, wide = page.evaluate(CELLS)
    assert narrow[:2] == ["narrow", "7"]
    assert wide[:2] == ["wide", "121"]
    flops = [page.evaluate(f"{RUN}.counts('{name}').flops") for name in ("narrow", "wide")]
    assert flops[1] == 20 * flops[0] > 0
    assert wide[2] == f"{flops[1] / 1000:.3g} k"
    assert "narrow 1 step, loss" in page.inner_text(".demo-status")


NAMES = "[...document.querySelectorAll('[data-view=loss] .plot-axes .name')].map((each) => each.textContent)"
TICKS = "document.querySelector('[data-view=loss] .plot-axes').textContent"


def test_curves_are_drawn_over_what_a_race_is_matched_by(race: Served, open_page: Opener) -> None:
    page = open_page(f"{race.url}/#demo-race?matched=flops", on="processor")
    ready(page)
    until(page, f"{RUN}.control('matched') === 'flops'")
    page.evaluate(f"{RUN}.wake()")
    until(page, f"{RUN}.awake && {NAMES}[0] === 'FLOPs'")
    until(page, f"!/[0-9]/.test({TICKS})")  # where nothing is drawn yet, no number is written
    run(page, 60)
    until(page, f"/[0-9]/.test({TICKS})")
    each, dear = page.evaluate(f"['narrow', 'wide'].map((name) => {RUN}.counts(name).flops)")
    view = f"{RUN}.views[0]"
    ends = f"{view}.layers.map((layer) => layer.extent({view}).x[1])"
    steps = page.evaluate(STEPS)
    cheap, costly = page.evaluate(ends)
    assert cheap == pytest.approx(max(steps[0] - 1, 20) * each)
    assert costly == pytest.approx(max(steps[1] - 1, 20) * dear)
    page.check("input[value=steps]")
    until(page, f"{RUN}.lookedAt === 0 && {NAMES}[0] !== 'FLOPs'")


def test_curves_over_seconds_outlast_the_machine_that_was_measured(race: Served, open_page: Opener) -> None:
    page = open_page(f"{race.url}/#demo-race?matched=seconds", on="processor")
    ready(page)
    until(page, f"{RUN}.control('matched') === 'seconds'")
    run(page, 30)
    cost = f"{RUN}.costOf('wide.loss.history')"
    until(page, f"{cost}?.name === 'seconds' && {cost}.each > 0")
    page.evaluate(f"{RUN}.activeRun.clock.forget()")  # as where another machine computes from now on
    assert page.evaluate(f"{cost}.each") > 0


def test_back_in_a_race_each_is_where_it_was(race: Served, open_page: Opener) -> None:
    page = open_page(f"{race.url}/#demo-race?matched=flops", on="processor")
    ready(page)
    until(page, f"{RUN}.control('matched') === 'flops'")
    run(page, 100)
    page.evaluate(f"{RUN}.visit(40)")
    until(page, f"{RUN}.lookedAt === {RUN}.step && {RUN}.step < 80")
    narrow, wide = page.evaluate(STEPS)
    assert narrow == 20 * wide
    assert page.evaluate(COUNTED) == [narrow, wide]
    assert page.evaluate(CURVES) == [narrow, wide]


TRAINED = {
    "flops&step=60": (60, ""),
    "flops&step=50": (60, "The link asks for step 50. Matched by FLOPs, a frame holds several steps: this is step 60."),
    "seconds&step=50": (50, "Matched by seconds, a race depends on the machine: it is not the one that was sent."),
    "steps&step=50": (50, ""),
}


@pytest.mark.parametrize("state", TRAINED)
def test_a_link_trains_a_race_to_the_step_of_the_furthest(race: Served, open_page: Opener, state: str) -> None:
    page = open_page(f"{race.url}/#demo-race?matched={state}", on="processor")
    ready(page)
    step, sentence = TRAINED[state]
    said = "(document.querySelector('.demo-error:not([hidden])')?.textContent ?? '')"
    until(page, f"{RUN}.lookedAt === {step} && {said} === '{sentence}'")
    narrow, wide = rested(page)
    if state.startswith("flops"):
        assert narrow == 20 * wide
