"""Random programs of the subset of WGSL that becomes WebAssembly: wgpu computes what NumPy says of them.

So what tests/processor/test_programs.py compares the compiler with is WGSL as others have it.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from site_builder.errors import KernelError
from site_builder.plan import Plan
from tests.processor.programs import SIZES, numbers, program, stored
from tests.processor.texts import plan_of

SEEDS = 60
REFUSED = re.compile(r"(Remainder|Division) by zero|operation overflowed")  # of literals, which naga computes at once


def test_programs_compute_what_they_say(device: Any) -> None:
    run = 0
    for seed in range(SEEDS):
        made, given = program(seed), numbers(seed)
        found = on_wgpu(plan_of(made.text, SIZES, workgroups=(2, 1, 1)), given)
        if found is None:
            continue
        for name, array in stored(made, given).items():
            np.testing.assert_array_equal(found[name], array, f"seed {seed}, {name}:\n{made.text}")
        run += 1
    assert run > 0.75 * SEEDS


def on_wgpu(plan: Plan, given: dict[str, Any]) -> dict[str, Any] | None:
    """What it stores; None where the text is refused because of its literals."""
    from site_builder.run.on_wgpu import WgpuRunner

    try:
        runner = WgpuRunner(plan)
        for name, array in given.items():
            runner.write(name, array)
        runner.run("run")
    except KernelError as error:
        if not REFUSED.search(str(error)):
            raise
        return None
    return {name: runner.read(name) for name in "yvz"}
