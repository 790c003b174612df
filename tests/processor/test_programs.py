"""Random programs of the subset compute what NumPy computes, to the last bit, in Node and in wasmtime."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.processor.expressions import COUNT, Frame
from tests.processor.programs import program
from tests.processor.texts import plan_of

BATCH = 25
SEEDS = int(os.environ.get("PROGRAMS", "200"))
SIZES = {
    "x": ("f32", COUNT),
    "u": ("u32", COUNT),
    "w": ("f32", 4 * COUNT),
    "y": ("f32", COUNT),
    "v": ("u32", COUNT),
    "z": ("f32", 8 * COUNT),
}


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_programs_compute_what_they_say(node: Node, first: int) -> None:
    for seed in range(first, first + BATCH):
        compare(node, seed)


def compare(node: Node, seed: int) -> None:
    made, draw = program(seed), np.random.default_rng(seed)
    given = {
        "x": draw.integers(0, 64, COUNT).astype(np.float32),
        "u": np.where(draw.random(COUNT) < 0.5, draw.integers(0, 9, COUNT), draw.integers(0, 2**32, COUNT)).astype(
            "u4"
        ),
        "w": draw.integers(0, 64, (COUNT, 4)).astype(np.float32),
    }
    names = {"a": given["x"], "b": given["u"], "c": given["w"], "i": np.arange(COUNT, dtype=np.uint32)}
    frame = Frame(names)
    with np.errstate(all="ignore"):
        made.execute(frame, np.ones(COUNT, bool))
    right = {
        **{name: frame.values[name] for name in "yv"},
        "z": np.concatenate([frame.values["z"], frame.values["last"]]),
    }
    plan = plan_of(made.text, SIZES, workgroups=(2, 1, 1))
    for engine in (OnNode, OnWasmtime):
        runner = engine(plan, node)
        for name, array in given.items():
            runner.write(name, array.ravel())
        runner.run("run")
        for name, array in right.items():
            np.testing.assert_array_equal(runner.read(name), array.ravel(), f"seed {seed}, {name}:\n{made.text}")
