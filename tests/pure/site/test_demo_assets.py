"""Manifests and records name files that exist, each content once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from site_builder.assembly.demos import ModelAssets
from site_builder.assembly.output import Output
from site_builder.errors import KernelError
from site_builder.figures.build import Replay
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.project.cache import Cache
from site_builder.project.paths import find
from site_builder.record.demos import DemoPayload
from site_builder.record.records import Record, packed


def plan(size: int) -> str:
    """A plan as JSON."""
    model = Model("Folding space")
    level = model.state("level", (size,), initial=1.0)

    @model.program(counts=True)
    def step() -> None:
        model.assign(level, 0.5 * level)

    return lower(model).to_json()


PLAN = plan(2)
CORPUS = np.array([0.1, 1e-7, 12345.678], np.float32)
DEMO = DemoPayload(
    name="folding",
    title="Folding",
    options={"width": ["8", "16"], "activation": ["relu"]},
    plans={"width=8,activation=relu": PLAN, "width=16,activation=relu": plan(3)},
    data=["xor/points"],
    written={"corpus": packed(CORPUS)},
    inputs={"rate": {"shape": [], "values": [0.5]}},
    formulas={key: {"nodes": [], "outputs": {}} for key in ("width=8,activation=relu", "width=16,activation=relu")},
    counts={"width=8,activation=relu": {"step": {"flops": 0, "dispatches": 1}}},
    trained={"programs": ["step"], "steps": 3, "seed": 1},
    states={"width=8,activation=relu": {"level": packed(CORPUS[:2])}},
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
    assert plan["module"].startswith("/assets/folding-space-")
    assert plan["module"].endswith(".wasm")
    assert fetched(assets, plan["module"]).startswith(b"\0asm")
    trial = json.loads(fetched(assets, plan["trial"]))["programs"]
    assert len(trial) == len(json.loads(PLAN)["kernels"]), "each of its kernels is tried"
    assert plan["counts"] == {"step": {"flops": 0, "dispatches": 1}}
    assert plan["trained"]["numbers"] == [{"name": "level", "dtype": "f32", "shape": [2]}]
    assert fetched(assets, plan["trained"]["url"]) == CORPUS[:2].tobytes()
    assert "trained" not in manifest["plans"]["width=16,activation=relu"]
    assert len({each["module"] for each in manifest["plans"].values()}) == 2
    points = manifest["data"]["xor/points"]
    assert (points["dtype"], points["scale"], points["shape"]) == ("f32", 1.0, [200, 2])
    assert len(fetched(assets, points["url"])) == 4 * 200 * 2
    corpus = manifest["data"]["corpus"]
    assert (corpus["dtype"], corpus["scale"], corpus["shape"]) == ("f32", 1.0, [3])
    assert fetched(assets, corpus["url"]) == CORPUS.tobytes(), "every bit of it, unlike numbers in JSON"


def test_record_shares_plan_and_data_with_the_demo(assets: ModelAssets) -> None:
    manifest = json.loads(fetched(assets, assets.manifest(DEMO)))
    record = Record(
        seed=1, program="step", times=2, series={"loss.history": [1, 0.5]}, data=("xor/points",), runner="wgpu"
    )
    record = replace(record, written=DEMO.written)
    found = json.loads(fetched(assets, assets.record("curve", Replay(record, PLAN), {})))
    same = manifest["plans"]["width=8,activation=relu"]
    assert (found["plan"], found["module"], found["trial"]) == (same["url"], same["module"], same["trial"])
    assert found["runner"] == "wgpu"
    assert found["data"] == manifest["data"]
    assert len([name for name in assets.output.files if name.endswith(".bin")]) == 3, "each content once"
    assert found["series"] == {"loss.history": [1, 0.5]}
    assert found["tolerance"] == 1e-3


def test_second_time_from_the_cache(assets: ModelAssets) -> None:
    first = assets.manifest(DEMO)
    again = ModelAssets(Output(), assets.cache, assets.project)
    assert again.manifest(DEMO) == first
    assert again.output.files == assets.output.files
    compiler = "site_builder.modules.module.running"
    with pytest.MonkeyPatch.context() as node:
        node.delattr(compiler)
        again = ModelAssets(Output(), assets.cache, assets.project)
        assert again.manifest(DEMO) == first


def test_a_refused_kernel_names_the_demo_and_the_line(assets: ModelAssets) -> None:
    """The kernel is the project's own, and calls what nothing declares."""
    good, wrong = "store_y(i, load_x(i));", "store_y(i, load_z(i));"
    (source,) = {each["file"] for each in json.loads(PLAN)["sources"].values()}
    lines = find(assets.project, source).read_text(encoding="utf-8").splitlines()
    line = lines.index(f"  {good}") + 1
    own = assets.project / source
    own.parent.mkdir(parents=True)
    own.write_text("\n".join(lines).replace(good, f"{wrong}  // a comment"), encoding="utf-8")
    plans = {"": PLAN, "width=16": PLAN.replace(good, wrong)}
    with pytest.raises(KernelError) as caught:
        assets.manifest(replace(DEMO, plans=plans, formulas={key: {} for key in plans}))
    said = str(caught.value)
    assert said.startswith(f"{source}:{line}: the processor cannot run this kernel: ")
    assert (
        "The demo folding, with width=16, uses it. demos/runtime/compiler/README.md says what kernels may use." in said
    )
