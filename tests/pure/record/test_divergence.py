"""Runs whose parameters are no numbers any more: what is recorded or returned of them is refused, with the step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.figures.lab import Lab, Run
from site_builder.graph import Model, Tensor
from site_builder.record import divergence

HERE = Path(__file__).name
FAR = np.random.default_rng(1).normal(size=(3, 4, 5))
SAME = FAR.copy()
SAME[1, 0] = SAME[0, 0]  # an anchor and its positive are one: a distance of 0


def distance(a: Tensor, b: Tensor) -> Tensor:
    return g.sqrt(g.sum(g.square(a - b), axis=1))


def triplets(apart: Callable[[Tensor, Tensor], Tensor] = distance) -> Model:
    model = Model("triplets")
    x, net = model.input("x", FAR.shape), model.add("net", nn.Linear(5, 2))

    @model.program(counts=True)
    def step() -> None:
        anchor, positive, negative = (net(x[k]) for k in range(3))
        loss = g.mean(g.relu(apart(anchor, positive) - apart(anchor, negative) + 1.0))
        nn.SGD(0.1).minimise(loss, model)
        model.record("loss", g.where(loss > 0, loss, 0.0))  # which is 0 where the loss is NaN

    return model


def diverged(lab: Lab, diverges: bool = False) -> Run:
    run = lab.run(triplets(), writes={"x": FAR}, runner="processor", diverges=diverges)
    run.run("step", 5)
    lab.expect_numbers()
    run.write("x", SAME)
    run.run("step", 6)
    assert run.read("loss.history")[6:11].tolist() == [0] * 5, "it looks like a perfect loss"
    return run


def test_the_parameter_the_step_and_the_line_are_said() -> None:
    lab = Lab()
    diverged(lab)
    line = distance.__code__.co_firstlineno + 1
    said = (
        rf"{HERE}:{line}: net\.weight and 1 more of model triplets became NaN in run 6 of program step, on processor; "
        r"what gave no number first was divide of sqrt\. .* say lab\.run\(\.\.\., diverges=True\)"
    )
    with pytest.raises(GraphError, match=said):
        lab.expect_numbers()


def test_the_step_is_found_where_an_input_begins_as_a_matrix() -> None:
    model = Model("matrix")
    x, net = model.input("x", (2, 3), [[1, 2, 3], [4, 5, 6]]), model.add("net", nn.Linear(3, 1))

    @model.program(counts=True)
    def step() -> None:
        nn.SGD(1e4).minimise(g.mean(g.square(net(x))), model)

    lab = Lab()
    lab.run(model, runner="processor").run("step", 30)
    with pytest.raises(GraphError, match=r"net\.weight and 1 more of model matrix became an infinity in run \d+ of"):
        lab.expect_numbers()


def test_a_norm_that_is_safe_at_0_trains_on() -> None:
    lab = Lab()
    run = lab.run(triplets(lambda a, b: g.norm(a - b, axis=1)), writes={"x": SAME}, runner="processor")
    run.run("step", 20)
    lab.expect_numbers()
    losses = run.read("loss.history")[:20]
    assert 0 < losses[-1] < losses[0]


def test_an_experiment_may_say_that_it_diverges() -> None:
    lab = Lab()
    run = diverged(lab, diverges=True)
    lab.expect_numbers()
    run.run("init")


def grown(rate: float = 2.0) -> Model:
    """A parameter that doubles."""
    model = Model("growth")
    size = model.add("size", Grown())

    @model.program(counts=True)
    def step() -> None:
        model.assign(size.value, size.value * rate)
        model.record("sign", g.minimum(size.value, 1.0))

    @model.program
    def look() -> dict[str, Tensor]:
        return {"slope": g.gradients(g.sqrt(size.value - 1.0), [size.value])[0]}

    model.probe("look", "size.value:grad")
    return model


class Grown(nn.Module):
    """1 at first."""

    def __init__(self) -> None:
        self.value = g.parameter((), nn.ones)


def test_the_step_is_found_among_many() -> None:
    """2^128 is more than f32 holds; runs in one go, in several, and of two programs."""
    for parts in ([300], [100, 28, 100], [127, 1], [1] * 130):
        lab = Lab()
        run = lab.run(grown(), runner="processor")
        for times in parts:
            run.run("step", times)
            run.run("step", 0)
        with pytest.raises(
            GraphError, match=r"size\.value of model growth became an infinity in run 128 of program step"
        ):
            lab.expect_numbers()


def test_a_record_and_another_init_ask_too() -> None:
    for ask in (lambda run: run.record("step", 130, ["sign.history"]), lambda run: run.run("init")):
        run = Lab().run(grown(), runner="processor")
        run.run("step", 130)
        with pytest.raises(GraphError, match="in run 128 of program step"):
            ask(run)


def test_a_gradient_that_is_kept_is_looked_at() -> None:
    """Of a program that trains nothing."""
    lab = Lab()
    run = lab.run(grown(), runner="processor")
    run.run("look")
    with pytest.raises(
        GraphError, match=r"size\.value:grad of model growth became an infinity in run 1 of program look"
    ):
        lab.expect_numbers()


def test_what_init_drew_is_looked_at() -> None:
    model = Model("m")
    model.add("net", nn.Linear(2, 2, initialiser=lambda shape, stream: g.exp(g.full(shape, 1000.0))))
    lab = Lab()
    lab.run(model, runner="processor")
    with pytest.raises(GraphError, match=r"net\.weight of model m held an infinity before any step"):
        lab.expect_numbers()


def test_a_run_that_was_given_too_much_to_repeat_is_refused_without_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divergence, "LARGEST_LOG", 100)
    lab = Lab()
    diverged(lab)
    with pytest.raises(GraphError, match=r"net\.weight and 1 more of model triplets became NaN, on processor\. "):
        lab.expect_numbers()
