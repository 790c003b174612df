"""Demos and figures on data that the project makes: the page computes what wgpu does, and gets each number once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.bundle.assets import Bundle
from site_builder.figures.build import FigureSet, PostFigures
from site_builder.figures.experiments import Experiments
from site_builder.project.cache import Cache
from site_builder.record.demos import DemoPayload, demo_payloads
from tests.browser.conftest import REPLAY, Served, page_html
from tests.browser.test_runtime import losses, ready, start

Opener = Callable[..., Page]
FIXTURE = Path(__file__).parent / "fixtures" / "stories"
STEPS = 20


@dataclass(frozen=True)
class Built:
    """The fixture's project, computed."""

    root: Path
    demo: DemoPayload
    post: PostFigures

    def assets(self) -> ModelAssets:
        return ModelAssets(Output(), Cache(self.root / ".cache"), self.root)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("stories")
    demo, post = root / "demos" / "stories", root / "posts" / "01-stories"
    post.mkdir(parents=True)
    shutil.copytree(FIXTURE, demo, ignore=shutil.ignore_patterns("figures.py", "__pycache__"))
    shutil.copy(FIXTURE / "figures.py", post)
    cache = Cache(root / ".cache")
    payload = demo_payloads(root, cache, [demo / "model.py"])["stories"]
    return Built(root, payload, FigureSet(Experiments(root, cache)).compute([post])[post])


def serve(server: Served, bundled: Bundle, assets: ModelAssets, inside: str, entry: str) -> None:
    server.clear()
    for path, content in {**bundled.files, **assets.output.files}.items():
        server.put(f"/{path}", content)
    server.put("/page.css", "")
    server.put("/", page_html(bundled, inside, entry))


def numbers_fetched(page: Page) -> list[str]:
    """The data that the page has asked for, without the hashes in their names."""
    addresses = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    return sorted(each.rpartition("/")[2].rpartition("-")[0] for each in addresses if each.endswith(".bin"))


def test_a_demo_trains_on_data_of_its_own(server: Served, bundled: Bundle, built: Built, open_page: Opener) -> None:
    assets = built.assets()
    url = assets.manifest(built.demo)
    figure = f'<live-demo name="stories" id="demo-stories" manifest="{url}"><figure></figure></live-demo>'
    serve(server, bundled, assets, figure, "demos/stories/demo.js")
    page = open_page(server.url)
    ready(page)
    assert numbers_fetched(page) == [], "until someone wants to see it run"
    start(page, STEPS)
    assert numbers_fetched(page) == ["demos-stories-tokens", "weight"]
    replay = built.post.figures["read-forwards"].replay
    assert replay is not None
    assert replay.record.runner == "wgpu"
    recorded = replay.record.series["loss.history"]
    assert losses(page, STEPS) == pytest.approx(recorded, rel=1e-4)
    assert recorded[-1] < 0.8 * recorded[0]


@pytest.mark.parametrize(
    ("name", "fetched"),
    [("read-forwards", ["demos-stories-tokens", "weight"]), ("read-backwards", ["tokens", "weight"])],
)
def test_figures_are_repeated_on_the_data_that_they_were_made_of(
    server: Served, bundled: Bundle, built: Built, open_page: Opener, name: str, fetched: list[str]
) -> None:
    replay = built.post.figures[name].replay
    assert replay is not None
    assets = built.assets()
    url = assets.record(name, replay, {})
    serve(server, bundled, assets, f'<figure-replay record="{url}"></figure-replay>', REPLAY)
    page = open_page(server.url)
    page.click("text=Run this on your machine")
    page.wait_for_selector(".replay-said.fine, .replay-said.bad", timeout=20_000)
    assert "within the tolerance" in page.inner_text(".replay-said")
    assert numbers_fetched(page) == fetched


def test_numbers_are_published_once(built: Built) -> None:
    assets = built.assets()
    texts: list[dict[str, Any]] = []
    for url in (
        assets.manifest(built.demo),
        *(assets.record(name, drawing.replay, {}) for name, drawing in built.post.figures.items() if drawing.replay),
    ):
        texts.append(json.loads(assets.output.files[url.lstrip("/")]))
    assert [text["inputs"] for text in texts] == [{}, {}, {}]
    assert len({text["data"]["weight"]["url"] for text in texts}) == 1
    held = {path.rpartition("-")[0]: data for path, data in assets.output.files.items() if path.endswith(".bin")}
    assert {name: len(data) for name, data in held.items()} == {
        "assets/demos-stories-tokens": 3000,
        "assets/tokens": 4 * 3000,
        "assets/weight": 4 * 12,
    }
    exact = [1 + 1 / (3 + word) for word in range(12)]
    np.testing.assert_array_equal(np.frombuffer(held["assets/weight"], np.float32), np.array(exact, np.float32))
