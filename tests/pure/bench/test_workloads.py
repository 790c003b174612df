"""The workloads of `scripts/bench engine`: ours are written and lowered, and have the names of the data they get."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from scripts.bench_engine import onnx, roof
from scripts.bench_engine.models import build
from scripts.bench_engine.profile import dispatches
from scripts.bench_engine.workloads import SIZE, WORKLOADS, chosen
from site_builder.plan import lower, multiplications

DISPATCHES = {"mlp-sgd": 12, "mlp-adam": 12, "gpt-2": 60}
SHIPPED = {"gpt-2": 40_000}  # bytes of the plan with its WGSL, gzipped


@pytest.mark.parametrize("name", WORKLOADS)
def test_ours_takes_the_workloads_arrays_and_gives_its_results(name: str) -> None:
    workload = WORKLOADS[name]
    plan = lower(build(workload))
    shapes = {buffer.name: buffer.shape for buffer in plan.buffers}
    assert {given: shapes.get(given) for given in workload.arrays} == {n: a.shape for n, a in workload.arrays.items()}
    trained = {buffer.name for buffer in plan.buffers if buffer.role == "parameter"}
    assert trained == set(workload.parameters)
    assert set(workload.outputs or ("loss",)) <= set(plan.programs["step"].outputs)
    assert len(plan.programs["step"].steps) <= DISPATCHES.get(name, len(plan.programs["step"].steps))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_plan_with_its_kernels_is_soon_fetched(name: str) -> None:
    packed = gzip.compress(lower(build(WORKLOADS[name])).to_json().encode(), mtime=0)
    assert len(packed) <= SHIPPED[name]


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_profile_runs_every_dispatch_of_a_step_and_knows_its_products(name: str) -> None:
    workload = WORKLOADS[name]
    plan = lower(build(workload))
    taken, found = dispatches(plan)
    assert sum(count for _, count in found) == len(plan.programs["step"].steps)
    assert [taken.programs[str(n)].steps for n in range(len(found))] == [(step,) for step, _ in found]
    assert "format" in json.loads(taken.to_json())
    counted = sum(count * multiplications(plan, step) for step, count in found)
    assert counted == pytest.approx(workload.multiplications, rel=0.01)


def test_workloads_are_chosen_by_name_and_by_group() -> None:
    assert [each.name for each in chosen(["gpt", "mlp-sgd"])] == ["mlp-sgd", "gpt-2", "gpt-4"]
    assert len(chosen([])) == len(WORKLOADS)
    with pytest.raises(KeyError, match="gtp"):
        chosen(["gtp"])


def test_onnx_files_hold_the_weights_and_name_inputs_and_outputs() -> None:
    workload = WORKLOADS["conv-forward"]
    data = onnx.model(workload, {"y": np.zeros((32, 28, 28, 32), np.float32)})
    assert np.ascontiguousarray(workload.arrays["w"].transpose(3, 2, 0, 1)).tobytes() in data
    assert workload.arrays["x"].tobytes() not in data
    assert len(data) < workload.arrays["w"].nbytes + 400


@pytest.mark.parametrize("form", ["nn", "nt", "tn"])
@pytest.mark.parametrize("subgroups", [False, True])
def test_bare_kernels_cover_the_product(form: str, subgroups: bool) -> None:
    for kernel in roof.candidates(form, SIZE, subgroups, directive=True):
        rows, columns = (int(n) for n in kernel.name.partition(",")[0].split("×"))
        across, down, _ = kernel.workgroups
        assert (across * roof.GROUP * columns, down * rows) == (SIZE, SIZE)
        assert ("enable subgroups;" in kernel.wgsl) == subgroups
