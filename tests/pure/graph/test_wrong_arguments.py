"""Whatever the public words of models are handed, what they cannot take is one sentence at the author's line.

Arguments are drawn from what annotations name, of wrong ranks, types and sizes, and now and then from anything else.
"""

from __future__ import annotations

import inspect
import operator
import random
import traceback
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.graph.arguments import fits

SHAPES = ((), (1,), (3,), (3, 3), (2, 6), (2, 3, 4), (2, 3, 3), (2, 4, 4, 3), (2, 4, 2, 6), (3, 3, 3, 2))
ANYTHING = (
    *(None, True, 0, 1, 2, 3, 4, 6, -1, -7, 0.5, 1.0, -2.0, float("nan"), float("inf"), 1e39, "", "a", "f32", "u32"),
    *("nn", "same", (), (0,), (1,), (-1, -2), (1, 0), (3, 3), (2, 3, 4), (5, 6, 7), (1, 2.5), ("a",), ((1, 1), (1, 1))),
    *([], [3], [4, 6], ["a"], [None], [(1, 1), (0, 2)], {}, {"a": 1}, object(), b"a", lambda *_: None, ..., slice(2)),
)
CALLS = 60
THIS = str(Path(__file__).relative_to(Path.cwd())) if Path(__file__).is_relative_to(Path.cwd()) else __file__
WORDS = {name: getattr(g, name) for name in dir(g) if name[0] != "_" and inspect.isfunction(getattr(g, name))}
LAYERS = {name: getattr(nn, name) for name in nn.__all__ if name != "schedules"}
SCHEDULES = {name: getattr(nn.schedules, name) for name in ("linear_warmup", "cosine_decay", "warmup_cosine")}


def made_anew(*_: object) -> nn.Module:
    return nn.Linear(3, 3)


def numbers_and_tensors(model: Model) -> list[Any]:
    """All that calls are handed: inputs of the model, and anything else."""
    floats = [model.input(f"x{n}", shape) for n, shape in enumerate(SHAPES)]
    whole = [model.input(f"n{n}", shape, dtype="u32") for n, shape in enumerate(SHAPES)]
    return [*floats, *whole, *ANYTHING, *([x, x] for x in floats), floats[:3]]


def operands(function: Callable[..., Any], rng: random.Random, pool: list[Any]) -> tuple[Any, ...]:
    """What one call is handed, in its order: some of what may be left out is."""
    hints, given = typing.get_type_hints(function.__init__ if isinstance(function, type) else function), []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY or (
            parameter.default is not parameter.empty and rng.random() < 0.4
        ):
            break
        fitting = [each for each in pool if fits(each, hints.get(parameter.name, Any))]
        for _ in range(rng.randrange(4) if parameter.kind is parameter.VAR_POSITIONAL else 1):
            given.append(rng.choice(fitting if fitting and rng.random() < 0.9 else pool))
    return tuple(given)


def outcome(function: Callable[..., Any], given: tuple[Any, ...], within: Model | None) -> Any:
    """What a call gives, or a GraphError that names the line of it here; fails where anything else is raised.

    It happens within a program of the model, or outside of all.
    """
    found = []

    def call() -> None:
        found.append(function(*given))

    try:
        within.program(call) if within else call()
    except GraphError as error:
        if error.file != THIS:
            pytest.fail(f"{given}: {error}")
        return error
    except Exception:
        pytest.fail(f"{given}\n{traceback.format_exc()}")
    return found[0]


def tried(name: str, function: Callable[..., Any], parts: tuple[str, ...] = ()) -> list[Any]:
    """The outcomes of many calls, and of the public methods of what they give."""
    rng, pool, outcomes = random.Random(name), [*numbers_and_tensors(Model("anything")), nn.Linear(3, 3), made_anew], []
    for _ in range(CALLS):
        made = outcome(function, operands(function, rng, pool), Model("m"))
        outcomes.append(made)
        if isinstance(made, nn.Module | nn.SGD | nn.Adam | nn.RMSProp):
            for method in parts:
                called = getattr(made, method)
                outcome(called, operands(called, rng, pool), Model("m"))
    return outcomes


@pytest.mark.parametrize("name", [*WORDS, *SCHEDULES])
def test_a_word(name: str) -> None:
    outcomes = tried(name, {**WORDS, **SCHEDULES}[name])
    assert any(isinstance(each, GraphError) for each in outcomes)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer(name: str) -> None:
    layer = LAYERS[name]
    public = [n for n in dir(layer) if n == "__call__" or not n.startswith("_")]
    parts = [n for n in public if inspect.isfunction(getattr(layer, n)) and n != "added"]  # blocks call that themselves
    outcomes = tried(name, layer, tuple(parts))
    assert not all(isinstance(each, GraphError) for each in outcomes), "some calls are right"


WITHIN = (
    "assign",
    "update",
    "current",
    "watch",
    "expose",
    "numbered",
    "draws",
    "differentiates",
    "record",
    "expect_owned",
)
METHODS = [name for name, method in vars(Model).items() if name[0] != "_" and inspect.isfunction(method)]


@pytest.mark.parametrize("name", METHODS)
def test_a_model(name: str) -> None:
    """Each call has a model of its own, and happens where it belongs, so that right calls are not refused."""
    rng, outcomes = random.Random(name), []
    for _ in range(CALLS):
        model = Model("tried")
        pool = [*numbers_and_tensors(model), *(model.state(f"s{n}", shape) for n, shape in enumerate(SHAPES))]
        pool += ["a"] * 6 + [nn.Linear(3, 4), nn.LSTM(3, 4), lambda *x: x[0] * 2 if x else None]
        model.program(function_named_a(model))
        method = getattr(model, name)
        outcomes.append(outcome(method, operands(method, rng, pool), model if name in WITHIN else None))
    refused = [each for each in outcomes if isinstance(each, GraphError)]
    assert 0 < len(refused) < CALLS, "some calls are right, some are wrong"


def function_named_a(model: Model) -> Callable[[], dict[str, Tensor]]:
    """A program that shows something, under a name that calls are handed too."""

    def a() -> dict[str, Tensor]:
        return {"y": model.expose("a", model.variables["s4"].tensor + 1)}

    return a


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "lt", "pow", "matmul", "getitem"])
def test_an_operator(name: str) -> None:
    everything = numbers_and_tensors(Model("anything"))
    for x in (each for each in everything if isinstance(each, Tensor)):
        for other in everything:
            outcome(getattr(operator, name), (x, other), Model("m"))


CAST = 'cast the others, as cast(x, "f32") * 0.5.'


def x(*shape: int) -> Tensor:
    return Model("m").input("x", shape)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Model("m").input("x", (2.5,)), "Model.input: shape is a tuple of whole numbers, found (2.5,)."),
        (lambda: Model("m").input("n", (), -1, "u32"), "u32 numbers are whole and not negative, found -1: " + CAST),
        (lambda: Model("m").data("n", (3,), "u32", bound=0), "n cannot hold numbers below 0, and 0 at first."),
        (lambda: Model("m").input("n", (), 7, "u32", 7), "n cannot hold numbers below 7, and 7 at first."),
        (lambda: Model("m").add("x", x(3)), "Model.add: module is a Module, found f32[3]."),
        (lambda: g.swapaxes(x(3, 4), 0, 2), "swapaxes: f32[3,4] has no axes [2]."),
        (lambda: g.split(x(3), 3, 1), "split: f32[3] has no axes [1]."),
        (lambda: g.maximum(1, 2), "maximum: expected a tensor among the operands, found 1 and 2."),
        (lambda: x(3, 4) @ 2, "matmul: expected two tensors, found f32[3,4] and 2."),
        (lambda: g.softmax([1.0, "a"]), "softmax: x holds real numbers, found 'a' in it."),
        (lambda: g.exp(x(3), -1), "exp: too many positional arguments."),
        (lambda: g.clip(x(3), None, 1), "clip: low is a tensor or a number, found None."),
        (lambda: g.convolution(x(2, 8, 8, 3), x(3)), "takes weights [height,width,inputs,outputs], found f32[3]."),
        (lambda: nn.MLP([3], g.relu), "MLP: expected the widths of inputs and outputs at least, found [3]."),
        (lambda: nn.MLP([3, 4]), "MLP: missing a required argument: 'activation'."),
        (lambda: g.meshgrid(x(3), x(4)), "meshgrid: missing a required argument: 'indexing'. It is 'ij' or 'xy'."),
        (lambda: g.normal((3,)), "'stream'. Give each draw of a program a number of its own, as stream=1."),
        (lambda: nn.Linear(3, 4)(2.0), "Linear: x is a tensor, found 2.0."),
        (lambda: nn.LSTMCell(3, 4)(x(2, 3)), "LSTMCell: missing a required argument: 'h'."),
        (lambda: nn.LSTM(3, 4).unroll(x(2, 5, 3), [()] * 2), "LSTM: a state for each of 1 layers, found 2."),
        (
            lambda: nn.functional_call(nn.Linear(3, 4), {"bias": 2.0}, x(3)),
            "functional_call: parameters is a dict from text to a tensor, found {'bias': 2.0}.",
        ),
        (lambda: nn.glorot((), 1), "expected [..., inputs, outputs], of which each is at least 1, found []."),
        (lambda: nn.SGD("fast"), "SGD: rate is a tensor or a number, found 'fast'."),
        (lambda: nn.schedules.cosine_decay(3, 4), "cosine_decay: step is a tensor, found 3."),
    ],
)
def test_what_it_says(call: Callable[[], object], said: str) -> None:
    with pytest.raises(GraphError) as error:
        call()
    assert str(error.value).startswith(f"{THIS}:")
    assert str(error.value).endswith(said)
