"""What other kernels store piece by piece, side by side or along time, is what NumPy concatenates."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor, variable_of
from site_builder.nn.recurrent import Recurrent
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner
from tests.gpu.test_programs import both
from tests.pure.graph.test_totals import unrolled

SHAPES = {"weight": (64, 128), "after": (132, 4), "beside": (128, 4)}


def agreeing(model: Model, given: Sequence[Tensor]) -> tuple[Any, NumPyRunner]:
    """Both runners, after `run`, given the same numbers."""
    ours, numpys = both(model)
    rng = np.random.default_rng(6)
    for runner in (ours, numpys):
        runner.run("init")
    for variable in given:
        value = rng.standard_normal(variable.shape).astype(np.float32)
        for runner in (ours, numpys):
            runner.write(variable_of(variable).name, value)
    for runner in (ours, numpys):
        runner.run("run")
    return ours, numpys


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_long_recurrence_agrees_with_numpy(device: Any, kind: type[Recurrent]) -> None:
    """So long that what is stacked along time takes concatenations of concatenations."""
    model = Model("long")
    x = model.input("x", (3, 9, 2))
    network = model.add("network", kind(2, 5, layers=2))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(unrolled(network, x) - 0.5))
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

    ours, numpys = agreeing(model, (x, *weights))
    np.testing.assert_allclose(ours.read("y"), numpys.read("y"), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("outputs", "wholes", "reads"), [(2, 4, 3), (3, 3, 3), (4, 2, 3), (4, 1, 4)])
def test_a_piece_may_be_an_output_too(device: Any, outputs: int, wholes: int, reads: int) -> None:
    model = Model("pieces")
    inputs = [model.input(f"x{n}", (4, 6)) for n in range(reads)]
    weight = model.input("weight", (12, 3))

    @model.program
    def run() -> dict[str, Tensor]:
        piece = g.tanh(g.sin(functools.reduce(operator.mul, inputs)))
        others = [g.exp(g.sin(inputs[0] + float(n))) for n in range(wholes)]
        products = {f"y{n}": g.concatenate([piece, other], 1) @ weight for n, other in enumerate(others)}
        return products | {f"piece{n}": piece for n in range(outputs)}

    ours, numpys = agreeing(model, (*inputs, weight))
    for name in [f"y{n}" for n in range(wholes)] + [f"piece{n}" for n in range(outputs)]:
        np.testing.assert_allclose(ours.read(name), numpys.read(name), rtol=1e-4, atol=1e-5)


def test_no_invocation_stores_a_part_of_four_numbers(device: Any) -> None:
    """WGSL allows a store of one component to rewrite the others, which other invocations store here."""
    model = Model("torn")
    x, narrow = model.input("x", (128, 64)), model.input("narrow", (128, 2))
    weight, after, beside = (model.input(name, shape) for name, shape in SHAPES.items())

    @model.program
    def run() -> dict[str, Tensor]:
        ends = [g.tanh(g.sin(g.exp(narrow))), g.exp(g.sin(g.tanh(narrow)))]
        product = g.tanh(x @ weight)
        whole = g.concatenate([ends[0], product, ends[1]], 1)
        return {"y": whole @ after, "k": product @ beside, "s": g.sum(ends[0])}

    plan = lower(model)
    texts = {plan.sources[source].wgsl for k in plan.kernels for source in (k.source, *(v.source for v in k.variants))}
    assert any("= t0.x;" in text for text in texts), "the product stores itself in the whole, number by number"
    assert not [line for text in texts for line in text.splitlines() if re.match(r"\s*out\d+\[.*\]\[.*\] =", line)]
    ours, numpys = agreeing(model, (x, narrow, weight, after, beside))
    for name in ("y", "k", "s"):
        np.testing.assert_allclose(ours.read(name), numpys.read(name), rtol=1e-3, atol=1e-4)


RESULTS = {  # of kernels, [96, n]; how wide they are together; and how many dispatches make them and multiply them
    "products": (lambda x, w, odd, long: [x @ w, x @ odd], 69, 3),
    "odd": (lambda x, w, odd, long: [x @ odd, g.softmax(x @ odd)], 10, 3),
    "large and odd": (lambda x, w, odd, long: [x @ long, x @ w], 259, 3),
    "one that a map changes": (lambda x, w, odd, long: [x @ w, g.tanh(g.exp(x @ odd))], 69, 3),
    "one that another piece reads": (lambda x, w, odd, long: [g.softmax(x), g.tanh(g.exp(g.softmax(x)))], 128, 2),
    "one that others read": (lambda x, w, odd, long: [x @ w, g.softmax(x), g.softmax(x) @ w], 192, 4),
    "the same twice": (lambda x, w, odd, long: [g.softmax(x), x @ w, g.softmax(x)], 192, 3),
    "a variable": (lambda x, w, odd, long: [x, x @ w], 128, 3),
}


@pytest.mark.parametrize(("make", "width", "dispatches"), RESULTS.values(), ids=list(RESULTS))
def test_what_kernels_compute_is_stored_where_it_is_read(
    device: Any, make: Callable[..., list[Tensor]], width: int, dispatches: int
) -> None:
    model = Model("results")
    shapes = {"x": (96, 64), "w": (64, 64), "odd": (64, 5), "long": (64, 195), "after": (width, 5)}
    *given, after = (model.input(name, shape) for name, shape in shapes.items())

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": g.concatenate(make(*given), 1) @ after}

    assert len(lower(model).programs["run"].steps) == dispatches
    ours, numpys = agreeing(model, (*given, after))
    np.testing.assert_allclose(ours.read("y"), numpys.read("y"), rtol=1e-3, atol=1e-3)


def test_the_gradients_of_queries_keys_and_values_are_stored_side_by_side(device: Any) -> None:
    """They take no dispatch of their own to become the gradient of the projection that made all three."""
    model = Model("heads")
    x = model.input("x", (2, 6, 8))
    attention = model.add("attention", nn.MultiHeadAttention(8, heads=2))

    @model.program
    def run() -> dict[str, Tensor]:
        loss = g.sum(g.square(attention(x)))
        parameters = [v.tensor for v in model.variables.values() if v.role == "parameter"]
        return {f"d{n}": d for n, d in enumerate(g.gradients(loss, [x, *parameters]))}

    plan = lower(model)
    kinds = [plan.sources[plan.kernels[step.kernel].source].file for step in plan.programs["run"].steps]
    assert "shaders/elementwise/map.wgsl" not in kinds
    ours, numpys = agreeing(model, (x,))
    for name in plan.programs["run"].outputs:
        np.testing.assert_allclose(ours.read(name), numpys.read(name), rtol=1e-3, atol=1e-5)
