"""`vmap` on the device: every op for many at once against its definition, and functions of torch.func by PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.graph.batching import BATCHING
from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner
from site_builder.selfcheck.cases import CASES, Case, numbers

COUNT, MOST = 3, 3_000  # models, and elements that go into a case here
RNG = np.random.default_rng(6)
Array = np.ndarray[Any, Any]


def largest(op: str) -> list[Case]:
    """The largest case of an op that is not too large."""
    fits = [c for c in CASES if c.op == op and c.inputs and sum(math.prod(i.shape) for i in c.inputs) <= MOST]
    return sorted(fits, key=lambda c: sum(math.prod(i.shape) for i in c.inputs))[-1:]


@pytest.mark.parametrize("case", [case for op in BATCHING for case in largest(op)], ids=str)
def test_op_of_many_is_its_definition(device: Any, case: Case) -> None:
    model = Model("many")
    inputs = [model.input(f"x{n}", (COUNT, *i.shape), dtype=i.dtype) for n, i in enumerate(case.inputs)]

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": g.vmap(case.build)(*inputs)}

    given = [np.stack(each) for each in zip(*(numbers(case, seed) for seed in range(COUNT)), strict=True)]
    found, exact = outcomes(model, {f"x{n}": x for n, x in enumerate(given)}, "y")
    scale = max(float(np.abs(np.where(np.isfinite(exact), exact, 0)).max()), 1e-30)
    np.testing.assert_allclose(found, exact, rtol=0, atol=2 * case.tolerance * scale)


def outcomes(model: Model, data: dict[str, Any], *names: str) -> list[Any]:
    """What each name holds on the device, and then in NumPy."""
    result = []
    for runner in (wgpu_runner(lower(model)), numpy_runner(model)):
        for name, value in data.items():
            runner.write(name, value)
        runner.run("run")
        result += [np.asarray(runner.read(name), np.float64) for name in names]
    return result


def perceptron(p: Any, x: Any, tanh: Callable[[Any], Any]) -> Any:
    return tanh(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]


P = {"w1": RNG.standard_normal((3, 5)), "b1": RNG.standard_normal(5), "w2": RNG.standard_normal((5, 4))}
P["b2"] = RNG.standard_normal(4)
X, LABELS = RNG.standard_normal((6, 3)), RNG.integers(0, 4, 6).astype(np.uint32)


def ours(f: Callable[..., Any]) -> tuple[list[Array], list[Array]]:
    """What f of parameters, x and labels gives, tensors in a list, on the device and in NumPy."""
    model = Model("ours")
    p = {name: model.input(name, value.shape) for name, value in P.items()}
    x, labels = model.input("x", X.shape), model.input("labels", LABELS.shape, dtype="u32")
    names: list[str] = []

    @model.program
    def run() -> dict[str, Tensor]:
        found = {f"y{n}": y for n, y in enumerate(f(p, x, labels))}
        names.extend(found)
        return found

    found = outcomes(model, {**P, "x": X, "labels": LABELS}, *names)
    return found[: len(names)], found[len(names) :]


def same(f: Callable[..., Any], theirs: list[torch.Tensor]) -> None:
    for found, tolerance in zip(ours(f), (1e-5, 1e-12), strict=True):
        assert len(found) == len(theirs)
        for y, right in zip(found, theirs, strict=True):
            exact = right.detach().numpy()
            np.testing.assert_allclose(y, exact, rtol=0, atol=tolerance * max(1, float(np.abs(exact).max())))


TORCH = {name: torch.tensor(value) for name, value in P.items()}
TX, TLABELS = torch.tensor(X), torch.tensor(LABELS.astype(np.int64))


def loss(p: Any, x: Tensor, label: Tensor) -> Tensor:
    result: Tensor = g.sum(g.cross_entropy(perceptron(p, x[None], g.tanh), label[None]))
    return result


def twin_loss(p: Any, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(perceptron(p, x, torch.tanh), label)


def test_gradients_of_every_example_are_torch_funcs(device: Any) -> None:
    each = torch.func.vmap(torch.func.grad(twin_loss), (None, 0, 0))(TORCH, TX, TLABELS)

    def f(p: Any, x: Tensor, labels: Tensor) -> Any:
        return g.vmap(lambda x, label: g.gradients(loss(p, x, label), list(p.values())))(x, labels)

    same(f, list(each.values()))


def test_a_gradient_by_mapped_parameters_too(device: Any) -> None:
    """Of two models, and of every example: mapped twice."""

    def f(p: Any, x: Tensor, labels: Tensor) -> Any:
        def one(p: Any) -> Any:
            return g.vmap(lambda x, label: g.gradients(loss(p, x, label), list(p.values())))(x, labels)

        return g.vmap(one)({name: g.stack([value, 2 * value]) for name, value in p.items()})

    both = {name: torch.stack([value, 2 * value]) for name, value in TORCH.items()}
    of_each = torch.func.vmap(torch.func.grad(twin_loss), (None, 0, 0))
    same(f, list(torch.func.vmap(of_each, (0, None, None))(both, TX, TLABELS).values()))


def test_hessians_and_jacobians_of_every_example_are_torch_funcs(device: Any) -> None:
    def f(p: Any, x: Tensor, labels: Tensor) -> Any:
        def hessian(x: Tensor, label: Tensor) -> Tensor:
            (d,) = g.gradients(loss(p, x, label), [x])
            rows: Tensor = g.vmap(lambda v: g.gradients(g.sum(d * v), [x])[0])(g.eye(3))
            return rows

        def jacobian(x: Tensor) -> Tensor:
            y = perceptron(p, x, g.tanh)
            rows: Tensor = g.vmap(lambda v: g.gradients(g.sum(y * v), [x])[0])(g.eye(4))
            return rows

        return g.vmap(hessian)(x, labels), g.vmap(jacobian)(x)

    hessians = torch.func.vmap(torch.func.jacrev(torch.func.jacrev(twin_loss, 1), 1), (None, 0, 0))(TORCH, TX, TLABELS)
    jacobians = torch.func.vmap(torch.func.jacrev(lambda x: perceptron(TORCH, x, torch.tanh)))(TX)
    same(f, [hessians, jacobians])


IMAGES, CLASSES = RNG.standard_normal((4, 8, 8, 2)), RNG.integers(0, 3, 4).astype(np.uint32)


def layers() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(2, 4, 3),
        nn.GroupNorm(2, 4),
        g.gelu,
        lambda x: g.max_pool(x, 2),
        lambda x: g.reshape(x, (x.shape[0], 9, 4)),
        nn.MultiHeadAttention(4, 2),
        nn.LayerNorm(4),
        nn.LSTM(4, 3),
        lambda x: x[:, -1],
        nn.Linear(3, 3),
    )


def test_gradients_of_every_example_through_layers_add_up_to_that_of_all(device: Any) -> None:
    model = Model("layers")
    x, labels = model.data("x", IMAGES.shape), model.data("labels", CLASSES.shape, "u32")
    net = model.add("net", layers())

    @model.program
    def run() -> dict[str, Tensor]:
        def loss(x: Tensor, labels: Tensor) -> Tensor:
            result: Tensor = g.sum(g.cross_entropy(net(x), labels))  # type: ignore[operator]
            return result

        weights = list(model.parameters.values())
        each = g.vmap(lambda x, label: g.gradients(loss(x[None], label[None]), weights))(x, labels)
        whole = g.gradients(loss(x, labels), weights)
        return {f"{what}{n}": d for what, ds in (("each", each), ("whole", whole)) for n, d in enumerate(ds)}

    for runner, tolerance in ((numpy_runner(model), 1e-12), (wgpu_runner(lower(model)), 1e-5)):
        runner.write("x", IMAGES)
        runner.write("labels", CLASSES)
        runner.write("seed", 2)
        runner.run("init")
        runner.run("run")
        for n, weight in enumerate(model.parameters.values()):
            each, whole = runner.read(f"each{n}"), runner.read(f"whole{n}")
            assert each.shape == (4, *weight.shape)
            np.testing.assert_allclose(each.sum(0), whole, rtol=0, atol=tolerance * max(1, np.abs(whole).max()))
