"""Gradients of a tensor that is read many times: the slope of NumPy's definition, in as few ops as promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.graph.passes import simplify
from site_builder.graph.program import topological
from site_builder.graph.totals import MANY
from site_builder.nn.recurrent import Recurrent
from site_builder.run.on_numpy import NumPyRunner

H = 1e-5
TIMES = 7
Loss = Callable[[Tensor], Tensor]


def differentiated(loss: Loss, shape: tuple[int, ...]) -> Model:
    model = Model("differentiated")
    x = model.input("x", shape)

    @model.program
    def run() -> dict[str, Tensor]:
        y = loss(x)
        return {"y": y, "d": g.gradients(y, [x])[0]}

    return model


def assert_is_the_slope(model: Model) -> None:
    runner, rng = NumPyRunner(model), np.random.default_rng(1)
    x = rng.standard_normal(model.variables["x"].type.shape)
    runner.run("init")

    def y(array: np.ndarray) -> float:
        runner.write("x", array)
        runner.run("run")
        return float(runner.read("y"))

    y(x)
    gradient = runner.read("d")
    for flat in range(x.size):
        nudge = np.zeros(x.size)
        nudge[flat] = H
        nudge = nudge.reshape(x.shape)
        assert gradient.flat[flat] == pytest.approx((y(x + nudge) - y(x - nudge)) / (2 * H), rel=1e-6, abs=1e-8)


def ops(model: Model) -> Counter[str]:
    return Counter(node.op for node in topological(a.value for a in simplify(model.programs["run"].assignments)))


def different(parts: list[Tensor]) -> Tensor:
    """A loss in which every part has a gradient of its own."""
    total = g.constant(0.0)
    for n, part in enumerate(parts):
        total = total + g.sum(g.sin(part) * (n + 1.0))
    return total


@pytest.mark.parametrize(
    ("loss", "pads"),
    [
        (lambda x: different([x[:, n] for n in range(6)]), 0),
        (lambda x: different([x[:, 4:], x[:, :1], x[:, 1:4]]), 0),
        (lambda x: different([x[:, 1], x[:, 3:5]]), 0),
        (lambda x: different([x[:, :4], x[:, 3:]]), 2),
        (lambda x: different([x[0], x[:, 1]]), 2),
        (lambda x: different([x[:1, :3], x[1:, 3:]]), 2),
        (lambda x: different([x[:, 2]]), 1),
        (lambda x: different([x[:, :3], x, x[:, 3:]]), 0),
    ],
    ids=["times", "in any order", "with gaps", "overlapping", "two axes", "corners", "alone", "beside another user"],
)
def test_slices_hand_back_their_gradients_side_by_side(loss: Loss, pads: int) -> None:
    model = differentiated(loss, (2, 6))
    assert_is_the_slope(model)
    assert ops(model)["pad"] == pads
    assert (ops(model)["concatenate"] > 0) == (pads == 0)


@pytest.mark.parametrize("uses", [MANY - 1, MANY, 9])
def test_a_weight_that_is_used_many_times_takes_one_product(uses: int) -> None:
    def loss(weight: Tensor) -> Tensor:
        return different([(g.cast(g.iota(2, 3), "f32") + 0.1 * n) @ weight for n in range(uses)])

    model = differentiated(loss, (3, 2))
    assert_is_the_slope(model)
    assert ops(model)["matmul"] == uses + (1 if uses >= MANY else uses)


@pytest.mark.parametrize("shape", [(2,), (3, 2)], ids=["of rows", "of matrices"])
def test_a_bias_that_is_used_many_times_takes_one_sum(shape: tuple[int, ...]) -> None:
    known = g.cast(g.iota(4, *shape), "f32")
    model = differentiated(lambda bias: different([bias + 0.1 * n * known for n in range(5)]), shape)
    assert_is_the_slope(model)
    assert ops(model)["sum"] == 5 + 1


def unrolled(network: Recurrent, x: Tensor) -> Tensor:
    """What a recurrent network gives, each time traced by itself."""
    for cell in network.cells:
        from_input, state, given = cell.input_gates(x), cell.start(x.shape[0]), []
        for time in range(x.shape[1]):
            state = cell.advance(from_input[:, time], state)
            given.append(state[0])
        x = g.stack(given, axis=1)
    return x


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_recurrence_has_the_slope_by_its_input(kind: type[Recurrent]) -> None:
    model = Model("unrolled")
    x, network = model.input("x", (2, TIMES, 3)), model.add("network", kind(3, 4, layers=2))

    @model.program
    def run() -> dict[str, Tensor]:
        y = g.sum(g.square(unrolled(network, x)))
        return {"y": y, "d": g.gradients(y, [x])[0]}

    assert_is_the_slope(model)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_recurrence_takes_one_product_for_the_gradient_of_a_weight(kind: type[Recurrent]) -> None:
    model = Model("unrolled")
    x, network = model.input("x", (2, TIMES, 3)), model.add("network", kind(3, 4))

    @model.program
    def run() -> dict[str, Tensor]:
        found = g.gradients(g.sum(unrolled(network, x)), list(model.parameters.values()))
        return {f"d{n}": d for n, d in enumerate(found)}

    counted = ops(model)
    backward = TIMES - 1 + 2  # towards the states before, and by the two weights
    assert counted["matmul"] == TIMES + 1 + backward
    assert counted["pad"] == 0
