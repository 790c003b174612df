"""The inspector's arithmetic (demos/runtime/inspect): cells as defined, and how they are put into words."""

from __future__ import annotations

import importlib
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.data.datasets import load_data
from site_builder.graph import Model, Tensor
from site_builder.graph.program import topological
from site_builder.project.node import executable
from site_builder.record.formulas import formulas
from site_builder.run.on_numpy import NumPyRunner

HERE = Path(__file__).parent
RANDOM = {"uniform", "normal", "random_index"}
ROOM = HERE.parents[2] / "demos" / "runtime" / "inspect"


def followed(model: Model, runner: NumPyRunner) -> tuple[dict[str, Any], dict[str, Any]]:
    """What JavaScript makes of every output of a model, and what it says of the first cell of each."""
    graph = formulas(model)
    names = {node["name"] for node in graph["nodes"] if "name" in node}
    arrays = {name: np.asarray(runner.read(name), dtype=np.float64).ravel().tolist() for name in names}
    command = [executable(), HERE / "cells.mjs", *((ROOM / file).as_uri() for file in ("cells.js", "formula.js"))]
    given = json.dumps({"formulas": graph, "arrays": arrays})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, encoding="utf-8")
    answer = json.loads(done.stdout)
    return answer["found"], answer["said"]


def small() -> Model:
    """A layer, a softmax, views of all kinds, reductions."""
    model = Model("small")
    x = model.input("x", (3,))
    tokens = model.input("tokens", (2,), dtype="u32", bound=4)
    weight = g.parameter((3, 2), nn.uniform(1.0))
    bias = g.parameter((2,), nn.uniform(1.0))
    table = g.parameter((4, 3), nn.uniform(1.0))
    for name, each in (("weight", weight), ("bias", bias), ("table", table)):
        model.add(name, Single(each))

    @model.program
    def look() -> dict[str, Tensor]:
        hidden = g.relu(g.reshape(x, (1, 3)) @ weight + bias)
        rows = table[tokens]
        return {
            "hidden": hidden,
            "shares": g.softmax(hidden),
            "rows": rows,
            "mixed": g.concatenate([g.transpose(rows, (1, 0)), g.pad(rows, ((1, 0), (0, 0)))[:, 1:]], axis=0),
            "total": g.sum(rows * rows, axis=0) / 2,
            "most": g.max(rows, axis=1),
            "which": g.argmax(rows, axis=1),
            "cost": g.logsumexp(rows),
            "chosen": g.where(g.less(0.0, x), g.square(x) - 1, -x),
        }

    return model


class Single(nn.Module):
    """One parameter, by a name of its own."""

    def __init__(self, value: Tensor) -> None:
        self.value = value


@pytest.fixture(scope="module")
def told() -> tuple[NumPyRunner, dict[str, Any], dict[str, Any]]:
    model = small()
    runner = NumPyRunner(model)
    runner.write("seed", 3)
    runner.run("init")
    runner.write("x", [0.5, -1.5, 2.0])
    runner.write("tokens", [3, 1])
    runner.run("look")
    return (runner, *followed(model, runner))


@pytest.mark.parametrize("name", ["hidden", "shares", "rows", "mixed", "total", "most", "which", "cost", "chosen"])
def test_cells_are_what_the_definition_gives(told: tuple[NumPyRunner, dict[str, Any], Any], name: str) -> None:
    runner, found, _ = told
    wanted = np.asarray(runner.read(name), dtype=float).ravel()
    assert found[name]["places"] == list(range(wanted.size))
    assert found[name]["values"] == pytest.approx(wanted.tolist(), abs=1e-12)


def test_formulas_have_names_letters_and_numbers(told: tuple[Any, Any, dict[str, Any]]) -> None:
    _, _, said = told
    assert said["hidden"]["symbols"] == "ReLU(a + bias.value[0])"
    (letter, _), (name, _) = said["hidden"]["terms"]
    assert (letter, name) == ("a", "bias.value[0]")
    assert said["shares"]["rows"] == 2
    assert said["chosen"]["symbols"] == "x[0]² − 1"
    assert said["chosen"]["numbers"] == "0.5² − 1"
    assert said["total"]["symbols"] == "a / 2"
    assert said["rows"]["symbols"] == "table.value[3, 0]"


@pytest.mark.parametrize("demo", ["digits", "perceptron", "curve", "folding", "backprop"])
def test_every_number_of_the_demos_can_be_followed(demo: str) -> None:
    """Each demo at its beginning: what is shown, and what JavaScript computes from what is stored."""
    declared = importlib.import_module(f"demos.{demo}.model").DEMO
    model = declared.build()
    runner = NumPyRunner(model, load=load_data)
    runner.write("seed", 1)
    for name, values in declared.inputs().items():
        runner.write(name, values)
    programs = [name for name in model.programs if name not in ("init", "step")]
    for program in ("init", "step", *programs):
        runner.run(program)
    found, _ = followed(model, runner)
    assert found
    for name, cells in found.items():
        wanted = np.asarray(runner.read(name), dtype=float).ravel()[cells["places"]]
        known = np.array([value is not None for value in cells["values"]])
        assert known.all() or name in drawn(model), "only what is drawn at random is not followed"
        followed_values = [value for value in cells["values"] if value is not None]
        assert followed_values == pytest.approx(wanted[known].tolist(), abs=1e-6), name


def drawn(model: Model) -> set[str]:
    """The outputs that hang on what is drawn at random."""
    assignments = [each for program in model.programs.values() for each in program.assignments]
    return {
        each.variable.name
        for each in assignments
        if each.variable.role == "output" and RANDOM & {node.op for node in topological([each.value])}
    }
