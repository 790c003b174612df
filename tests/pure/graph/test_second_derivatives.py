"""Gradients of what holds gradients, beside PyTorch's autograd, through every layer; and what is made of them.

A layer's first derivatives are known good by other tests: here those of the second and of the third kind are. PyTorch
evaluates the very graph that was traced, forward, and differentiates it as often by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.graph.program import variable_of
from site_builder.graph.tensor import make
from site_builder.run import numpy_runner
from tests.by_torch import evaluated
from tests.penalised import EVERY, LAYERS, curved, filled, penalised


def values_of(runner: Any, model: Model) -> dict[str, torch.Tensor]:
    """What the variables hold, for PyTorch."""
    held = {name: v for name, v in model.variables.items() if v.role != "output"}
    return {
        name: torch.tensor(np.asarray(runner.read(name)).astype(np.float64 if v.type.dtype == "f32" else np.int64))
        for name, v in held.items()
    }


def by_torch(runner: Any, model: Model, loss: Tensor, targets: list[Tensor], order: int) -> list[Any]:
    """What the program of `penalised` gives."""
    values = values_of(runner, model)
    wanted = [values[variable_of(t).name].requires_grad_() for t in targets]
    (y,) = evaluated([loss], values)
    for _ in range(order):
        gradients = torch.autograd.grad(y, wanted, create_graph=True, materialize_grads=True)
        y = sum(d.square().mean() for d in gradients)
    return [d.detach().numpy() for d in gradients]


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("name", EVERY)
def test_gradients_of_gradients_are_pytorchs(name: str, order: int) -> None:
    model, loss, targets = penalised(*EVERY[name], order)
    runner = filled(model, numpy_runner(model))
    runner.run("run")
    exact = by_torch(runner, model, loss, targets, order)
    scale = max(np.abs(theirs).max() for theirs in exact)
    assert scale > 1e-8
    for n, theirs in enumerate(exact):
        assert np.abs(runner.read(f"d{n}") - theirs).max() <= 1e-9 * scale


def test_every_layer_is_there() -> None:
    layers = {
        name for name in nn.__all__ if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Module)
    }
    assert layers - {"Module"} == {name.partition(",")[0] for name in LAYERS}


@pytest.mark.parametrize("name", ["Conv2d", "EncoderBlock", "LSTM"])
def test_a_product_with_the_hessian_is_a_gradient_of_a_product(name: str) -> None:
    build, shape = EVERY[name]
    model = Model("hvp")
    x, found = model.data("x", shape), []

    @model.program
    def run() -> dict[str, Tensor]:
        loss = curved(build(model, x))
        targets = list(model.parameters.values())
        directions = [g.normal(t.shape, stream=n) for n, t in enumerate(targets)]
        slope = sum(g.sum(d * v) for d, v in zip(g.gradients(loss, targets), directions, strict=True))
        found.extend([loss, targets])
        products = g.gradients(slope, targets)
        return {f"{what}{n}": t for what, ts in (("v", directions), ("Hv", products)) for n, t in enumerate(ts)}

    runner, (loss, targets) = filled(model, numpy_runner(model)), found
    runner.run("run")
    values = values_of(runner, model)
    weights = [variable_of(t).name for t in targets]

    def by_weights(*given: torch.Tensor) -> torch.Tensor:
        return evaluated([loss], values | dict(zip(weights, given, strict=True)))[0]

    directions = tuple(torch.tensor(runner.read(f"v{n}")) for n in range(len(targets)))
    _, exact = torch.autograd.functional.hvp(by_weights, tuple(values[name] for name in weights), directions)
    for n, theirs in enumerate(exact):
        np.testing.assert_allclose(runner.read(f"Hv{n}"), theirs, atol=1e-9 * theirs.abs().max())


def test_newtons_method_finds_where_softmax_regression_ends() -> None:
    """A step is -H⁻¹ times the gradient, by conjugate gradients: as many products with H as there are weights."""
    model = Model("newton")
    x, labels = model.data("x", (40, 3)), model.data("labels", (40,), dtype="u32")
    w = model.state("w", (3, 2))

    @model.program
    def step() -> dict[str, Tensor]:
        loss = g.mean(g.cross_entropy(x @ w, labels)) + 0.05 * g.sum(g.square(w))
        (slope,) = g.gradients(loss, [w])
        change, rest = g.full((3, 2), 0.0), -slope
        direction = rest
        for _ in range(6):
            (product,) = g.gradients(g.sum(slope * g.stop_gradient(direction)), [w])
            share = g.sum(g.square(rest)) / (g.sum(direction * product) + 1e-30)
            change, left = change + share * direction, rest - share * product
            direction = left + g.sum(g.square(left)) / (g.sum(g.square(rest)) + 1e-30) * direction
            rest = left
        model.assign(w, w + change)
        return {"steepness": g.global_norm([slope])}

    runner, rng = numpy_runner(model), np.random.default_rng(2)
    numbers = rng.standard_normal((40, 3))
    runner.write("x", numbers)
    runner.write("labels", (numbers[:, 0] + rng.standard_normal(40) > 0).astype(np.uint32))
    found = []
    for _ in range(6):
        runner.run("step")
        found.append(float(runner.read("steepness")))
    assert found[0] > 0.1
    assert found[-1] < 1e-12


@pytest.mark.parametrize(
    ("make_layer", "shape"),
    [
        (lambda: nn.EncoderBlock(6, 2, 8, g.gelu), (2, 4, 6)),
        (lambda: nn.Sequential(nn.Linear(6, 4), nn.BatchNorm(4)), (2, 4, 6)),
        (lambda: nn.GRU(6, 3, 2), (2, 4, 6)),
    ],
    ids=["transformer", "batch norm", "recurrent"],
)
def test_a_step_of_training_inside_a_loss(make_layer: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    """Its loss is that of a layer to which the step's parameters were written, and its gradient PyTorch's."""
    model, found = Model("inside"), []
    x, layer = model.data("x", shape), model.add("layer", make_layer())
    weights = dict(layer.named_parameters())

    @model.program
    def run() -> dict[str, Tensor]:
        first = curved(layer(x))
        slopes = g.gradients(first, [*weights.values()])
        further = {name: w - 0.01 * d for (name, w), d in zip(weights.items(), slopes, strict=True)}
        loss = curved(nn.functional_call(layer, further, (x,)))
        found.extend([first, loss, *further.values()])
        assert [*layer.named_parameters()] == [*weights.items()]
        given = {f"further.{name}": value for name, value in further.items()}
        return (
            {"first": first, "loss": loss}
            | given
            | {f"d{n}": d for n, d in enumerate(g.gradients(loss, [*weights.values()]))}
        )

    runner = filled(model, numpy_runner(model))
    runner.run("run")
    values = values_of(runner, model)
    wanted = [values[f"layer.{name}"].requires_grad_() for name in weights]
    (first,) = evaluated(found[:1], values)
    slopes = torch.autograd.grad(first, wanted, create_graph=True, materialize_grads=True)
    moved = {f"layer.{name}": w - 0.01 * d for name, w, d in zip(weights, wanted, slopes, strict=True)}
    (loss,) = evaluated(found[:1], values | moved)
    for n, exact in enumerate(torch.autograd.grad(loss, wanted, materialize_grads=True)):
        np.testing.assert_allclose(runner.read(f"d{n}"), exact, atol=1e-9 * max(1.0, float(exact.abs().max())))
    assert runner.read("loss") == pytest.approx(loss.item(), rel=1e-12)
    for name in weights:
        runner.write(f"layer.{name}", runner.read(f"further.{name}"))
    before = runner.read("loss")
    runner.run("run")
    assert runner.read("first") == pytest.approx(before, rel=1e-12)


def test_other_parameters_are_of_the_same_names_and_types() -> None:
    layer, x = nn.Linear(3, 2), Model("m").data("x", (4, 3))
    for given, said in (
        ({"wait": g.full((3, 2), 1.0)}, r"Linear has no parameter 'wait'\. It has weight, bias"),
        ({"bias": g.full((3,), 1.0)}, r"functional_call: bias is f32\[2\], found f32\[3\]"),
    ):
        with pytest.raises(GraphError, match=said):
            nn.functional_call(layer, given, x)


def test_of_which_windows_a_part_is_the_sum_changes_no_derivative() -> None:
    """As many as a convolution's weights are few for: their gradient is summed in parts, and so is its own."""
    found = []
    for parts in (1, 5):
        model = Model("parts")
        x, d = model.data("x", (2, 9, 8, 2)), model.data("d", (2, 7, 6, 3))

        @model.program
        def run(x: Tensor = x, d: Tensor = d, parts: int = parts) -> dict[str, Tensor]:
            window = {"window": (3, 3), "stride": (1, 1), "padding": (0, 0, 0, 0)}
            dw = g.sum(make("convolution_weight_gradient", (x, d), parts=parts, **window), 0)
            return dict(zip(("by_x", "by_d"), g.gradients(g.sum(g.sin(dw)), [x, d]), strict=True))

        runner = filled(model, numpy_runner(model))
        runner.run("run")
        found.append((runner.read("by_x"), runner.read("by_d")))
    for one, five in zip(*found, strict=True):
        np.testing.assert_allclose(one, five, atol=1e-12)
        assert np.abs(one).max() > 0.1


def test_the_length_of_nothing_has_no_slope() -> None:
    model = Model("nothing")
    x = model.state("x", (3,))
    model.program(lambda: {"d": g.gradients(g.global_norm([x]), [x])[0]})
    runner = numpy_runner(model)
    runner.run("<lambda>")
    zeros = torch.zeros(3, requires_grad=True)
    torch.linalg.vector_norm(zeros).backward()
    assert runner.read("d").tolist() == zeros.grad.tolist() == [0, 0, 0]


def test_the_loss_of_a_program_is_the_outer_one() -> None:
    """Of it a probe takes gradients, and not of what a penalty, inside of it, differentiates."""
    model = Model("penalty")
    x, w = model.data("x", (3,)), model.state("w", (3,))

    @model.program
    def step() -> dict[str, Tensor]:
        inner = g.sum(g.sin(w * x))
        loss = inner + g.sum(g.square(g.gradients(inner, [x])[0]))
        return {"loss": loss, "d": g.gradients(loss, [w])[0], "other": g.gradients(g.sum(w), [w])[0]}

    assert model.programs["step"].loss is model.programs["step"].assignments[0].value
