"""The fixture's demo trains on the processor, in Chromium and in Firefox without WebGPU, from its bundle."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Page

from site_builder.bundle.assets import Bundle, bundle
from site_builder.bundle.node import NodePackages
from site_builder.project.cache import Cache
from tests.browser.conftest import DEMO, FIXTURE, ROOT, Served, page_html, painted, until
from tests.browser.firefox import Firefox
from tests.browser.test_runtime import RUN, losses, ready, start, trained

Opener = Callable[..., Page]

# The page's own choice left out.
OPEN_RUN = """
import { LiveRun } from "./live-run.js";
import { openBackend } from "./processor-backend.js";
export const openRun = async (demo) => new LiveRun(Object.assign(demo, { live: true }), openBackend);
"""
COUNT_WORKERS = """
    window.workers = 0;
    const Own = Worker;
    window.Worker = class extends Own {
      constructor(...given) { super(...given); window.workers++; window.own = this; }
      terminate() { window.workers--; super.terminate(); }
    };
"""


@pytest.fixture(scope="module")
def on_processor(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The runtime and the fixture's demo as the build bundles them, but that every run is the processor's."""
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "demos" / "runtime", project / "demos" / "runtime")
    (project / "demos/runtime/run/open-run.js").write_text(OPEN_RUN)
    (project / "demos/separator").mkdir()
    shutil.copy(FIXTURE / "demo.js", project / "demos/separator")
    return bundle(project, Cache(project / ".cache"), NodePackages(ROOT / ".cache"))


@pytest.fixture
def processor_site(site: Served, on_processor: Bundle) -> Served:
    for path, content in on_processor.files.items():
        site.put(f"/{path}", content)
    site.put("/", page_html(on_processor, DEMO.format(extra="")))
    site.put("/ten", page_html(on_processor, DEMO.format(extra="") * 10))
    return site


def is_lazy(url: str) -> bool:
    return Path(url).suffix == ".wasm" or "worker" in url


def test_it_trains_as_the_definition_does(processor_site: Served, open_page: Opener, separator: ModuleType) -> None:
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(processor_site.url)
    ready(page)
    for step in range(1, 13):
        page.click("button:text-is('Step')")
        until(page, f"{RUN}.step === {step}")
    expected = [loss for _, loss in separator.train(12)[:-1]]
    assert losses(page, 12) == pytest.approx(expected, rel=1e-5)
    assert sorted(Path(url).name.split("-")[0] for url in asked if is_lazy(url)) == ["plan", "worker"]
    assert "processor" in page.inner_text(".demo-status")


def test_nothing_of_it_is_loaded_before(processor_site: Served, open_page: Opener) -> None:
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(processor_site.url)
    ready(page)
    page.wait_for_timeout(300)
    assert [url for url in asked if is_lazy(url)] == []


def test_the_first_picture_is_whole(processor_site: Served, open_page: Opener) -> None:
    page = open_page(processor_site.url)
    ready(page)
    page.click("button:text-is('Step')")
    until(page, f"{RUN}.lookedAt === 1")
    for canvas in page.locator(".plot canvas").all():
        assert painted(canvas) > 0  # of the loss there is one value, a dot


def test_controls_and_plans_reach_it(processor_site: Served, open_page: Opener) -> None:
    page = open_page(processor_site.url, script=COUNT_WORKERS)
    start(page)
    page.evaluate(f"{RUN}.set('learning_rate', 2)")
    until(page, f"{RUN}.read('learning_rate').then(([rate]) => window.rate = rate) && window.rate === 2")
    page.evaluate(f"{RUN}.set('pace', 'brisk')")
    until(page, f"{RUN}.backend?.plan.kernels[1].constants.RATE_SCALE === 4 && {RUN}.lookedAt > 20")
    assert page.evaluate("workers") == 1
    page.evaluate(f"{RUN}.pause()")
    page.evaluate(f"{RUN}.reset()")
    until(page, f"{RUN}.step === 0 && {RUN}.lookedAt === 0")
    page.evaluate("document.querySelector('live-demo').remove()")
    until(page, "workers === 0")


def test_ten_on_a_page(processor_site: Served, open_page: Opener) -> None:
    page = open_page(f"{processor_site.url}/ten", script=COUNT_WORKERS)
    for demo in page.locator("live-demo").all():
        demo.scroll_into_view_if_needed()  # it is prepared when it comes near
    until(page, "document.querySelectorAll('.demo-bar:not([disabled])').length === 10", 60_000)
    page.evaluate("for (const each of document.querySelectorAll('live-demo')) each.demo.advance()")
    until(page, "[...document.querySelectorAll('live-demo')].every((each) => each.demo.lookedAt === 1)", 60_000)
    assert page.evaluate("workers") == 10
    page.evaluate("document.querySelector('main').replaceChildren()")
    until(page, "workers === 0")


def test_a_worker_that_dies_is_replaced(processor_site: Served, open_page: Opener) -> None:
    page = open_page(processor_site.url, script=COUNT_WORKERS)
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


def test_it_trains_in_firefox(processor_site: Served, plain_firefox: Firefox, separator: ModuleType) -> None:
    browser = plain_firefox
    browser.open(processor_site.url)
    browser.until("document.querySelector('.demo-bar:not([disabled])')")
    for step in range(1, 13):
        browser.click(".demo-bar .play + button")
        browser.until(f"{RUN}.step === {step}")
    found = browser.evaluate(f"{RUN}.read('loss.history').then((a) => [...a].slice(0, 12))")
    assert found == pytest.approx([loss for _, loss in separator.train(12)[:-1]], rel=1e-5)
    assert browser.console == []
