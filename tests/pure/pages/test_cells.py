"""The inspector's arithmetic (demos/runtime/inspect): cells as defined, and how they are put into words."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.data.datasets import load_data
from site_builder.graph import Model, Tensor
from site_builder.graph.program import topological
from site_builder.record.formulas import formulas
from site_builder.run.on_numpy import NumPyRunner
from tests.node import answer

HERE = Path(__file__).parent
RANDOM = {"uniform", "normal", "random_index"}
ROOM = HERE.parents[2] / "demos" / "runtime" / "inspect"


def number(x: float) -> float | str:
    """As JSON may have it, and JavaScript's Number() reads it."""
    return float(x) if np.isfinite(x) else "NaN" if np.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def numbers(values: list[str]) -> list[float]:
    return [float(value) for value in values]


def followed(model: Model, runner: NumPyRunner) -> tuple[dict[str, Any], dict[str, Any]]:
    """What JavaScript makes of every output of a model, and what it says of the first cell of each."""
    graph = formulas(model)
    names = {node["name"] for node in graph["nodes"] if "name" in node}
    arrays = {name: [number(x) for x in np.asarray(runner.read(name), np.float64).ravel()] for name in names}
    scripts = ((ROOM / file).as_uri() for file in ("cells.js", "formula.js"))
    told = answer(HERE / "cells.mjs", *scripts, given={"formulas": graph, "arrays": arrays})
    return told["found"], told["said"]


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
    assert numbers(found[name]["values"]) == pytest.approx(wanted.tolist(), abs=1e-12)


def test_formulas_have_names_letters_and_numbers(told: tuple[Any, Any, dict[str, Any]]) -> None:
    _, _, said = told
    assert said["hidden"]["symbols"] == "ReLU(a + bias.value[0])"
    (letter, _), (name, _) = said["hidden"]["terms"]
    assert (letter, name) == ("a", "bias.value[0]")
    assert said["shares"]["rows"] == [0, 1]
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
        known = np.array([value not in RANDOM for value in cells["values"]])
        assert known.all() or name in drawn(model), "only what is drawn at random is not followed"
        followed_values = numbers([value for value in cells["values"] if value not in RANDOM])
        assert followed_values == pytest.approx(wanted[known].tolist(), abs=1e-6), name


def drawn(model: Model) -> set[str]:
    """The outputs that hang on what is drawn at random."""
    assignments = [each for program in model.programs.values() for each in program.assignments]
    return {
        each.variable.name
        for each in assignments
        if each.variable.role == "output" and RANDOM & {node.op for node in topological([each.value])}
    }


SPECIAL = [np.nan, np.inf, -np.inf, 0.0, 0.5, 1.5, -2.5, 1.0]


def wide() -> Model:
    """Normalisation, windows, losses, numbers that wrap around, numbers that are none, and what is not followed."""
    model = Model("wide")
    x = model.input("x", (8,))
    rows = model.input("rows", (4, 6))
    places = model.input("places", (4,), dtype="u32", bound=6)
    large = model.input("large", (4,), dtype="u32")
    picture = model.input("picture", (1, 5, 6, 2))
    kernel = model.input("kernel", (3, 2, 2, 3))

    @model.program
    def look() -> dict[str, Tensor]:
        pool = {"window": (2, 3), "stride": (2, 1), "padding": ((1, 0), (0, 2))}
        q = g.reshape(rows, (1, 4, 2, 3))
        attended = g.attention(q, q, q, causal=True)
        return {
            "rounded": g.round(x),
            "powers": x**x,
            "ones": g.cast(g.less(x, 9.0), "f32") ** x,
            "gelu": g.gelu(x),
            "relu": g.relu(x),
            "most": g.max(x),
            "which": g.argmax(x, axis=0),
            "cost": g.logsumexp(g.reshape(x, (2, 4))),
            "shares": g.softmax(g.reshape(x, (4, 2))),
            "layer": g.layer_norm(rows),
            "rms": g.rms_norm(rows),
            "batch": g.batch_norm(rows, g.cast(g.iota(6), "f32")),
            "entropy": g.cross_entropy(rows, places),
            "highest": g.max_pool(picture, **pool),
            "average": g.average_pool(picture, **pool),
            "convolved": g.convolution(picture, kernel, stride=(2, 1), padding="same"),
            "in_groups": g.convolution(picture, kernel[:, :, :1, :2], (2, 1), "same", groups=2),
            "added": large + 7,
            "less": large - 7,
            "times": large * large,
            "attended": g.reshape(attended, (4, 6)) @ g.transpose(rows, (1, 0)) + 1,
        }

    return model


@pytest.fixture(scope="module")
def odd() -> tuple[NumPyRunner, dict[str, Any], dict[str, Any]]:
    model = wide()
    runner = NumPyRunner(model)
    draws = np.random.default_rng(1)
    for name, shape in (("rows", (4, 6)), ("picture", (1, 5, 6, 2)), ("kernel", (3, 2, 2, 3))):
        runner.write(name, draws.normal(size=shape))
    runner.write("x", SPECIAL)
    runner.write("places", [0, 5, 2, 3])
    runner.write("large", [3, 2**32 - 1, 70_000, 2**31])
    with np.errstate(all="ignore"):
        runner.run("look")
    return (runner, *followed(model, runner))


def test_special_values_and_wide_ops_are_what_the_definition_gives(odd: tuple[Any, Any, Any]) -> None:
    runner, found, _ = odd
    for name in found.keys() - {"attended"}:
        wanted = np.asarray(runner.read(name), dtype=float).ravel()[found[name]["places"]]
        np.testing.assert_allclose(numbers(found[name]["values"]), wanted, rtol=1e-5, atol=1e-6, err_msg=name)


def test_what_is_not_followed_is_named_and_no_number_is_made_of_it(odd: tuple[Any, Any, Any]) -> None:
    _, found, said = odd
    assert set(found["attended"]["values"]) == {"attention"}
    assert said["attended"]["notes"] == ["A part of it is computed by attention, which is not followed here."]
    assert said["attended"]["numbers"] == "? + 1"
    assert "NaN" not in json.dumps(said, ensure_ascii=False)


def far() -> Model:
    """More numbers than a call may have arguments, and more ops than calls may lie in each other."""
    model = Model("far")
    x = model.input("x", (200_000,))

    @model.program
    def look() -> dict[str, Tensor]:
        deep = x[:1]
        for _ in range(4000):
            deep = deep + 1.0
        rows = g.reshape(x, (1, 200_000))
        return {"which": g.argmax(x, axis=0), "cost": g.logsumexp(rows), "deep": deep}

    return model


def test_neither_length_nor_depth_has_an_end() -> None:
    model = far()
    runner = NumPyRunner(model)
    runner.write("x", np.arange(200_000) % 977 / 100)
    runner.run("look")
    found, _ = followed(model, runner)
    for name, cells in found.items():
        wanted = np.asarray(runner.read(name), dtype=float).ravel()[cells["places"]]
        np.testing.assert_allclose(numbers(cells["values"]), wanted, rtol=1e-4, err_msg=name)


def test_a_sum_leaves_out_what_a_comparison_makes_zero() -> None:
    """The vote of a pixel for the digit that is read: one product of ten, without the comparison that picks it."""
    model = Model("votes")
    x = model.input("x", (3,))
    weight = model.input("weight", (3, 4))
    digit = model.input("digit", (), dtype="u32", bound=4)

    @model.program
    def look() -> dict[str, Tensor]:
        chosen = g.cast(g.equal(g.iota(4), digit), "f32")
        return {
            "votes": g.sum(g.reshape(x, (3, 1)) * weight * chosen, axis=1),
            "pair": g.sum(g.reshape(x, (3, 1)) * weight * g.cast(g.less(g.iota(4), digit), "f32"), axis=1),
        }

    runner = NumPyRunner(model)
    runner.write("x", [0.5, 1, 2])
    runner.write("weight", np.arange(12).reshape(3, 4) - 5)
    runner.write("digit", 2)
    runner.run("look")
    found, said = followed(model, runner)
    assert numbers(found["votes"]["values"]) == list(runner.read("votes"))
    votes = said["votes"]
    assert (votes["symbols"], votes["numbers"], votes["rows"]) == ("x[0] · weight[0, 2]", "0.5 · (−3)", [])
    assert votes["notes"] == ["Of 4 terms a comparison leaves 1; the others are 0."]
    assert said["pair"]["symbols"] == "the sum of aₖ"
    assert said["pair"]["rows"] == [0, 1]
    assert said["pair"]["notes"][1] == "Each aₖ is itself computed: a product."
