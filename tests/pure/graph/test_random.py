"""Random numbers: what draws depend on, how they are distributed, and that none are drawn twice unknowingly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner


def test_a_parameters_draw_depends_on_its_name_and_the_seed_alone() -> None:
    def drawn(*others: str) -> np.ndarray:
        model = Model("m")
        for name in (*others, "kept"):
            model.add(name, nn.Linear(4, 3))
        runner = numpy_runner(model)
        runner.write("seed", 3)
        runner.run("init")
        return runner.read("kept.weight")  # type: ignore[no-any-return]

    assert np.array_equal(drawn(), drawn("first", "second"))
    assert np.max(np.abs(drawn())) <= 1 / math.sqrt(4)


def test_initialisers_have_the_variance_that_they_are_named_for() -> None:
    variances = {
        nn.he: 2 / 400,
        nn.lecun: 1 / 400,
        nn.glorot: 2 / 700,
        nn.torch_linear: 1 / 1200,
        nn.normal(0.02): 0.02**2,
    }
    for initialiser, variance in variances.items():
        model = Model("m")
        model.add("layer", nn.Linear(400, 300, initialiser=initialiser))
        runner = numpy_runner(model)
        runner.run("init")
        assert runner.read("layer.weight").var() == pytest.approx(variance, rel=0.02)
        assert not runner.read("layer.bias").any()


def test_windows_count_among_what_an_output_sums_over() -> None:
    model = Model("m")
    wanted = {"he": (nn.he, 2 / (9 * 40)), "glorot": (nn.glorot, 2 / (9 * 40 + 9 * 60))}
    model.program(lambda: {name: draw((3, 3, 40, 60), n) for n, (name, (draw, _)) in enumerate(wanted.items())})
    runner = numpy_runner(model)
    runner.run("<lambda>")
    for name, (_, variance) in wanted.items():
        assert runner.read(name).var() == pytest.approx(variance, rel=0.02)


def test_random_numbers_are_uniform_and_independent_of_order() -> None:
    model = Model("m")

    @model.program(counts=True)
    def draw() -> dict[str, Tensor]:
        return {"u": g.uniform((100_000,), 1), "v": g.uniform((100_000,), 2), "n": g.normal((100_000,), 3)}

    runner = numpy_runner(model)
    runner.run("init")
    runner.run("draw")
    u, v, n = (runner.read(name) for name in "uvn")
    assert np.histogram(u, 10, (0, 1))[0].std() < 3 * math.sqrt(10_000)
    assert abs(np.corrcoef(u, v)[0, 1]) < 0.01
    assert n.mean() == pytest.approx(0, abs=0.01)
    assert n.std() == pytest.approx(1, abs=0.01)
    runner.run("draw")
    assert abs(np.corrcoef(u, runner.read("u"))[0, 1]) < 0.01


def test_the_same_random_numbers_are_not_drawn_twice_unknowingly() -> None:
    model = Model("m")
    position = model.input("position", (), dtype="u32")

    @model.program
    def fine() -> dict[str, Tensor]:
        drawn = g.uniform((3,), stream=1)
        return {"twice": drawn + drawn, "counted": g.normal((3,), stream=1, counter=position)}

    @model.program
    def also_fine() -> dict[str, Tensor]:
        return {"like fine's": g.uniform((3,), stream=1)}

    expected = r"has drawn from stream 1 before, at test_random\.py:\d+, and would draw the same numbers\. Use what"
    for again in (
        lambda: g.normal((2,), stream=1),
        lambda: g.categorical(g.full((4,), 0.0), stream=1),
        lambda: g.dropout(g.full((4,), 0.0), 0.5, stream=1),
    ):
        with pytest.raises(GraphError, match=expected):
            model.program(lambda again=again: {"first": g.random_index((2,), 5, stream=1), "again": again()})
    with pytest.raises(GraphError, match=r"stream 2 before"):
        model.program(lambda: {str(n): g.uniform((3,), stream=2, counter=position) for n in range(2)})
