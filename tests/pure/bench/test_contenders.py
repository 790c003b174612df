"""Who is measured: every one has what it runs, and can be asked for."""

from __future__ import annotations

import re

import numpy as np
import pytest

from scripts.bench_engine import contenders, peers
from scripts.bench_engine.browser import opened, timed
from scripts.bench_engine.contenders import CONTENDERS, TABLES
from scripts.bench_engine.demos import data
from scripts.bench_engine.models import build
from scripts.bench_engine.native import ours_on_processor
from scripts.bench_engine.places import PLACES
from scripts.bench_engine.rounds import checked
from scripts.bench_engine.twins import expected
from scripts.bench_engine.workloads import WORKLOADS
from site_builder.plan import lower
from tests.pure.test_house import ROOT

SMALL = WORKLOADS["mlp-small"]


def test_every_contender_has_a_page_and_a_place_or_a_job() -> None:
    for each in CONTENDERS.values():
        assert each.table in TABLES
        assert (each.place in PLACES) == bool(each.page)
        assert not each.page or (peers.HERE / "pages" / f"{each.page.partition('?')[0]}.js").is_file()


def test_contenders_are_chosen_by_name_and_by_table() -> None:
    assert contenders.wanted(["borch", "processor"])[0] == "borch"
    assert contenders.wanted(["wgpu"]) == [each.name for each in CONTENDERS.values() if each.table == "wgpu"]
    assert contenders.wanted([]) == [*CONTENDERS]
    with pytest.raises(KeyError, match="torch"):
        contenders.wanted(["torch"])


def test_only_some_can_run_everything() -> None:
    able = {name: {each.name for each in contenders.of(workload)} for name, workload in WORKLOADS.items()}
    always = set.intersection(*able.values())
    assert {"ours", "borch", "jax-js", "TensorFlow.js", "ours, wasmtime", "PyTorch, one thread"} <= always
    assert "ONNX Runtime" in able["conv-forward"] - able["conv-backward"]
    assert "bare kernel" in able["matmul-tn"] - able["resnet"]


def test_engines_are_pinned_with_the_hash_of_what_they_are() -> None:
    assert peers.versions()["pyborch"]
    lines = [line for line in peers.WHEELS.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"\w+==[\d.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)


def test_ours_is_right_in_node_and_in_wasmtime() -> None:
    plan, right = lower(build(SMALL)), expected(SMALL)
    files = contenders.files(CONTENDERS["ours, Node"], SMALL, plan, right)
    with opened("processor", SMALL, right, files, {}, "Node") as (tab, run):
        checked("ours, Node", run.errors)
        timed(tab, run, 5.0, 2)
        with pytest.raises(RuntimeError, match=r"TypeError: .*nobody"):
            tab.evaluate("bench.nobody()")
    assert len(run.times) == 2
    assert {*run.parts} == {"compile", "instantiate", "step"}
    job = ours_on_processor(SMALL, plan, right)
    checked("ours, wasmtime", dict(job.errors))
    spoilt = {**right, "losses": right["losses"] * 1.001}
    with pytest.raises(ValueError, match="losses"):
        checked("ours, wasmtime", dict(ours_on_processor(SMALL, plan, spoilt).errors))


def test_demos_get_their_data_sets() -> None:
    assert data(lower(build(SMALL))) == {"/data.json": b"{}"}


def test_the_residual_network_halves_its_images_where_it_widens() -> None:
    arrays = WORKLOADS["resnet"].arrays
    assert arrays["blocks.1.first.conv.weight"].shape == (3, 3, 16, 32)
    assert arrays["blocks.1.shortcut.conv.weight"].shape == (1, 1, 16, 32)
    assert "blocks.0.shortcut.conv.weight" not in arrays
    assert np.isfinite(expected(WORKLOADS["resnet"])["losses"]).all()
    assert (ROOT / "scripts" / "bench_engine" / "requirements.lock").is_file()
