"""Equal maps that must not become one, on wgpu and on NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder.graph import Model
from tests.gpu.test_programs import both


def test_maps_that_read_one_tensor_stay_apart(device: Any) -> None:
    """There are too many states for one dispatch, and no arena in which the tensor that all read would lie twice."""
    model = Model("shared")
    x = model.input("x", (10,))
    states = [model.state(f"s{n}", (10,)) for n in range(14)]

    @model.program
    def step() -> None:
        for state in states:
            model.assign(state, state * 0.5 + x)

    for runner in both(model):
        runner.write("x", np.arange(10))
        runner.run("init")
        runner.run("step", times=2)
        for state in range(14):
            assert runner.read(f"s{state}").tolist() == [1.5 * n for n in range(10)]


def test_maps_that_put_a_number_in_its_place_stay_apart(device: Any) -> None:
    """Where it goes is counted from the start of each tensor, and not of an arena."""
    model = Model("placed")
    x, short, long = model.input("x", (1,)), model.state("short", (10,)), model.state("long", (12,))

    @model.program
    def step() -> None:
        model.assign(short, short * 0.5 + g.pad(x, [(0, 9)]))
        model.assign(long, long * 0.5 + g.pad(x, [(0, 11)]))

    for runner in both(model):
        runner.write("x", [2.0])
        runner.run("init")
        runner.run("step", times=2)
        assert runner.read("short").tolist() == [3] + [0] * 9
        assert runner.read("long").tolist() == [3] + [0] * 11


def test_maps_that_gather_from_one_number_stay_apart(device: Any) -> None:
    model = Model("gathered")
    index = model.input("index", (10,), dtype="u32", bound=1)
    tables = [model.input(f"t{n}", (1,)) for n in range(3)]
    states = [model.state(f"s{n}", (10,)) for n in range(3)]

    @model.program
    def step() -> None:
        for state, table in zip(states, tables, strict=True):
            model.assign(state, g.sin(table[index]) + state)

    for runner in both(model):
        for n in range(3):
            runner.write(f"t{n}", [n + 1.0])
        runner.run("init")
        runner.run("step")
        for n in range(3):
            np.testing.assert_allclose(runner.read(f"s{n}"), np.full(10, np.sin(n + 1.0)), rtol=1e-5)
