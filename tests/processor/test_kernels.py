"""Every kernel as WebAssembly against NumPy in float64, at sizes around its block: the cases that GPUs are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.plan.kernels import load
from tests.gpu.kernels import CASES
from tests.gpu.kernels.table import Case, check
from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.processor.texts import plan_of

ALL = [(case, sizes) for case in CASES for sizes in case.sizes if load(case.file).requires is None]
IDS = ["-".join(filter(None, (Path(case.file).stem, case.tag, "x".join(map(str, sizes))))) for case, sizes in ALL]


@pytest.mark.parametrize(("case", "sizes"), ALL, ids=IDS)
def test_on_the_processor(node: Node, case: Case, sizes: tuple[int, ...]) -> None:
    job, problem = case.job(sizes)
    arrays = dict(zip((binding.name for binding in job.kernel.bindings), job.arrays, strict=True))
    lengths = {name: ("u32" if array.dtype.kind == "u" else "f32", array.size) for name, array in arrays.items()}
    plan = plan_of(job.kernel.wgsl, lengths, job.workgroups, {name: int(of) for name, of in job.overrides.items()})
    runners = OnNode(plan, node), OnWasmtime(plan, node)
    for runner in runners:
        for name, array in arrays.items():
            runner.write(name, array.ravel())
        runner.run("run")
    check(case, problem, {name: runners[0].read(name) for name in job.outputs})
    for name in job.outputs:
        assert runners[0].read(name).tobytes() == runners[1].read(name).tobytes()
