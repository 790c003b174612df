"""What of a model is trained, and what modules hold: the sentences where nothing would come of a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner


class Encoded(nn.Module):
    """A head on an encoder."""

    def __init__(self) -> None:
        self.encoder, self.head = nn.Linear(5, 8), nn.Linear(8, 3)

    def __call__(self, x: Tensor) -> Tensor:
        return self.head(g.tanh(self.encoder(x)))


REFUSED: dict[str, tuple[Callable[[Model, Tensor, Encoded], None], str]] = {
    "twice": (
        lambda model, x, net: [nn.SGD(0.1).minimise(g.sum(net(x)), model) for _ in range(2)].clear(),
        r"net\.encoder\.weight is trained twice in one program, .*train each with only=",
    ),
    "left out": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(net.encoder(x)), model, only=net.head),
        r"the loss depends on net\.encoder\.weight, net\.encoder\.bias alone, which `only` leaves out",
    ),
    "all frozen": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(net.requires_grad_(False)(x)), model),
        r"net\.encoder\.weight.* on these the loss depends, and they are frozen. requires_grad_\(True\) thaws",
    ),
    "stopped": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(g.stop_gradient(net(x))), model),
        r"no gradient of the loss reaches a parameter, .*stop_gradient, a comparison",
    ),
    "another model's": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(net(x)), model, only=nn.Linear(2, 3)),
        r"a parameter f32\[2,3\] is none of model m's",
    ),
    "an input": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(net(x)), model, only=x),
        "x is input, and only parameters are trained",
    ),
    "a class": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(net(x)), model, only=nn.Linear),  # type: ignore[arg-type]
        r"expected parameters of model m, found .*Linear",
    ),
    "a name": (
        lambda model, x, net: nn.SGD(0.1).minimise(g.sum(net(x)), model, only="head"),  # type: ignore[arg-type]
        r"SGD\.minimise: only is a Module or a tensor or a list, .*, found 'head'",
    ),
    "too few": (
        lambda model, x, net: nn.SGD(0.1).apply([x], model),
        "expected a gradient for each of 4 parameters, found 1. To train some of them, give a dict",
    ),
    "another shape": (
        lambda model, x, net: nn.SGD(0.1).apply({net.head.bias: x}, model),
        r"the gradient of net\.head\.bias is f32\[3\], found f32\[16,5\]",
    ),
    "by name": (
        lambda model, x, net: nn.SGD(0.1).apply({"net.head.bias": x}, model),  # type: ignore[dict-item]
        r"SGD\.apply: gradients is a list, .* or a dict from a tensor to a tensor, found \{'net\.head\.bias'",
    ),
    "of none": (lambda model, x, net: nn.SGD(0.1).apply({}, model), "no gradient is of a parameter that is trained"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_trained_is_a_sentence(name: str) -> None:
    train, said = REFUSED[name]
    model = Model("m")
    x, net = model.input("x", (16, 5)), model.add("net", Encoded())
    with pytest.raises(GraphError, match=rf"test_training\.py:\d+: {said}"):
        model.program(lambda: train(model, x, net))


class Heads(nn.Module):
    """Layers and parameters in dicts and in lists within each other."""

    def __init__(self) -> None:
        self.heads = {"left": nn.Linear(2, 1), "right": [nn.Linear(2, 1, bias=False)]}
        self.blocks = [[nn.Linear(2, 2, bias=False)], [{"scale": g.parameter((2,), nn.ones)}]]

    def __call__(self, x: Tensor) -> Tensor:
        return self.heads["left"](self.blocks[0][0](x))  # type: ignore[operator]


def test_layers_are_found_in_dicts_and_nested_lists() -> None:
    model = Model("m")
    net = model.add("net", Heads())
    assert list(model.parameters) == [
        "net.blocks.1.0.scale",
        "net.heads.left.weight",
        "net.heads.left.bias",
        "net.heads.right.0.weight",
        "net.blocks.0.0.weight",
    ]
    model.program(lambda: {"y": net(model.input("x", (3, 2)))})
    model.probe("<lambda>", "net.heads.left", "net.blocks.0.0")


class Holding(nn.Module):
    """One thing, in an attribute."""

    def __init__(self, held: object) -> None:
        self.held = held


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"a.b": nn.Linear(2, 2)}, r"a layer's key in a dict is a name without \. : and #, found 'a\.b'"),
        ({nn.Linear(2, 2)}, "held is a set of layers, which has no order. Make it a list or a dict"),
    ],
)
def test_layers_without_a_name_are_refused(held: object, said: str) -> None:
    with pytest.raises(GraphError, match=rf"test_training\.py:\d+: {said}"):
        Model("m").add("net", Holding(held))


class Forgetful(nn.Module):
    """Makes a layer whenever it is called."""

    def __init__(self) -> None:
        self.first = nn.Linear(2, 2)

    def __call__(self, x: Tensor) -> Tensor:
        return self.first(x) + nn.Linear(2, 2)(x)  # here


@pytest.mark.parametrize("trains", [False, True])
def test_a_layer_made_while_tracing_is_said_where_it_is_made(trains: bool) -> None:
    model = Model("m")
    x, net = model.input("x", (3, 2)), model.add("net", Forgetful())

    def step() -> dict[str, Tensor]:
        y = g.mean(net(x))
        if trains:
            nn.SGD(0.1).minimise(y, model)
        return {} if trains else {"y": y}

    line = Forgetful.__call__.__wrapped__.__code__.co_firstlineno + 1  # type: ignore[attr-defined]
    said = (
        rf"test_training\.py:{line}: a layer is made here while program step is traced, .*in the __init__ of a Module"
    )
    with pytest.raises(GraphError, match=said):
        model.program(step)


def test_a_layer_that_was_given_to_no_model_is_named_where_it_is_trained() -> None:
    model, layer = Model("m"), nn.Linear(2, 2)
    x = model.input("x", (3, 2))
    with pytest.raises(GraphError, match=r"reads a variable that model m does not own\. Give the layer"):
        model.program(lambda: nn.SGD(0.1).minimise(g.mean(layer(x)), model))


def set_to(name: str, value: object) -> Callable[[Any], object]:
    return lambda given: setattr(given, name, value)


MODULE: dict[str, tuple[Callable[[Any], object], str]] = {
    "training": (set_to("training", False), "a module has no training to be set.*with nn.evaluating"),
    "frozen": (set_to("requires_grad", False), r"no requires_grad to be set. module\.requires_grad_\(False\)"),
    "misspelt": (set_to("bais", None), "Linear does not know bais, and would not use it. It has bias"),
    "eval": (lambda layer: layer.eval(), "Linear has no eval.*with nn.evaluating"),
    "read, misspelt": (lambda layer: layer.wieght, "Linear has no wieght. Meant is perhaps weight"),
}
TENSOR: dict[str, tuple[Callable[[Any], object], str]] = {
    "grad": (set_to("grad", None), "a tensor never changes: its grad cannot be set. .*model.assign"),
    "a number": (set_to("requires_grad", 0), "requires_grad is True or False, found 0"),
    "an input": (
        lambda _: Model("m").input("x", ()).requires_grad_(),
        r"requires_grad is of parameters, found input x. .*gradients\(loss, \[x\]\)",
    ),
    "a result": (lambda w: (w + 1).requires_grad, "requires_grad is of parameters, found the result of add"),
}


@pytest.mark.parametrize("name", MODULE)
def test_an_attribute_that_a_module_does_not_know_is_refused(name: str) -> None:
    change, said = MODULE[name]
    with pytest.raises(GraphError, match=rf"test_training\.py:\d+: .*{said}"):
        change(nn.Linear(2, 2))


@pytest.mark.parametrize("name", TENSOR)
def test_an_attribute_that_a_tensor_does_not_know_is_refused(name: str) -> None:
    change, said = TENSOR[name]
    with pytest.raises(GraphError, match=rf"test_training\.py:\d+: {said}"):
        change(nn.Linear(2, 2).weight)


def test_modules_take_what_they_know_and_what_authors_give_their_own() -> None:
    layer, own = nn.Linear(2, 2), Encoded()
    layer.bias = None
    assert not hasattr(layer, "activation")
    own.activation = g.relu
    assert own.activation is g.relu


def test_freezing_is_undone() -> None:
    layer = nn.Linear(2, 2)
    assert layer.requires_grad_(False) is layer
    assert not layer.weight.requires_grad
    assert layer.weight.requires_grad_() is layer.weight
    assert (layer.weight.requires_grad, layer.bias.requires_grad) == (True, False)  # type: ignore[union-attr]


def test_freezing_after_the_program_is_refused_unless_another_one_heeds_it() -> None:
    model = Model("m")
    x, net = model.input("x", (3, 5)), model.add("net", Encoded())

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(g.sum(net(x)), model)

    net.encoder.requires_grad_(False)
    said = r"net\.encoder\.weight is frozen here, after program step was traced, which trains it. Freeze it before"
    with pytest.raises(GraphError, match=rf"test_training\.py:\d+: {said}"):
        model.programs  # noqa: B018

    @model.program
    def tune() -> None:
        nn.SGD(0.1).minimise(g.sum(net(x)), model)

    tuned = {a.variable.name for a in model.programs["tune"].assignments}
    assert tuned == {"net.head.weight", "net.head.bias"}


def test_a_frozen_part_may_follow_another() -> None:
    """As a teacher, or a network of targets, that no gradient reaches and the author assigns."""
    model = Model("m")
    x, net, slow = model.input("x", (3, 5)), model.add("net", Encoded()), model.add("slow", Encoded())
    slow.requires_grad_(False)

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(g.sum(g.square(net(x) - g.stop_gradient(slow(x)))), model)
        for (_, own), (_, other) in zip(slow.named_parameters(), net.named_parameters(), strict=True):
            model.assign(own, 0.9 * own + 0.1 * model.current(other))

    runner = numpy_runner(model)
    runner.write("x", np.ones((3, 5)))
    runner.run("init")
    before = runner.read("slow.head.weight")
    runner.run("step")
    np.testing.assert_allclose(runner.read("slow.head.weight"), 0.9 * before + 0.1 * runner.read("net.head.weight"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (g.relu, "the function relu. What has no parameters is called, and not added"),
        (nn.Linear, "the class Linear. Give it an instance"),
    ],
)
def test_what_has_no_parameters_is_not_added(given: Any, said: str) -> None:
    with pytest.raises(GraphError, match=rf"test_training\.py:\d+: Model\.add: module is a Module, found {said}"):
        Model("m").add("net", given)
