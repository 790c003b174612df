"""NumPy's arrays and lists in a model, on every runner: as constants, as rows, and as what variables hold at first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.graph.arrays import MOST
from site_builder.modules import compiled
from site_builder.plan import lower
from site_builder.project.cache import Cache
from site_builder.run import Runner, numpy_runner, processor_runner, wgpu_runner
from tests.plans import read

MATRIX = np.random.default_rng(5).normal(size=(7, 9))
BLUR = np.outer([1, 2, 1], [1, 2, 1]) / 16
SCHEDULE = g.constant(np.linspace(1e-4, 0.02, 50))  # of no model, and so of any that reads it
Make = Callable[[Model], Runner]


def on_wgpu(model: Model) -> Runner:
    return wgpu_runner(lower(model))


RUNNERS = [numpy_runner, on_wgpu]


def diffusion() -> Model:
    """Noise by a schedule, blurred by a filter; rows by a list; a loss that has a slope."""
    model = Model("constants")
    at = model.input("at", (), 3, dtype="u32")
    x = model.input("x", (7, 9), initial=MATRIX)
    w = model.add("layer", Scaled())
    memory = model.state("memory", (2, 2), initial=[[1, 2], [3, 4]])

    @model.program
    def run() -> dict[str, Tensor]:
        image = g.convolution((x * g.sqrt(SCHEDULE[at]))[None, :, :, None], BLUR[:, :, None, None])
        loss = g.sum(w(image[0, ..., 0]))
        (slope,) = g.gradients(loss, [w.weight])
        model.assign(memory, memory @ [[0, 1], [1, 0]])
        return {"loss": loss, "slope": slope, "rows": x[[2, -1]], "mask": x * (MATRIX > 0), "itself": SCHEDULE[:4]}

    return model


class Scaled(nn.Module):
    """A parameter and a constant, both from arrays."""

    def __init__(self) -> None:
        self.weight = g.parameter(initial=np.arange(7.0))
        self.offset = g.constant([[0.5], [1.5], [-1], [2], [0], [1], [3]])

    def __call__(self, x: Tensor) -> Tensor:
        return x[:, :7] * self.weight + self.offset[:5]


def blurred() -> Any:
    x = MATRIX * np.sqrt(np.linspace(1e-4, 0.02, 50)[3])
    return sum(BLUR[i, j] * x[i : i + 5, j : j + 7] for i in range(3) for j in range(3))


@pytest.mark.parametrize("make", RUNNERS)
def test_arrays_are_what_they_are_in_numpy(device: Any, make: Make) -> None:
    runner = make(diffusion())
    runner.run("init")
    runner.run("run", times=3)
    assert_is_right(runner)


def test_so_they_are_on_the_processor(tmp_path: Path) -> None:
    plan = lower(diffusion())
    runner = processor_runner(plan, compiled(plan, tmp_path, Cache(tmp_path)))
    runner.run("init")
    runner.run("run", times=3)
    assert_is_right(runner)


def assert_is_right(runner: Runner) -> None:
    offset = np.array([0.5, 1.5, -1, 2, 0])[:, None]
    wanted = {
        "loss": np.sum(blurred() * np.arange(7.0) + offset),
        "slope": blurred().sum(0),
        "rows": MATRIX[[2, -1]],
        "mask": MATRIX * (MATRIX > 0),
        "itself": np.linspace(1e-4, 0.02, 50)[:4],
        "memory": [[2, 1], [4, 3]],
        "layer.weight": np.arange(7.0),
        "x": MATRIX,
    }
    for name, numbers in wanted.items():
        np.testing.assert_allclose(runner.read(name), numbers, rtol=2e-5, atol=1e-6, err_msg=name)


def test_a_constant_is_in_the_plan_once() -> None:
    """Whatever reads it, and however often; and to the last bit of f32, in few digits."""
    model = Model("once")
    x = model.input("x", (50,))

    @model.program
    def first() -> dict[str, Tensor]:
        return {"y": x * np.linspace(1e-4, 0.02, 50) + SCHEDULE}

    @model.program
    def second() -> dict[str, Tensor]:
        return {"z": x - np.linspace(1e-4, 0.02, 50).tolist()}

    plan = lower(model)
    (constant,) = (each for each in plan.buffers if each.role == "constant")
    assert constant.initial is not None
    assert np.array_equal(np.float32(constant.initial), np.float32(np.linspace(1e-4, 0.02, 50)))
    assert max(len(repr(number)) for number in np.array(constant.initial).tolist()) <= 15
    assert read(plan.to_json()).buffers == plan.buffers


def test_equal_numbers_take_no_place() -> None:
    model = Model("equal")
    x = model.input("x", (300, 400))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": x * np.ones((300, 400))}

    assert [each.role for each in lower(model).buffers if each.name not in ("seed", "step")] == ["input", "output"]
    assert [node.op for node in (a.value for a in model.programs["run"].assignments)] == ["multiply"]


def test_as_many_numbers_as_a_plan_holds() -> None:
    assert g.constant(np.arange(MOST)).shape == (MOST,)
    with pytest.raises(GraphError, match=f"an array of {MOST + 1} numbers is too long: a plan holds {MOST} of one"):
        g.constant(np.arange(MOST + 1))
    with pytest.raises(GraphError, match="what x holds at first of 5000 numbers is too long"):
        Model("long").state("x", (5000,), initial=np.arange(5000))


def test_labels_in_a_list_are_bounded() -> None:
    """A class that there is not is refused where the model is traced."""
    x = Model("m").input("x", (2, 3))
    with pytest.raises(GraphError, match="cross_entropy: labels are below 4, and the logits have 3 classes"):
        g.cross_entropy(x, [3, 0])


def test_a_layer_with_a_constant_belongs_to_two_models() -> None:
    """A constant has no owner, so that a layer that holds one is added as any other."""
    kernel = g.constant([1.0, 2.0, 4.0])
    for name in ("one", "another"):
        model = Model(name)
        x = model.input("x", (3,), initial=kernel_like())

        @model.program
        def run(x: Tensor = x) -> dict[str, Tensor]:
            return {"y": x * kernel}

        runner = numpy_runner(model)
        runner.run("run")
        assert runner.read("y").tolist() == [1, 4, 12]


def kernel_like() -> list[int]:
    return [1, 2, 3]
