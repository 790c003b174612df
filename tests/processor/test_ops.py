"""Every op through its kernel, compiled to WebAssembly, against its NumPy definition: values and gradients."""

from __future__ import annotations

import pytest

from site_builder.graph import Model
from site_builder.graph.derivatives import DERIVATIVES
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner
from site_builder.selfcheck.cases import CASES, Case, model_of, numbers
from site_builder.selfcheck.selfcheck import difference
from tests.processor.engines import Node, OnNode, OnWasmtime, Runner

DIFFERENTIABLE = [c for c in CASES if c.op in DERIVATIVES and any(not i.below for i in c.inputs)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_op_is_as_defined(node: Node, case: Case) -> None:
    agree(node, case, model_of(case), ["y"], case.tolerance, floor=1e-3)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_gradient_is_as_defined(node: Node, case: Case) -> None:
    wanted = [f"d{n}" for n, i in enumerate(case.inputs) if not i.below]
    # As on wgpu: relative to the gradient that arrives, which is about 1.
    agree(node, case, model_of(case, differentiate=True), wanted, max(case.tolerance, 1e-5), floor=0.5)


def agree(node: Node, case: Case, model: Model, outputs: list[str], tolerance: float, floor: float) -> None:
    plan = lower(model)
    exact, in_node, in_wasmtime = (
        run(r, case) for r in (NumPyRunner(model), OnNode(plan, node), OnWasmtime(plan, node))
    )
    for name in outputs:
        assert in_node.read(name).tobytes() == in_wasmtime.read(name).tobytes(), name
        assert difference(in_node.read(name), exact.read(name), floor) <= tolerance, name


def run(runner: Runner | NumPyRunner, case: Case) -> Runner | NumPyRunner:
    runner.write("seed", 11)
    for n, array in enumerate(numbers(case)):
        runner.write(f"x{n}", array)
    runner.run("run")
    return runner
