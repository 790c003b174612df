"""Every op through its kernel on wgpu against its NumPy definition in float64, values and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder.graph import Model
from site_builder.graph.derivatives import DERIVATIVES
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner
from tests.cases import CASES, Case, model_of, numbers


def on_both(device: Any, model: Model, case: Case, outputs: list[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    from site_builder.run.on_wgpu import WgpuRunner

    runners = WgpuRunner(lower(model)), NumPyRunner(model)
    for runner in runners:
        runner.write("seed", 11)
        for n, array in enumerate(numbers(case)):
            runner.write(f"x{n}", array)
        runner.run("run")
    return [(runners[0].read(name), runners[1].read(name)) for name in outputs]


def assert_close(ours: np.ndarray, exact: np.ndarray, tolerance: float, floor: float) -> None:
    scale = max(np.max(np.abs(exact.astype(np.float64))), floor)
    assert np.max(np.abs(ours.astype(np.float64) - exact)) <= tolerance * scale


@pytest.mark.parametrize("case", CASES, ids=str)
def test_op_is_as_defined(device: Any, case: Case) -> None:
    ((ours, exact),) = on_both(device, model_of(case), case, ["y"])
    assert_close(ours, exact, case.tolerance, floor=1e-3)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.op in DERIVATIVES and any(not i.below for i in c.inputs)], ids=str
)
def test_gradient_is_as_defined(device: Any, case: Case) -> None:
    wanted = [f"d{n}" for n, i in enumerate(case.inputs) if not i.below]
    for ours, exact in on_both(device, model_of(case, differentiate=True), case, wanted):
        # Relative to the gradient that arrives, which is about 1: where a small result is the difference of two such
        # numbers (softmax, or 1 - sigmoid near 1), their roundings remain.
        assert_close(ours, exact, max(case.tolerance, 1e-5), floor=0.5)
