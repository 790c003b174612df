"""Layers beside PyTorch's, where the zoo does not go: what is probed, what differs when a network is only used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from site_builder.run import Runner, numpy_runner
from tests.zoo.arrangement import arranged

RNG = np.random.default_rng(1)
BATCH, TIME, FEATURES, HEADS, STEPS = 3, 5, 8, 2, 4
X = RNG.uniform(-1, 1, (BATCH, TIME, FEATURES))


def runner_of(model: Model, twin: tnn.Module | None = None, x: Any = X) -> Runner:
    """The runner after `init`, with x and the twin's parameters."""
    runner = numpy_runner(model)
    runner.write("x", x)
    runner.write("seed", 1)
    runner.run("init")
    for name, value in (arranged(twin) if twin else {}).items():
        runner.write(f"layer.{name}", value.numpy())
    return runner


def close(ours: Any, twins: torch.Tensor) -> None:
    np.testing.assert_allclose(ours, twins.detach().numpy(), atol=1e-12)


@pytest.mark.parametrize("visible", [False, True])
def test_attention_shows_its_weights(visible: bool) -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.MultiHeadAttention(FEATURES, HEADS, weights_visible=visible))
    model.program(lambda: {"y": g.sum(layer(x))})
    model.probe("<lambda>", "layer", "layer.weights", "layer.k")
    twin = tnn.MultiheadAttention(FEATURES, HEADS, batch_first=True).double()
    runner = runner_of(model, twin)
    runner.run("<lambda>")
    inputs = torch.tensor(X)
    y, weights = twin(inputs, inputs, inputs, average_attn_weights=False)
    close(runner.read("layer"), y)
    close(runner.read("layer.weights"), weights)
    assert runner.read("layer.k").shape == (BATCH, TIME, HEADS, FEATURES // HEADS)


def test_the_gradient_of_visible_weights() -> None:
    """Of y = Σ weights v, by weights, it is Σ_d v: all of W_out being 1 and all of y's gradient too."""
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.MultiHeadAttention(FEATURES, HEADS, weights_visible=True))

    @model.program
    def look() -> dict[str, g.Tensor]:
        loss = g.sum(layer(x))
        return {"d": g.gradients(loss, [layer.in_proj_weight])[0]}

    model.probe("look", "layer.weights:grad", "layer.v")
    runner = runner_of(model)
    runner.write("layer.out_proj.weight", np.ones((FEATURES, FEATURES)))
    runner.run("look")
    of_keys = FEATURES * runner.read("layer.v").sum(-1).transpose(0, 2, 1)  # [batch, heads, keys]
    expected = np.broadcast_to(of_keys[:, :, None], (BATCH, HEADS, TIME, TIME))
    np.testing.assert_allclose(runner.read("layer.weights:grad"), expected, atol=1e-12)


def test_the_gradient_by_a_parameter() -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.Linear(FEATURES, 2))
    model.program(lambda: {"d": g.gradients(g.sum(g.square(layer(x))), [layer.weight])[0]})
    model.probe("<lambda>", "layer.weight:grad")
    runner = runner_of(model)
    runner.run("<lambda>")
    assert np.abs(runner.read("d")).min() > 0
    np.testing.assert_array_equal(runner.read("layer.weight:grad"), runner.read("d"))


def test_a_gradient_by_what_the_loss_does_not_use_is_refused() -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.MultiHeadAttention(FEATURES, HEADS))
    model.program(lambda: {"d": g.gradients(g.sum(layer(x)), [layer.in_proj_weight])[0]})
    with pytest.raises(GraphError, match=r"does not go through 'layer.weights', so .*weights_visible=True"):
        model.probe("<lambda>", "layer.weights:grad")


@pytest.mark.parametrize(
    "call",
    [
        lambda x: nn.MultiHeadAttention(FEATURES, HEADS)(x),
        lambda x: nn.FourierBlock(FEATURES, 4)(x),
        lambda x: nn.GRU(FEATURES, 4)(x),
        lambda x: nn.AdditiveAttention(FEATURES, FEATURES, 4)(x, x),
        lambda x: g.attention_weights(x, x),
    ],
)
def test_a_sequence_without_a_batch_is_refused(call: Callable[[g.Tensor], g.Tensor]) -> None:
    with pytest.raises(GraphError, match=r"test_layers\.py:\d+: \w+: expected \[batch,.*\], found f32\[5,"):
        call(Model("m").data("x", (TIME, FEATURES)))


def test_cross_attention_wants_a_memory() -> None:
    layer = nn.MultiHeadAttention(FEATURES, HEADS, cross=True)
    with pytest.raises(GraphError, match=r"cross-attention takes a memory\. Call it with \(x, memory\)"):
        layer(Model("m").data("x", X.shape))


def test_batch_norm_remembers_and_then_uses_what_it_saw() -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.BatchNorm(FEATURES))

    @model.program(counts=True)
    def step() -> dict[str, g.Tensor]:
        return {"y": layer(x)}

    @model.program
    def use() -> dict[str, g.Tensor]:
        with nn.evaluating():
            return {"used": layer(x)}

    twin = tnn.BatchNorm1d(FEATURES).double()
    runner = runner_of(model, twin)
    for n in range(STEPS):
        x_now = X * (n + 1) + n
        runner.write("x", x_now)
        runner.run("step")
        y = twin(torch.tensor(x_now).flatten(0, 1)).unflatten(0, (BATCH, TIME))
        close(runner.read("y"), y)
        close(runner.read("layer.running_mean"), twin.running_mean)
        close(runner.read("layer.running_var"), twin.running_var)
    twin.eval()
    runner.run("use")
    close(runner.read("used"), twin(torch.tensor(x_now).flatten(0, 1)).unflatten(0, (BATCH, TIME)))


def test_dropout_drops_while_training_alone() -> None:
    model, ones = Model("m"), np.ones((50, 100))
    x = model.data("x", ones.shape)
    layer = model.add("layer", nn.Sequential(nn.Dropout(0.2), nn.Dropout(0.5)))

    @model.program(counts=True)
    def step() -> dict[str, g.Tensor]:
        first, second = layer.stages
        assert isinstance(first, nn.Dropout)
        assert isinstance(second, nn.Dropout)
        return {"first": first(x), "second": second(x)}

    @model.program
    def use() -> dict[str, g.Tensor]:
        with nn.evaluating():
            return {"used": layer(x)}

    runner = runner_of(model, x=ones)
    runner.run("step")
    first, second = runner.read("first"), runner.read("second")
    assert set(np.unique(first)) == {0, 1.25}
    assert set(np.unique(second)) == {0, 2}
    assert (first == 0).mean() == pytest.approx(0.2, abs=0.03)  # five standard deviations of 5,000 draws
    assert ((first == 0) & (second == 0)).mean() == pytest.approx(0.1, abs=0.03)  # each draws for itself
    runner.run("step")
    assert (runner.read("first") != first).any()
    runner.run("use")
    assert (runner.read("used") == ones).all()


def test_a_batch_norm_called_twice_follows_both_batches() -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.BatchNorm(FEATURES))

    @model.program
    def step() -> dict[str, g.Tensor]:
        return {"y": layer(layer(x) * 3 + 1)}

    twin = tnn.BatchNorm1d(FEATURES).double()
    runner = runner_of(model, twin)
    runner.write("x", X)
    runner.run("step")
    y = twin(twin(torch.tensor(X).flatten(0, 1)) * 3 + 1).unflatten(0, (BATCH, TIME))
    close(runner.read("y"), y)
    close(runner.read("layer.running_mean"), twin.running_mean)
    close(runner.read("layer.running_var"), twin.running_var)


def test_a_dropout_called_twice_drops_anew() -> None:
    model, ones = Model("m"), np.ones((50, 100))
    x = model.data("x", ones.shape)
    layer = nn.Dropout(0.5)

    @model.program(counts=True)
    def step() -> dict[str, g.Tensor]:
        return {"first": layer(x), "second": layer(x)}

    runner = runner_of(model, x=ones)
    runner.run("step")
    first, second = runner.read("first"), runner.read("second")
    assert ((first == 0) & (second == 0)).mean() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_a_cell_is_pytorchs(kind: str) -> None:
    cell: Callable[[int, int], Any] = getattr(nn, f"{kind}Cell")
    twin = getattr(tnn, f"{kind}Cell")(FEATURES, 4).double()
    states = [RNG.uniform(-1, 1, (BATCH, 4)) for _ in range(2 if kind == "LSTM" else 1)]
    model = Model("m")
    x, given = model.data("x", (BATCH, FEATURES)), [model.data(f"s{n}", s.shape) for n, s in enumerate(states)]
    layer = model.add("layer", cell(FEATURES, 4))

    @model.program
    def step() -> dict[str, g.Tensor]:
        new = layer(x, *given)
        return {f"new{n}": each for n, each in enumerate(new if isinstance(new, tuple) else (new,))}

    runner = runner_of(model, twin, X[:, 0])
    for n, state in enumerate(states):
        runner.write(f"s{n}", state)
    runner.run("step")
    tensors = [torch.tensor(state) for state in states]
    expected = twin(torch.tensor(X[:, 0]), tuple(tensors) if kind == "LSTM" else tensors[0])
    for n, each in enumerate(expected if kind == "LSTM" else (expected,)):
        close(runner.read(f"new{n}"), each)


def test_what_a_recurrent_layer_exposes() -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.GRU(FEATURES, 4, layers=2))
    model.program(lambda: {"y": g.sum(layer(x))})
    model.probe("<lambda>", "layer.layers.0", "layer.cells.1.z", "layer")
    runner = runner_of(model)
    runner.run("<lambda>")
    assert runner.read("layer.layers.0").shape == (BATCH, TIME, 4)
    gates = runner.read("layer.cells.1.z")
    assert gates.shape == (TIME, BATCH, 4)
    assert (gates[0] != gates[-1]).all()
    assert runner.read("layer")[:, -1].sum() != 0


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_states_gradient_comes_through_the_states_after_it(kind: str) -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", getattr(nn, kind)(FEATURES, HEADS))

    @model.program
    def learn() -> dict[str, g.Tensor]:
        loss = g.sum(g.square(layer(x)[:, -1]))
        return {"slopes": g.gradients(loss, [layer.cells[0].weight_hh])[0]}

    model.probe("learn", "layer.cells.0.h", "layer.cells.0.h:grad")
    twin, cell = getattr(tnn, kind)(FEATURES, HEADS, batch_first=True).double(), getattr(tnn, f"{kind}Cell")
    runner = runner_of(model, twin)
    runner.run("learn")
    walked = cell(FEATURES, HEADS).double()
    walked.load_state_dict({name.removesuffix("_l0"): value for name, value in twin.state_dict().items()})
    state, states = None, []
    for time in range(TIME):
        state = walked(torch.tensor(X[:, time]), state)
        states.append(state[0] if kind == "LSTM" else state)
    gradients = torch.autograd.grad((states[-1] ** 2).sum(), states)
    close(runner.read("layer.cells.0.h"), torch.stack(states))
    close(runner.read("layer.cells.0.h:grad"), torch.stack(gradients))


def test_probing_functions_of_a_sequence_and_gradients_of_parameters() -> None:
    model = Model("m")
    x, layer = model.data("x", X.shape), model.add("layer", nn.Sequential(nn.Linear(FEATURES, 2), g.relu))
    model.program(lambda: {"bias_gradient": g.gradients(g.sum(layer(x)), [layer.stages[0].bias])[0]})
    model.probe("<lambda>", "layer.1", "layer.1:grad", "layer.0.weight:grad")
    runner = runner_of(model)
    runner.run("<lambda>")
    y = X @ runner.read("layer.0.weight") + runner.read("layer.0.bias")
    np.testing.assert_allclose(runner.read("layer.1"), np.maximum(y, 0), atol=1e-12)
    assert (runner.read("layer.1:grad") == 1).all()
    np.testing.assert_allclose(runner.read("layer.0.weight:grad"), np.einsum("btf,bto->fo", X, y > 0), atol=1e-12)


def test_parameters_start_as_a_rule_says() -> None:
    model = Model("m")
    model.data("x", X.shape)
    layer = model.add("layer", nn.Sequential(nn.Linear(3, 3), nn.BatchNorm(3)))
    layer.initialise(lambda path, tensor: nn.ones if path == "0.weight" else None)
    runner = runner_of(model)
    assert (runner.read("layer.0.weight") == 1).all()
    assert (runner.read("layer.0.bias") == 0).all()
    assert (runner.read("layer.1.running_var") == 1).all()
