"""What neither `vmap` nor an ensemble can do: one sentence each, at the author's line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor

WORDS: dict[str, tuple[Callable[[Model, Tensor], Any], str]] = {
    "lengths apart": (lambda m, x: g.vmap(lambda a, b: a, (0, 1))(x, x), "vmap: all mapped axes have one length"),
    "nothing mapped": (lambda m, x: g.vmap(lambda: g.full((2,), 0.0))(), "vmap: all mapped axes have one length"),
    "no such axis": (lambda m, x: g.vmap(lambda a: a, 2)(x), "vmap: in_axes: f32[4,3] has no axes [2]"),
    "a scalar": (lambda m, x: g.vmap(lambda a: a)(g.sum(x)), "vmap: in_axes: f32[] has no axes [0]"),
    "no such axis of the result": (lambda m, x: g.vmap(g.sum, 0, 1)(x), "vmap: out_axes: f32[4] has no axes [1]"),
    "axes for more arguments": (lambda m, x: g.vmap(lambda a: a, (0, 0))(x), "vmap: in_axes has 2 axes for 1 arg"),
    "no axes": (lambda m, x: g.vmap(lambda a: a, ())(x), "vmap: in_axes is an axis, or one for each argument"),
    "axes of no tuple": (lambda m, x: g.vmap(lambda a: a, 0, (0, 0))(x), "vmap: out_axes are for a tuple of 2"),
    "text": (lambda m, x: g.vmap(lambda a: a)("x"), "vmap: arguments are tensors"),
    "gives text": (lambda m, x: g.vmap(lambda a: "x")(x), "vmap: its function gives a tensor, or a tuple"),
    "records": (lambda m, x: g.vmap(lambda a: m.record("loss", g.sum(a)))(x), "loss.history holds one f32[4096]"),
    "watches": (lambda m, x: g.vmap(lambda a: m.watch("a", a))(x), "a holds one f32[3], and each of 4"),
    "leaks": (
        lambda m, x: [kept := [], g.vmap(lambda a: kept.append(a * 2))(x), kept[0]][2],
        "program run is given what vmap's function computes of one of many",
    ),
    "torch's word": (lambda m, x: g.vmap(lambda a: a, in_dims=1)(x), "unexpected keyword argument 'in_dims'"),
}


def mlp() -> nn.Module:
    return nn.MLP([3, 4, 2], g.tanh)


def two(model: Model, x: Tensor) -> Any:
    many, few = model.add("many", nn.Ensemble(4, mlp)), model.add("few", nn.Ensemble(2, mlp))
    nn.SGD(0.1, max_norm=1.0).minimise(g.sum(many(x)) + g.sum(few(x)), model)


def mapped(f: Callable[[Model, Any, Tensor], Any]) -> Callable[[Model, Tensor], Any]:
    """What f does with one of four models, within their `vmap`."""
    return lambda m, x: m.add("net", nn.Ensemble(4, mlp)).vmap(lambda one, x: f(m, one, x), x)


def shared(model: Model, x: Tensor, optimiser: Any) -> Any:
    many, one = model.add("many", nn.Ensemble(4, mlp)), model.add("one", mlp())
    optimiser.minimise(g.sum(many(x)) + g.sum(one(x)), model)


def trained(model: Model, x: Tensor, optimiser: Any) -> Any:
    optimiser.minimise(g.sum(model.add("many", nn.Ensemble(4, mlp))(x)), model)


ENSEMBLES: dict[str, tuple[Callable[[Model, Tensor], Any], str]] = {
    "no model": (lambda m, x: nn.Ensemble(0, mlp), "Ensemble: a count is at least 1, found 0"),
    "a class": (lambda m, x: nn.Ensemble(2, lambda: nn.Linear), "Ensemble: make gives a layer, found the class Linear"),
    "a function": (lambda m, x: nn.Ensemble(2, lambda: g.relu), "Ensemble: make gives a layer, found function"),
    "a layer": (
        lambda m, x: nn.Ensemble(2, nn.Linear(3, 2)),
        "Ensemble: make is a function that gives a layer, found Linear",
    ),
    "one norm of two": (two, "max_norm is of each model's gradients, and here are parameters of 2 and 4 models"),
    "a gradient by what all have": (
        mapped(lambda m, one, x: g.gradients(g.sum(one(x)), list(m.parameters.values()))),
        "the loss is of one model of an ensemble, and net.layers.0.weight holds what all have",
    ),
    "one trains": (
        mapped(lambda m, one, x: nn.SGD(0.1).minimise(g.sum(one(x)), m)),
        "program run is given what vmap's function computes of one of many",
    ),
    "rates of others": (
        lambda m, x: trained(m, x, nn.Adam(g.full((2,), 0.1))),
        "a rate of many.layers.0.weight: for each of its models it is f32[4], found f32[2]. Or a scalar",
    ),
    "decays of others": (
        lambda m, x: trained(m, x, nn.AdamW(0.1, weight_decay=g.full((4, 1), 0.1))),
        "a weight_decay of many.layers.0.weight: for each of its models it is f32[4], found f32[4,1]",
    ),
    "rates of what is shared": (
        lambda m, x: shared(m, x, nn.SGD(g.full((4,), 0.1))),
        "a rate is one for each model, f32[4], and all share one.layers.0.weight. Train them by an optimiser each",
    ),
    "decays of what is shared": (
        lambda m, x: shared(m, x, nn.AdamW(0.1, weight_decay=g.full((4,), 0.1))),
        "a weight_decay is one for each model, f32[4], and all share one.layers.0.weight",
    ),
    "other lengths": (
        lambda m, x: nn.Ensemble(2, mlp)(x, in_axes=0),
        "vmap: all mapped axes have one length, found 2 models and 4 of f32[3]",
    ),
}
REFUSED = WORDS | ENSEMBLES


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_a_sentence_with_the_line(name: str) -> None:
    build, said = REFUSED[name]
    model = Model("m")
    x = model.data("x", (4, 3))

    with pytest.raises(GraphError) as caught:

        @model.program
        def run() -> dict[str, Tensor]:
            return {"y": build(model, x)}

    assert said in str(caught.value)
    assert str(caught.value.file).endswith("test_mapping_refusals.py")
