"""Many models in one: what they hold, how they start, what is each one's own, and what is refused.

That each learns what it learns alone, gpu/test_ensembles.py says.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner

COUNT = 5
X = np.random.default_rng(2).standard_normal((6, 3))


def mlp() -> nn.Module:
    return nn.MLP([3, 4, 2], g.tanh)


def begun(model: Model, **data: Any) -> Any:
    runner = numpy_runner(model)
    for name, value in {"seed": 7, **data}.items():
        runner.write(name, value)
    runner.run("init")
    return runner


def model_of(module: nn.Module) -> Model:
    model = Model("m")
    model.add("net", module)
    return model


def test_parameters_have_the_names_of_one_and_a_first_axis() -> None:
    one, many = model_of(mlp()), model_of(nn.Ensemble(COUNT, mlp))
    assert len(nn.Ensemble(COUNT, mlp)) == COUNT
    assert {n: (COUNT, *p.shape) for n, p in one.parameters.items()} == {n: p.shape for n, p in many.parameters.items()}


def test_each_starts_from_draws_of_its_own_as_wide_as_one_draws() -> None:
    one, many = begun(model_of(mlp())), begun(model_of(nn.Ensemble(200, mlp)))
    weights = many.read("net.layers.0.weight")
    assert np.array_equal(weights[0], one.read("net.layers.0.weight"))
    assert len(np.unique(weights[:, 0, 0])) == 200
    assert 0.99 / math.sqrt(3) < np.abs(weights).max() <= 1 / math.sqrt(3)


def test_what_a_parent_says_of_how_parameters_start_is_of_one() -> None:
    seen = {}

    def rule(path: str, tensor: Tensor) -> Any:
        seen[path] = tensor.shape
        return nn.he if tensor.ndim == 2 else None

    net = nn.Sequential(nn.Linear(3, 3), nn.Ensemble(200, lambda: nn.Linear(3, 4)))
    net.initialise(rule)
    assert seen == {"0.weight": (3, 3), "0.bias": (3,), "1.weight": (3, 4), "1.bias": (4,)}
    bound = np.abs(begun(model_of(net)).read("net.1.weight")).max()
    assert 0.99 * math.sqrt(2) < bound <= math.sqrt(2)


def test_initial_numbers_are_those_of_each() -> None:
    class Given(nn.Module):
        def __init__(self) -> None:
            self.values = g.parameter(initial=[1.0, 2.0])

        def __call__(self, x: Tensor) -> Tensor:
            return x * self.values

    found = begun(model_of(nn.Ensemble(3, Given))).read("net.values")
    assert found.tolist() == [[1, 2]] * 3


def test_a_layer_from_outside_is_shared() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))
    outer = nn.Linear(3, 3)
    shared = model.add("shared", nn.Linear(3, 3))
    net = model.add("net", nn.Ensemble(COUNT, lambda: nn.Sequential(shared, outer, nn.Linear(3, 2))))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": net(x), "d": g.gradients(g.sum(net(x)), [outer.weight])[0]}

    shapes = {n: p.shape for n, p in model.parameters.items()}
    assert shapes == {
        "shared.weight": (3, 3),
        "shared.bias": (3,),
        "net.1.weight": (3, 3),
        "net.1.bias": (3,),
        "net.2.weight": (COUNT, 3, 2),
        "net.2.bias": (COUNT, 2),
    }
    runner = begun(model, x=X)
    runner.run("run")
    assert runner.read("y").shape == (COUNT, 6, 2)


def test_a_call_takes_what_all_share_or_each_its_own() -> None:
    model = Model("m")
    shared, own = model.data("shared", (6, 3)), model.data("own", (6, COUNT, 3))
    net = model.add("net", nn.Ensemble(COUNT, mlp))

    @model.program
    def run() -> dict[str, Tensor]:
        hidden = net.vmap(lambda one, x: one.hidden(x)[0], shared)
        return {"all": net(shared), "each": net(own, in_axes=1, out_axes=1), "hidden": hidden}

    runner = begun(model, shared=X, own=np.stack([X + n for n in range(COUNT)], 1))
    runner.run("run")
    first, shift, second, last = (runner.read(n) for n in model.parameters)
    hidden = np.tanh(X @ first + shift[:, None])
    assert np.allclose(runner.read("hidden"), hidden, atol=1e-12)
    assert np.allclose(runner.read("all"), hidden @ second + last[:, None], atol=1e-12)
    each = np.tanh((X + np.arange(COUNT)[:, None, None]) @ first + shift[:, None]) @ second + last[:, None]
    assert np.allclose(runner.read("each"), np.moveaxis(each, 0, 1), atol=1e-12)


def test_layers_are_probed_as_in_one() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))
    net = model.add("net", nn.Ensemble(COUNT, mlp))

    @model.program
    def step() -> None:
        nn.SGD(0.1, max_norm=1.0).minimise(g.sum(g.square(net(x))), model)

    model.probe("step", "net", "net.hidden.0", "gradient_norm", slope="net.hidden.0:grad", d="net.layers.1.bias:grad")
    runner = begun(model, x=X)
    runner.run("step")
    shapes = {n: runner.read(n).shape for n in ("net", "net.hidden.0", "gradient_norm", "slope", "d")}
    assert shapes == {
        "net": (COUNT, 6, 2),
        "net.hidden.0": (COUNT, 6, 4),
        "gradient_norm": (COUNT,),
        "slope": (COUNT, 6, 4),
        "d": (COUNT, 2),
    }


def test_states_move_at_every_call_and_are_used_when_evaluating() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))
    net = model.add("net", nn.Ensemble(COUNT, lambda: nn.Sequential(nn.Linear(3, 2), nn.BatchNorm(2))))

    @model.program
    def twice() -> None:
        net(x)
        net(x + 1)

    @model.program
    def used() -> dict[str, Tensor]:
        with nn.evaluating():
            return {"y": net(x)}

    runner = begun(model, x=X)
    runner.run("twice")
    weight, bias = runner.read("net.0.weight"), runner.read("net.0.bias")
    y, z = (data @ weight + bias[:, None] for data in (X, X + 1))
    mean = 0.1 * (0.9 * y.mean(1) + z.mean(1))
    var = 0.9 * (0.9 + 0.1 * y.var(1, ddof=1)) + 0.1 * z.var(1, ddof=1)
    assert np.allclose(runner.read("net.1.running_mean"), mean, atol=1e-12)
    assert np.allclose(runner.read("net.1.running_var"), var, atol=1e-12)
    runner.run("used")
    assert np.allclose(runner.read("y"), (y - mean[:, None]) / np.sqrt(var + 1e-5)[:, None], atol=1e-12)


def test_what_is_dropped_is_dropped_by_each() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))
    net = model.add("net", nn.Ensemble(COUNT, lambda: nn.Dropout(0.5)))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": net(x)}

    runner = begun(model, x=np.ones((6, 3)))
    runner.run("run")
    assert len({a.tobytes() for a in runner.read("y")}) == COUNT


def test_ensembles_stand_in_ensembles() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))
    net = model.add("net", nn.Ensemble(2, lambda: nn.Ensemble(COUNT, lambda: nn.Linear(3, 2, initialiser=nn.he))))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": net(x)}

    runner = begun(model, x=X)
    runner.run("run")
    weight = runner.read("net.weight")
    assert weight.shape == (2, COUNT, 3, 2)
    assert len(np.unique(weight)) == weight.size
    assert 1 < np.abs(weight).max() <= math.sqrt(2)
    assert np.allclose(runner.read("y"), X @ weight, atol=1e-12)


def test_frozen_parameters_and_chosen_ones() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))

    def make() -> nn.Module:
        net = nn.MLP([3, 4, 2], g.tanh)
        net.layers[0].requires_grad_(False)
        return net

    net = model.add("net", nn.Ensemble(COUNT, make))
    seen: dict[str, tuple[int, ...]] = {}

    def chosen(name: str, p: Tensor) -> bool:
        seen[name] = p.shape
        return p.ndim == 2

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(g.sum(g.square(net(x))), model, only=chosen)

    assert [a.variable.name for a in model.programs["step"].assignments] == ["net.layers.1.weight"]
    assert seen["net.layers.1.weight"] == (4, 2)


def test_its_parameters_are_replaced_as_those_of_a_layer() -> None:
    model = Model("m")
    x = model.data("x", (6, 3))
    net = model.add("net", nn.Ensemble(COUNT, lambda: nn.Linear(3, 2)))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": nn.functional_call(net, {"weight": 2 * model.parameters["net.weight"]}, x)}

    runner = begun(model, x=X)
    runner.run("run")
    assert np.allclose(runner.read("y"), 2 * X @ runner.read("net.weight"), atol=1e-12)


def test_each_task_learns_from_one_start_within_the_loss() -> None:
    """Finn, Abbeel and Levine (2017): mapped over tasks, as one after the other."""
    model = Model("m")
    x, target = model.data("x", (2, 6, 3)), model.data("target", (2, 6, 2))
    net = model.add("net", mlp())

    def after(x: Tensor, target: Tensor) -> Tensor:
        weights = dict(net.named_parameters())
        slopes = g.gradients(g.mean(g.square(net(x) - target)), [*weights.values()])  # type: ignore[operator]
        further = {name: w - 0.1 * d for (name, w), d in zip(weights.items(), slopes, strict=True)}
        loss: Tensor = g.mean(g.square(nn.functional_call(net, further, x) - target))
        return loss

    @model.program
    def run() -> dict[str, Tensor]:
        losses, weights = g.vmap(after)(x, target), list(model.parameters.values())
        alone = g.stack([after(x[n], target[n]) for n in range(2)])
        ours, right = (g.gradients(g.sum(each), weights) for each in (losses, alone))
        return {"losses": losses, "alone": alone} | {
            f"{what}{n}": d for what, ds in (("ours", ours), ("right", right)) for n, d in enumerate(ds)
        }

    runner = begun(model, x=np.stack([X, -X]), target=np.stack([X[:, :2], X[:, 1:]]))
    runner.run("run")
    for ours, right in (("losses", "alone"), *((f"ours{n}", f"right{n}") for n in range(4))):
        assert np.allclose(runner.read(ours), runner.read(right), atol=1e-12)
