"""Every op through its kernel on wgpu against its NumPy definition in float64, values and gradients."""

from __future__ import annotations

import re
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import pytest

from site_builder.graph.derivatives import DERIVATIVES
from site_builder.plan import lower
from site_builder.plan.kernels import load
from site_builder.selfcheck.cases import CASES, Case, model_of
from site_builder.selfcheck.selfcheck import difference, failures, on_both, trials

SHADERS = Path(__file__).resolve().parents[2] / "shaders"
NO_OPS = ("device", "lib", "plots", "processor")  # trials of devices, fragments, what draws, what WebAssembly lacks


@pytest.mark.parametrize("case", CASES, ids=str)
def test_op_is_as_defined(device: Any, case: Case) -> None:
    model = model_of(case)
    ((ours, exact),) = on_both(case, model, lower(model), ["y"])
    assert difference(ours, exact, floor=1e-3) <= case.tolerance


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.op in DERIVATIVES and any(not i.below for i in c.inputs)], ids=str
)
def test_gradient_is_as_defined(device: Any, case: Case) -> None:
    wanted = [f"d{n}" for n, i in enumerate(case.inputs) if not i.below]
    model = model_of(case, differentiate=True)
    for ours, exact in on_both(case, model, lower(model), wanted):
        # Relative to the gradient that arrives, which is about 1: where a small result is the difference of two such
        # numbers (softmax, or 1 - sigmoid near 1), their roundings remain.
        assert difference(ours, exact, floor=0.5) <= max(case.tolerance, 1e-5)


def test_a_machine_can_try_every_kernel(device: Any) -> None:
    from site_builder.run.device import features

    tried = list(trials())
    kernels = {kernel for trial in tried for kernel in trial.kernels}
    files = {f"shaders/{p.parent.name}/{p.name}" for p in SHADERS.glob("*/*.wgsl") if p.parent.name not in NO_OPS}
    assert kernels == {file for file in files if load(file).requires in (None, *features())}
    assert [sentence for trial in tried for sentence in failures(trial)] == []


def test_a_kernel_that_is_wrong_is_found(device: Any) -> None:
    trial = next(t for t in trials() if "shaders/matrix/matmul.wgsl" in t.kernels)
    (said,) = failures(replace(trial, case=replace(trial.case, tolerance=-1.0)))
    assert re.match(r"\S*shaders/matrix/matmul\.wgsl\S*: case \S+ differs from NumPy by \S+ of its largest", said)


def test_a_kernel_is_tried_on_more_than_one_element(device: Any) -> None:
    small = {str(trial.case) for trial in trials() if max(trial.case.inputs, key=lambda i: prod(i.shape)).shape == ()}
    assert small == set()
    assert all(sum(prod(i.shape) for i in trial.case.inputs) > 64 for trial in trials())
