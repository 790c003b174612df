"""Random graphs of random ops, with poisoned buffers: WebAssembly, through lowering, fusion and memory, as NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

from site_builder.graph import Model
from site_builder.plan import dispatch, lower
from site_builder.plan.anchors import matrix
from site_builder.run.on_numpy import NumPyRunner
from tests.gpu.test_random_graphs import random_models
from tests.processor.engines import Node, OnNode, OnWasmtime

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@EXAMPLES
@given(random_models())
def test_random_graphs_agree_with_numpy(process: Node, model: Model) -> None:
    agree(process, model)


@EXAMPLES
@given(random_models(unit=4))
def test_random_graphs_of_fours_agree_with_numpy(process: Node, model: Model) -> None:
    """Maps of four elements at once, and products that store four, are for large tensors; here any size is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "MANY", 4)
        patch.setattr(matrix, "LARGE", 1)
        patch.setattr(matrix, "FULL", 1)
        agree(process, model)


def agree(process: Node, model: Model) -> None:
    note(str(model.programs["step"]))
    plan = lower(model)
    runners = OnNode(plan, process), OnWasmtime(plan, process), NumPyRunner(model)
    x = np.random.default_rng(0).uniform(-1, 1, plan.buffer("x").shape)
    for runner in runners:
        runner.write("x", x)
        runner.run("init")
        runner.run("step", times=2)
    assert runners[0].digest() == runners[1].digest()
    for name in ("loss", "last", "s0", "s1", "s2"):
        np.testing.assert_allclose(runners[0].read(name), runners[2].read(name), rtol=2e-3, atol=2e-4)
    process.forget()
