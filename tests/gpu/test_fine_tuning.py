"""Parameters that more than one program trains, or uses and leaves alone, against PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner

STEPS, RATE = 20, 0.02


def test_what_no_gradient_reaches_stays_as_it_is(device: Any) -> None:
    """A probe on features that another program trained: they neither go on by what Adam remembers, nor decay."""
    model = Model("probed")
    x = model.input("x", (8, 4), initial=0.5)
    features, probe = model.add("features", nn.Linear(4, 4)), model.add("probe", nn.Linear(4, 2))

    @model.program(counts=True)
    def train() -> None:
        nn.AdamW(RATE).minimise(g.mean(g.square(features(x) - 1)), model)

    @model.program(counts=True)
    def fit() -> None:
        nn.AdamW(RATE).minimise(g.mean(g.square(probe(g.stop_gradient(features(x))) - 1)), model)

    runner = wgpu_runner(lower(model))
    runner.run("init")
    runner.run("train", STEPS)
    trained, at_first = runner.read("features.weight"), runner.read("probe.weight")
    runner.run("fit", STEPS)
    np.testing.assert_array_equal(runner.read("features.weight"), trained)
    assert np.all(runner.read("probe.weight") != at_first)


def test_a_program_that_counts_for_itself_begins_at_0(device: Any) -> None:
    """Its schedule, what it draws and what it records, whatever trained before it or in between."""
    model = Model("tuned")
    tuned = model.state("tuned", (), dtype="u32")

    @model.program(counts=True)
    def train() -> None:
        model.record("trained", g.cast(model.step, "f32") + 1)

    @model.program(counts=tuned)
    def tune() -> None:
        model.record("rate", nn.schedules.linear_warmup(model.step, 4))
        model.record("drawn", g.uniform((), stream=1))

    for runner in (wgpu_runner(lower(model)), numpy_runner(model)):
        runner.write("seed", 3)
        runner.run("init")
        for program, times in (("train", 3), ("tune", 2), ("train", 2), ("tune", 1)):
            runner.run(program, times)
        assert (runner.read("step"), runner.read("tuned")) == (5, 3)
        assert runner.read("trained.history")[:6].tolist() == [1, 2, 3, 4, 5, 0]
        assert runner.read("rate.history")[:4].tolist() == [0.25, 0.5, 0.75, 0]
        drawn = runner.read("drawn.history")[:4]
        assert len({*drawn.tolist()}) == 4
        assert drawn[3] == 0


def test_a_program_counts_by_a_state() -> None:
    model = Model("m")
    for wrong in (model.state("x", ()), model.state("n", (2,), dtype="u32")[0], model.state("k", (1,), dtype="u32")):
        with pytest.raises(GraphError, match=r"test_fine_tuning\.py:\d+: a program counts by a state u32\[\], found"):
            model.program(counts=wrong)(lambda: None)


def learner() -> Model:
    """One layer with two heads, a program for each."""
    model = Model("twice")
    x, targets = model.input("x", (16, 5)), [model.input(f"target{n}", (16, 3)) for n in (0, 1)]
    first, heads = model.add("first", nn.Linear(5, 8)), [model.add(f"head{n}", nn.Linear(8, 3)) for n in (0, 1)]

    def train(task: int) -> None:
        loss = g.mean(g.square(heads[task](g.tanh(first(x))) - targets[task]))
        nn.Adam(RATE).minimise(loss, model)
        model.record(f"loss{task}", loss)

    @model.program(counts=True)
    def train_first() -> None:
        train(0)

    @model.program(counts=True)
    def train_second() -> None:
        train(1)

    return model


def twins_losses(parameters: dict[str, Any], numbers: dict[str, Any]) -> list[float]:
    """Of both tasks one after the other, each with an Adam of its own."""

    def linear(name: str, x: Any) -> Any:
        return x @ parameters[f"{name}.weight"] + parameters[f"{name}.bias"]

    losses = []
    for task in (0, 1):
        trained = [p for name, p in parameters.items() if name.startswith(("first", f"head{task}"))]
        adam = torch.optim.Adam(trained, RATE)
        for _ in range(STEPS):
            loss = (linear(f"head{task}", torch.tanh(linear("first", numbers["x"]))) - numbers[f"target{task}"]) ** 2
            losses.append(loss.mean().item())
            adam.zero_grad()
            loss.mean().backward()
            adam.step()
    return losses


def test_two_optimisers_share_nothing(device: Any) -> None:
    """Weights trained for one task, then with a new head and a new Adam for another."""
    model = learner()
    runner = wgpu_runner(lower(model))
    random = np.random.default_rng(4)
    numbers = {"x": random.normal(size=(16, 5)), **{f"target{n}": random.normal(size=(16, 3)) for n in (0, 1)}}
    for name, array in numbers.items():
        runner.write(name, array)
    runner.run("init")
    parameters = {name: torch.tensor(runner.read(name).astype(float), requires_grad=True) for name in model.parameters}
    for program in ("train_first", "train_second"):
        runner.run(program, STEPS)
    losses = [*runner.read("loss0.history")[:STEPS], *runner.read("loss1.history")[STEPS : 2 * STEPS]]
    expected = twins_losses(parameters, {name: torch.tensor(array) for name, array in numbers.items()})
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
