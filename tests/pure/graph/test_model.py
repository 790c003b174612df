"""Models: what tracing makes of them, and what it says when they are wrong, at the author's line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError, PlanError
from site_builder.graph import Model, Tensor
from site_builder.graph.passes import simplify
from site_builder.plan import lower
from site_builder.run import numpy_runner, processor_runner, wgpu_runner

HERE = Path(__file__).relative_to(Path.cwd()) if Path(__file__).is_relative_to(Path.cwd()) else Path(__file__)


def x(*shape: int, dtype: str = "f32") -> Tensor:
    return Model("m").input("x", shape, dtype=dtype)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: x(64, 10) @ x(12, 4), r"matmul: f32\[64,10\] and f32\[12,4\] do not fit: 10 against 12"),
        (lambda: x(3, 2) + x(4), r"add: shapes \[3, 2\] and \[4\] do not fit"),
        (lambda: x(3)[x(2)], r"gather: rows are chosen by u32, found f32\[2\]"),
        (lambda: x(3)[3], r"f32\[3\] has no 3 along an axis of length 3. An index is a whole number, a slice"),
        (lambda: x(3, 4)[0:2:-1], r"has no slice\(0, 2, -1\) along an axis of length 3. An index is a whole number"),
        (lambda: x(3, 4)[3::2], r"has no slice\(3, None, 2\) along an axis of length 3. An index is a whole number"),
        (lambda: x(3)[1, 0], r"f32\[3\] has no index \(1, 0\)"),
        (lambda: g.concatenate([x(2, 3), x(2, 4)]), r"f32\[2,3\], f32\[2,4\] differ off axis 0"),
        (lambda: g.concatenate([x(2), x(2, dtype="u32")]), r"f32\[2\], u32\[2\] differ off axis 0 or in dtype"),
        (lambda: g.split(x(2, 3), 2), r"axis 1 of f32\[2,3\] cannot be cut into 2 equal parts"),
        (lambda: g.cross_entropy(x(5, 3), x(4, dtype="u32")), r"labels of f32\[5,3\] are u32\[5\], found u32\[4\]"),
        (lambda: g.gradients(x(3), [x(3)]), r"only a scalar can be differentiated, found f32\[3\]"),
        (lambda: g.gradients(g.sum(x(3)), [x(3)[0]]), "does not go through %.* whose gradient would be 0 everywhere"),
        (lambda: g.reshape(x(6), (4,)), r"f32\[6\] has 6 elements, \[4\] has 4"),
        (lambda: g.sum(x(6), axis=1), r"f32\[6\] has no axes \[1\]"),
        (lambda: g.full((0, 3), 1.0), r"every size is at least 1, found \[0, 3\]"),
        (lambda: g.uniform((3,), 1), "random numbers need a program"),
        (lambda: x(3) ** float("inf"), r"a power is of a tensor, by a finite number or a tensor, found .* \*\* inf"),
        (lambda: bool(x(3) > 0), "a tensor has no truth value while a model is traced. Use where"),
        (lambda: list(x()), "a scalar cannot be iterated over"),
        (
            lambda: x(2, dtype="u32") * 0.5,
            r"constant: u32 numbers are whole and not negative, found 0\.5: cast",
        ),
        (lambda: x(2, dtype="u32") + -0.5, r"constant: u32 numbers are whole and not negative, found -0.5"),
        (lambda: x(2) + x(2, dtype="u32"), r"f32\[2\] and u32\[2\] do not fit: cast one, as cast\(x"),
        (lambda: x(2) == [1, 2, 3], r"equal: shapes \[2\] and \[3\] do not fit"),
    ],
)
def test_a_mistake_is_a_sentence_at_the_line_that_made_it(build: Callable[[], object], message: str) -> None:
    line = build.__code__.co_firstlineno
    with pytest.raises(GraphError, match=rf"^{re.escape(str(HERE))}:{line}: .*{message}"):
        build()


def test_equality_compares_elements() -> None:
    model = Model("m")
    words = model.input("words", (4,), dtype="u32")

    @model.program
    def compare() -> dict[str, Tensor]:
        return {"there": 2.0 * (words != 0), "is_five": words == 5}

    runner = numpy_runner(model)
    runner.write("words", np.array([5, 0, 7, 0]))
    runner.run("compare")
    assert runner.read("there").tolist() == [2, 0, 2, 0]
    assert runner.read("is_five").tolist() == [1, 0, 0, 0]


def test_names_belong_to_one_variable() -> None:
    model = Model("m")
    model.input("x", (3,))
    with pytest.raises(GraphError, match="model m already has a variable 'x'"):
        model.state("x", (2,))


def test_only_states_and_parameters_are_assigned_and_only_once() -> None:
    model = Model("m")
    state, data = model.state("s", (3,)), model.input("d", (3,))
    with pytest.raises(GraphError, match="not tracing a program"):
        model.assign(state, 1.0)

    def wrong(*pairs: tuple[Tensor, Tensor | float]) -> None:
        def step() -> None:
            for variable, value in pairs:
                model.assign(variable, value)

        model.program(step)

    with pytest.raises(GraphError, match=r"s is assigned twice in program step.*Model\.update goes on"):
        wrong((state, 1.0), (state, 2.0))
    with pytest.raises(GraphError, match=r"d is input: only the host writes it\. Make it a state"):
        wrong((data, 1.0))
    with pytest.raises(GraphError, match=r"s is f32\[3\] and cannot hold f32\[4\]"):
        wrong((state, x(4)))


def test_a_layer_that_the_model_does_not_own_is_named() -> None:
    model, layer = Model("m"), nn.Linear(3, 2)
    inputs = model.input("x", (5, 3))
    with pytest.raises(GraphError, match=r"reads a variable that model m does not own\. Give the layer to the model"):
        model.program(lambda: {"y": layer(inputs)})


def test_parameters_are_named_as_in_a_state_dict() -> None:
    model = Model("m")
    model.add("net", nn.MLP([2, 8, 1], g.tanh))
    model.add("head", nn.Sequential(nn.Linear(2, 3), g.relu, nn.Linear(3, 1, bias=False)))
    assert list(model.parameters) == [
        *(f"net.layers.{n}.{p}" for n in (0, 1) for p in ("weight", "bias")),
        *("head.0.weight", "head.0.bias", "head.2.weight"),
    ]


class Scales(nn.Module):
    """A list of parameters."""

    def __init__(self) -> None:
        self.scales = [g.parameter((3,), nn.ones) for _ in range(2)]


def test_parameters_are_found_in_lists() -> None:
    model = Model("m")
    model.add("net", Scales())
    assert list(model.parameters) == ["net.scales.0", "net.scales.1"]


class Twice(nn.Module):
    """A layer that holds an input and shares a layer with itself."""

    def __init__(self, rate: Tensor) -> None:
        self.dropout, self.first = nn.Dropout(rate), nn.Linear(3, 3)
        self.second = self.first

    def __call__(self, x: Tensor) -> Tensor:
        return self.second(self.dropout(self.first(x)))


def test_what_a_model_has_already_keeps_its_name() -> None:
    model = Model("m")
    net = model.add("net", Twice(model.input("rate", (), initial=0.5)))
    model.program(lambda: {"y": net(g.full((2, 3), 1.0))})
    assert [v.name for v in model.variables.values()] == list(model.variables)
    assert list(model.variables) == ["seed", "step", "rate", "net.first.weight", "net.first.bias", "y"]
    runner = numpy_runner(model)
    runner.write("rate", 0.0)
    runner.run("init")


def test_a_layer_has_one_name_in_all_models() -> None:
    layer = nn.Linear(3, 2)
    Model("first").add("net", layer)
    Model("second").add("net", layer)
    with pytest.raises(GraphError, match=r"net\.weight of another model would be renamed head\.weight"):
        Model("third").add("head", layer)


def test_simplifying_makes_equal_nodes_one_and_drops_idle_arithmetic() -> None:
    model = Model("m")
    a = model.input("a", (3,))

    def run() -> dict[str, Tensor]:
        negated = -a
        return {"y": g.exp(a * 1 + 0) + g.exp(a), "z": -negated}

    model.program(run)
    before = model.programs["run"].assignments
    after = simplify(before)
    ops = [n.op for n in g.program.topological(x.value for x in after)]
    assert ops.count("exp") == 1
    assert "multiply" not in ops
    assert "negate" not in ops


def test_a_program_prints_with_its_types() -> None:
    model = Model("m")
    a = model.input("a", (2, 3))
    model.program(lambda: {"y": g.softmax(a)})
    assert re.search(r"%\d+: f32\[2,3\] = softmax\(%\d+\)\n  y <- %\d+", str(model.programs["<lambda>"]))


def test_updates_follow_one_another() -> None:
    model = Model("m")
    x, total = model.input("x", (3,)), model.state("total", (3,), 1.0)

    @model.program
    def step() -> None:
        model.update(total, lambda known: 2 * known)
        model.update(total, lambda known: known + x)
        model.update(total, lambda known: g.sum(known))  # one number is every element

    runner = numpy_runner(model)
    runner.run("init")
    runner.write("x", [1.0, 2.0, 3.0])
    runner.run("step")
    assert runner.read("total").tolist() == [12, 12, 12]


def test_an_update_of_another_type_is_refused_where_it_stands() -> None:
    model = Model("m")
    total = model.state("total", (3,))

    def step() -> None:
        model.assign(total, total + 1.0)
        model.update(total, lambda known: known[:2])

    with pytest.raises(GraphError, match=r"test_model\.py:\d+.*total is f32\[3\] and cannot hold f32\[2\]"):
        model.program(step)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda m: wgpu_runner(m), "wgpu_runner runs a Plan, found Model. Hand it lower(model), from"),
        (lambda m: processor_runner(m, m), "processor_runner runs a Plan, found Model. Hand it lower(model)"),
        (lambda m: numpy_runner(lower(m)), "numpy_runner runs a Model, found Plan. Hand it what was lowered"),  # type: ignore[arg-type]
    ],
)
def test_runners_say_what_they_run(make: Callable[[Model], object], said: str) -> None:
    model = Model("m")
    model.state("total", (3,))
    with pytest.raises(PlanError, match=re.escape(said)):
        make(model)
