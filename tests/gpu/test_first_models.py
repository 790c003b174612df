"""Chapter 1's models: NumPy, the kernels and their PyTorch twins walk the same way, and the margin is the true one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from demos.digits.model import BATCH, TRAIN
from demos.digits.model import build as build_digits
from demos.perceptron.model import SLOTS, build, build_softer, inputs, slots
from site_builder import graph as g
from site_builder.data import load_data
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner

STEPS = 20
TOLERANCE = 1e-3  # what issue 2 asks of every pair of machines over 20 steps; single precision gives 1e-6


def runners(model: Model, writes: dict[str, Any]) -> Iterator[Any]:
    """The definition in double precision, then the kernels, both after `init` with seed 1."""
    from site_builder.run.on_wgpu import WgpuRunner

    for runner in (NumPyRunner(model, load=load_data), WgpuRunner(lower(model), load=load_data)):
        for name, value in {**writes, "seed": 1}.items():
            runner.write(name, np.asarray(value))
        runner.run("init")
        yield runner


def perceptron_with_choice() -> Model:
    """The demo's model, and a program that says which mistake the next step mends."""
    model = build()
    position, label, count = (model.variables[name].tensor for name in ("points", "labels", "count"))
    weights, bias = model.variables["weights"].tensor, model.variables["bias"].tensor

    @model.program
    def peek() -> dict[str, Tensor]:
        agreement = label * (g.sum(position * weights, axis=1) + bias)
        wrong = g.less_equal(agreement, 0.0) * g.less(g.iota(SLOTS), count)
        return {"choice": g.argmax(wrong * g.uniform((SLOTS,), stream=1, low=1.0, high=2.0))}

    return model


def test_perceptron_walks_as_its_twin(device: Any) -> None:
    from tests.twins.perceptron import perceptron

    points = np.array(inputs()["points"])
    augmented = torch.tensor(np.concatenate([points, np.ones((SLOTS, 1))], axis=1))
    labels = torch.tensor(np.array(inputs()["labels"]))
    for runner in runners(perceptron_with_choice(), inputs()):
        choices, walked = [], []
        for _ in range(STEPS):
            runner.run("peek")
            choices.append(int(runner.read("choice")))
            runner.run("step")
            walked.append([*runner.read("weights"), float(runner.read("bias"))])
        twin = perceptron(augmented, labels, choices)
        np.testing.assert_allclose(walked, torch.stack(twin[1:]), atol=1e-5)


def test_softmax_regression_on_points_loses_as_its_twin(device: Any) -> None:
    from tests.twins.perceptron import soften

    count = inputs()["count"]
    points = np.concatenate([np.array(inputs()["points"]), np.ones((SLOTS, 1))], axis=1)[:count]
    twin = soften(torch.tensor(points), torch.tensor(np.array(inputs()["labels"])[:count]), 1.0, STEPS)
    for runner in runners(build_softer(), inputs()):
        runner.run("step", STEPS)
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], twin, rtol=TOLERANCE)


def digits_with_rows() -> Model:
    """The demo's model, and a program that says which images the next step draws."""
    model = build_digits()

    @model.program
    def peek() -> dict[str, Tensor]:
        return {"rows": g.random_index((BATCH,), TRAIN, stream=1)}

    return model


def test_softmax_regression_on_digits_loses_as_its_twin(device: Any) -> None:
    from tests.twins.digits import SoftmaxRegression, train

    for runner in runners(digits_with_rows(), {}):
        images = torch.tensor(runner.read("images").astype(np.float64))
        labels = torch.tensor(runner.read("labels").astype(np.int64))
        batches = []
        for _ in range(STEPS):
            runner.run("peek")
            batches.append(torch.tensor(runner.read("rows").astype(np.int64)))
            runner.run("step")
        twin = train(SoftmaxRegression().double(), images, labels, batches)
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], twin, rtol=TOLERANCE)


@pytest.mark.parametrize("name", ["default", "one class", "two points"])
def test_margin_is_the_best_of_all_directions(device: Any, name: str) -> None:
    """Against a search over 40,000 unit vectors in the augmented space, which is exact to about 0.02."""
    experiment = {
        "default": inputs(),
        "one class": slots([], [(0.5, 0.5), (-0.2, 0.7)]),
        "two points": slots([(-0.5, 0.0)], [(0.5, 0.0)]),
    }[name]
    count = experiment["count"]
    z = np.concatenate([np.array(experiment["points"]), np.ones((SLOTS, 1))], axis=1)[:count]
    z *= np.array(experiment["labels"])[:count, None]
    k = np.arange(40_000) + 0.5  # Fibonacci's lattice on the sphere
    height, turn = 1 - 2 * k / len(k), np.pi * (1 + 5**0.5) * k
    across = np.sqrt(1 - height**2)
    directions = np.stack([across * np.cos(turn), across * np.sin(turn), height])
    best = (z @ directions).min(axis=0).max()
    for runner in runners(build(), experiment):
        runner.run("tighten", 600)
        runner.run("measure")
        least, most = float(runner.read("margin_at_least")), float(runner.read("margin_at_most"))
        assert least <= most * (1 + 1e-5)
        assert most - least < 1e-3
        assert best - 1e-3 <= most <= best + 0.02


def test_four_corners_have_no_margin(device: Any) -> None:
    corners = slots([(0.7, 0.7), (-0.7, -0.7)], [(0.7, -0.7), (-0.7, 0.7)])
    for runner in runners(build(), corners):
        runner.run("tighten", 50)
        runner.run("measure")
        assert float(runner.read("margin_at_most")) < 1e-3
        runner.run("step", 300)
        assert float(runner.read("mistakes")) == 300
