"""The inspector's derivatives (demos/runtime/inspect/derivative.js), beside those that the engine differentiates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.record.formulas import formulas
from site_builder.run.on_numpy import NumPyRunner
from tests.node import answer

HERE = Path(__file__).parent
ROOM = HERE.parents[2] / "demos" / "runtime" / "inspect"
SCRIPTS = [(ROOM / file).as_uri() for file in ("cells.js", "derivative.js")]


class Network(nn.Module):
    """Two layers, with a normalisation and a smooth bend in between."""

    def __init__(self) -> None:
        self.first = nn.Linear(3, 4)
        self.norm = nn.LayerNorm(4)
        self.second = nn.Linear(4, 5)

    def __call__(self, x: Tensor) -> Tensor:
        return self.second(g.gelu(self.norm(self.first(x))))


def trained() -> Model:
    """A loss over six examples, its gradients as outputs, and rectified numbers."""
    model = Model("trained")
    network = model.add("network", Network())
    x = model.input("x", (6, 3))
    labels = model.input("labels", (6,), dtype="u32", bound=5)

    def loss() -> Tensor:
        return g.mean(g.cross_entropy(network(x), labels))

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(loss(), model)

    @model.program
    def look() -> dict[str, Tensor]:
        found = g.gradients(loss(), [network.first.weight, network.norm.weight, network.second.bias])
        named = {f"by.{name}": each for name, each in zip(PARAMETERS, found, strict=True)}
        return {
            **named,
            "bent": g.relu(x),
            "cubes": x**3,
            "soft": g.sum(g.softplus(-x) + 10.0),
            "which": g.argmax(x, axis=1),
        }

    return model


PARAMETERS = ("network.first.weight", "network.norm.weight", "network.second.bias")
X = np.array([[0.0, -1.5, 2.0], [1, 0, -1], [0.3, 0.1, -0.7], [2, 2, 1], [-1, 1, 4], [0.5, -0.5, 1.5]])


@pytest.fixture(scope="module")
def begun() -> tuple[NumPyRunner, dict[str, Any], dict[str, list[float]]]:
    """The model at its beginning, its formulas, and what is stored."""
    model = trained()
    runner = NumPyRunner(model)
    runner.write("seed", 3)
    runner.run("init")
    runner.write("x", X)
    runner.write("labels", [0, 4, 2, 1, 1, 3])
    runner.run("look")
    graph = formulas(model)
    names = {node["name"] for node in graph["nodes"] if "name" in node}
    return runner, graph, {name: np.asarray(runner.read(name), float).ravel().tolist() for name in names}


def slopes(begun: Any, pairs: list[tuple[int, int, int, int]], most: int = 100_000) -> list[dict[str, Any]]:
    """By pairs of a node and a place: of what, by what."""
    _, graph, arrays = begun
    cells = [[{"node": of, "at": at}, {"node": by, "at": place}] for of, at, by, place in pairs]
    given = {"formulas": graph, "arrays": arrays, "most": most, "pairs": cells}
    found: list[dict[str, Any]] = answer(HERE / "derivatives.mjs", *SCRIPTS, given=given)["found"]
    return found


def read(graph: dict[str, Any], name: str) -> int:
    """The node that reads what is stored by that name."""
    (found,) = (place for place, node in enumerate(graph["nodes"]) if node.get("name") == name)
    return int(found)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_loss_s_derivatives_are_what_the_engine_differentiates(begun: Any, name: str) -> None:
    runner, graph, _ = begun
    wanted = np.asarray(runner.read(f"by.{name}"), float).ravel()
    node = read(graph, next(each["name"] for each in graph["nodes"] if each.get("name", "").startswith(name)))
    found = slopes(begun, [(graph["losses"]["step"], 0, node, place) for place in range(wanted.size)])
    assert np.abs(wanted).max() > 0.01
    assert [each["slope"] for each in found] == pytest.approx(wanted.tolist(), abs=1e-8)
    assert not [each for each in found if "left" in each]


def test_a_kink_has_two_slopes(begun: Any) -> None:
    _, graph, _ = begun
    of, by = graph["outputs"]["bent"], read(graph, "x")
    bent, passed, cut = slopes(begun, [(of, 0, by, 0), (of, 2, by, 2), (of, 1, by, 1)])
    assert (bent["left"], bent["right"]) == pytest.approx((0, 1), abs=1e-9)
    assert passed == {"slope": pytest.approx(1)}
    assert cut == {"slope": 0}


def test_rounding_is_no_kink(begun: Any) -> None:
    """A slope may be as small as what rounding makes of the number, divided by the move."""
    _, graph, arrays = begun
    x = read(graph, "x")
    found = slopes((begun[0], graph, {**arrays, "x": [14.0 + 0.2 * k for k in range(18)]}), [
        (graph["outputs"]["soft"], 0, x, place) for place in range(18)
    ])  # fmt: skip
    assert not [each for each in found if "left" in each]


def test_a_minimum_is_no_kink(begun: Any) -> None:
    """Left and right of it slopes have other signs, the less the nearer."""
    _, graph, _ = begun
    (flat,) = slopes(begun, [(graph["outputs"]["cubes"], 0, read(graph, "x"), 0)])
    assert flat == {"slope": pytest.approx(0, abs=1e-9)}


def test_too_many_numbers_are_given_up(begun: Any) -> None:
    _, graph, _ = begun
    (found,) = slopes(begun, [(graph["losses"]["step"], 0, read(graph, "x"), 0)], most=50)
    assert found == {"missing": "too many"}
