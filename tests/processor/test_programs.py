"""Random programs of the subset compute what NumPy computes, to the last bit, in Node and in wasmtime.

PROGRAMS in the environment says how many; tests/gpu/test_random_programs.py asks wgpu whether NumPy is right.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.processor.programs import SIZES, numbers, program, stored
from tests.processor.texts import plan_of

BATCH = 25
SEEDS = int(os.environ.get("PROGRAMS", "200"))


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_programs_compute_what_they_say(node: Node, first: int) -> None:
    for seed in range(first, first + BATCH):
        made, given = program(seed), numbers(seed)
        right = stored(made, given)
        plan = plan_of(made.text, SIZES, workgroups=(2, 1, 1))
        for engine in (OnNode, OnWasmtime):
            runner = engine(plan, node)
            for name, array in given.items():
                runner.write(name, array)
            runner.run("run")
            for name, array in right.items():
                np.testing.assert_array_equal(runner.read(name), array, f"seed {seed}, {name}:\n{made.text}")
