"""What other kernels store piece by piece, side by side or along time, is what NumPy concatenates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor, variable_of
from site_builder.plan import lower
from tests.gpu.test_programs import both


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_long_recurrence_agrees_with_numpy(device: Any, kind: type[nn.Recurrent]) -> None:
    """So long that what is stacked along time takes concatenations of concatenations."""
    model = Model("long")
    x = model.input("x", (3, 9, 2))
    network = model.add("network", kind(2, 5, layers=2))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(network(x) - 0.5))
        nn.Adam(0.05).minimise(loss, model)
        model.record("loss", loss)

    curves = []
    for runner in both(model):
        runner.write("x", np.random.default_rng(5).standard_normal((3, 9, 2)).astype(np.float32))
        runner.run("init")
        runner.run("step", times=10)
        curves.append(runner.read("loss.history")[:10])
    np.testing.assert_allclose(*curves, rtol=1e-5)


@pytest.mark.parametrize("shape", [(5,), (4, 5), (2, 3, 5)])
def test_what_lies_side_by_side_is_stored_there_by_whoever_computes_it(device: Any, shape: tuple[int, ...]) -> None:
    model = Model("beside")
    x = model.input("x", shape)
    weight = model.input("weight", (18, 2))

    @model.program
    def run() -> dict[str, Tensor]:
        a, b = g.tanh(g.sin(g.exp(x))), g.sigmoid(g.cos(x) * x + x)
        c = g.exp(g.cos(x[..., :3])) * 2.0
        wide = g.concatenate([a, b, c, a], axis=-1)
        narrow = g.concatenate([b, c, g.square(a), b], axis=-1)
        return {name: g.reshape(y, (y.size // 18, 18)) @ weight for name, y in (("wide", wide), ("narrow", narrow))} | {
            "total": g.sum(a - b)
        }

    assert len(lower(model).programs["run"].steps) == 5, "a map of x, one of its slice, two products and a sum"
    ours, numpys = both(model)
    rng = np.random.default_rng(4)
    for name, of in (("x", shape), ("weight", (18, 2))):
        value = rng.standard_normal(of).astype(np.float32)
        ours.write(name, value)
        numpys.write(name, value)
    for runner in (ours, numpys):
        runner.run("run")
    for name in ("wide", "narrow", "total"):
        np.testing.assert_allclose(ours.read(name), numpys.read(name), rtol=1e-4, atol=1e-5)


def test_what_goes_into_many_concatenations_is_stored_in_few(device: Any) -> None:
    """As in Huang et al.'s dense networks (2017), where each layer reads all before it."""
    model = Model("dense")
    x = model.input("x", (4, 3))
    weights = [model.input(f"w{n}", (3 * (n + 1), 3)) for n in range(9)]

    @model.program
    def run() -> dict[str, Tensor]:
        known = [g.tanh(g.sin(g.exp(x)))]
        for weight in weights:
            known.append(g.tanh(g.concatenate(known, axis=-1) @ weight))
        return {"y": known[-1]}

    ours, numpys = both(model)
    rng = np.random.default_rng(6)
    for variable in (x, *weights):
        value = rng.standard_normal(variable.shape).astype(np.float32)
        for runner in (ours, numpys):
            runner.write(variable_of(variable).name, value)
    for runner in (ours, numpys):
        runner.run("run")
    np.testing.assert_allclose(ours.read("y"), numpys.read("y"), rtol=1e-4, atol=1e-5)
