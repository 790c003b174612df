"""Names that a model keeps for itself, or that nobody could ask for, are refused at the author's line."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from tests.word_table import MANUAL, manual

INIT = "program init is the model's own: it draws parameters and resets states. Give it another name"
OUTPUTS = "program <lambda>: outputs are tensors by name, found "


def own_init() -> None:
    model = Model("m")

    @model.program
    def init() -> None: ...


def traced(function: Callable[[Model], object]) -> None:
    model = Model("m")
    model.add("layer", nn.Linear(2, 2))
    model.program(lambda: function(model) and None)


def recorded_twice(role: str) -> None:
    model = Model("m")
    getattr(model, role)("loss.history", (3,))
    model.program(lambda: model.record("loss", g.constant(1.0)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (own_init, INIT),
        (lambda: Model("m").state("step", ()), "model m already has a variable 'step'. step is the model's own"),
        (lambda: Model("m").input("seed", ()), "model m already has a variable 'seed'. seed is the model's own"),
        (lambda: Model(""), "expected a name, and one before and after each dot, found ''"),
        (lambda: Model("m").input("", ()), "expected a name, and one before and after each dot, found ''"),
        (lambda: Model("m").state("a..b", ()), "expected a name, and one before and after each dot, found 'a..b'"),
        (lambda: Model("m").data(".a", (3,)), "expected a name, and one before and after each dot, found '.a'"),
        (lambda: Model("m").add("", nn.Linear(2, 2)), "expected a name, and one before and after each dot, found ''"),
        (lambda: Model("m").add("a:b", nn.Linear(2, 2)), "expected a name without : and #, found 'a:b'"),
        (lambda: traced(lambda m: m.watch("", m.step)), "expected a name, and one before and after each dot, found ''"),
        (lambda: traced(lambda m: m.watch("step", m.step)), "model m already has a variable 'step'. step is the"),
        (lambda: traced(lambda m: m.expose("x:grad", m.step)), "expected a name without : and #, found 'x:grad'"),
        (lambda: traced(lambda m: m.expose("h#1", m.step)), "expected a name without : and #, found 'h#1'"),
        (lambda: traced(lambda m: m.expose("layer.bias", m.step)), "layer.bias is a parameter of model m, which can"),
        (lambda: traced(lambda m: m.record("", g.constant(1.0))), "expected a name, and one before and after each"),
        (lambda: recorded_twice("state"), "loss.history is state f32[3] already, and no history f32[4096]"),
        (lambda: recorded_twice("input"), "loss.history is input f32[3] already, and no history f32[4096]"),
        (lambda: Model("m").program(lambda: g.constant(1.0)), OUTPUTS + "a tensor, f32[]"),
        (lambda: Model("m").program(lambda: [g.constant(1.0)]), OUTPUTS + "[%"),  # type: ignore[arg-type,return-value]
        (lambda: Model("m").program(lambda: {1: g.constant(1.0)}), "Model.watch: name is text, found 1"),  # type: ignore[dict-item]
        (lambda: Model("m").input("x", (3,), bound=4), "x is f32[3]: a bound is for u32"),
    ],
)
def test_it_is_refused_where_it_is_given(make: Callable[[], object], said: str) -> None:
    with pytest.raises(GraphError, match=rf"^\S*test_names\.py:\d+: {re.escape(said)}"):
        make()


def test_other_names_are_the_authors_own() -> None:
    model = Model("my model")
    model.state("a/b c", ())
    model.add("block.0", nn.Linear(2, 2))

    @model.program
    def step() -> dict[str, g.Tensor]:
        model.record("loss", g.constant(1.0))
        return {"a/b d": model.step}

    assert [*model.programs] == ["init", "step"]


def test_the_manual_lists_all_words() -> None:
    assert MANUAL.read_text(encoding="utf-8") == manual(), "run `python -m tests.word_table`"
