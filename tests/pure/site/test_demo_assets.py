"""Manifests and records name files that exist, each content once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.figures.build import Replay
from site_builder.project.cache import Cache
from site_builder.record.demos import DemoPayload
from site_builder.record.records import Record, packed

PLAN = '{"name": "Folding space"}'
CORPUS = np.array([0.1, 1e-7, 12345.678], np.float32)
DEMO = DemoPayload(
    name="folding",
    title="Folding",
    options={"width": ["8", "16"], "activation": ["relu"]},
    plans={"width=8,activation=relu": PLAN, "width=16,activation=relu": '{"name": "Folding space", "x": 1}'},
    data=["xor/points"],
    written={"corpus": packed(CORPUS)},
    inputs={"rate": {"shape": [], "values": [0.5]}},
)


@pytest.fixture
def assets(tmp_path: Path) -> ModelAssets:
    return ModelAssets(Output(), Cache(tmp_path / "cache"), tmp_path)


def fetched(assets: ModelAssets, url: str) -> bytes:
    return assets.output.files[url.lstrip("/")]


def test_manifest(assets: ModelAssets) -> None:
    manifest = json.loads(fetched(assets, assets.manifest(DEMO)))
    assert list(manifest["options"]) == ["width", "activation"], "the first option of a demo must stay first"
    plan = manifest["plans"]["width=8,activation=relu"]
    assert plan["url"].startswith("/assets/folding-space-plan-")
    assert fetched(assets, plan["url"]) == PLAN.encode()
    assert plan["bytes"] == len(PLAN)
    points = manifest["data"]["xor/points"]
    assert (points["dtype"], points["scale"], points["shape"]) == ("f32", 1.0, [200, 2])
    assert len(fetched(assets, points["url"])) == 4 * 200 * 2
    corpus = manifest["data"]["corpus"]
    assert (corpus["dtype"], corpus["scale"], corpus["shape"]) == ("f32", 1.0, [3])
    assert fetched(assets, corpus["url"]) == CORPUS.tobytes(), "every bit of it, unlike numbers in JSON"


def test_record_shares_plan_and_data_with_the_demo(assets: ModelAssets) -> None:
    manifest = json.loads(fetched(assets, assets.manifest(DEMO)))
    record = Record(seed=1, program="step", times=2, series={"loss.history": [1, 0.5]}, data=("xor/points",))
    record = replace(record, written=DEMO.written)
    found = json.loads(fetched(assets, assets.record("curve", Replay(record, PLAN))))
    assert found["plan"] == manifest["plans"]["width=8,activation=relu"]["url"]
    assert found["data"] == manifest["data"]
    assert len([name for name in assets.output.files if name.endswith(".bin")]) == 2, "each content once"
    assert found["series"] == {"loss.history": [1, 0.5]}
    assert found["tolerance"] == 1e-3


def test_second_time_from_the_cache(assets: ModelAssets) -> None:
    first = assets.manifest(DEMO)
    again = ModelAssets(Output(), assets.cache, assets.project)
    assert again.manifest(DEMO) == first
    assert again.output.files == assets.output.files
