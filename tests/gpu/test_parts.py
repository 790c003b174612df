"""Training a part of a model, and by gradients of the author's own, against PyTorch over whole curves.

The definition in float64 to 1e-6, the kernels to 1e-4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import Runner, numpy_runner, wgpu_runner

STEPS, RATE, SCALE, PARTS = 20, 0.02, 1024.0, 4
RNG = np.random.default_rng(8)
X, TARGET = RNG.standard_normal((16, 5), np.float32), RNG.standard_normal((16, 3), np.float32)
DATA = {"x": X, "target": TARGET}
Weights = Mapping[str, torch.Tensor]


def runners(model: Model, data: Mapping[str, np.ndarray]) -> Iterator[tuple[Runner, float, Weights]]:
    """Each runner after `init`, its tolerance, and PyTorch's copies of its parameters."""
    for runner, tolerance in ((numpy_runner(model), 1e-6), (wgpu_runner(lower(model)), 1e-4)):
        for name, value in data.items():
            runner.write(name, value)
        runner.write("seed", 3)
        runner.run("init")
        start = {name: runner.read(name).astype(np.float64) for name in model.parameters}
        yield runner, tolerance, {name: torch.tensor(value, requires_grad=True) for name, value in start.items()}


def affine(p: Weights, name: str, x: torch.Tensor) -> torch.Tensor:
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def doubles(data: Mapping[str, np.ndarray]) -> list[torch.Tensor]:
    return [torch.tensor(value.astype(np.float64)) for value in data.values()]


def adversaries() -> Model:
    """A generator and its critic, each with an Adam of its own."""
    model = Model("gan")
    noise, real = model.input("noise", (16, 4)), model.input("real", (16, 2))
    generator = model.add("generator", nn.MLP([4, 8, 2], g.tanh))
    critic = model.add("critic", nn.MLP([2, 8, 1], g.tanh))

    @model.program(counts=True)
    def criticise() -> None:
        fake = critic(generator(noise))
        loss = g.mean(g.softplus(fake)) + g.mean(g.softplus(-critic(real)))
        nn.Adam(RATE).minimise(loss, model, only=critic)
        model.record("critic", loss)

    @model.program
    def generate() -> None:
        loss = g.mean(g.softplus(-critic(generator(noise))))
        nn.Adam(RATE).minimise(loss, model, only=[generator])
        model.watch("generated", loss)

    return model


def adversaries_losses(p: Weights, noise: torch.Tensor, real: torch.Tensor) -> list[list[float]]:
    def network(name: str, x: torch.Tensor) -> torch.Tensor:
        return affine(p, f"{name}.layers.1", torch.tanh(affine(p, f"{name}.layers.0", x)))

    softplus, losses = torch.nn.functional.softplus, []
    adams = [
        torch.optim.Adam([v for k, v in p.items() if k.startswith(part)], RATE) for part in ("critic", "generator")
    ]
    for _ in range(STEPS):
        losses.append([])
        for n, adam in enumerate(adams):
            adam.zero_grad()
            fake = network("critic", network("generator", noise))
            of_critic = softplus(fake).mean() + softplus(-network("critic", real)).mean()
            loss = softplus(-fake).mean() if n else of_critic
            losses[-1].append(loss.item())
            loss.backward()
            adam.step()
    return losses


def test_a_generator_and_its_critic_are_trained_in_turn(device: Any) -> None:
    model = adversaries()
    data = {"noise": RNG.standard_normal((16, 4), np.float32), "real": RNG.standard_normal((16, 2), np.float32)}
    for runner, tolerance, parameters in runners(model, data):
        generated = []
        for _ in range(STEPS):
            runner.run("criticise")
            critic = runner.read("critic.layers.0.weight")
            runner.run("generate")
            np.testing.assert_array_equal(runner.read("critic.layers.0.weight"), critic)
            generated.append(runner.read("generated"))
        losses = np.stack([runner.read("critic.history")[:STEPS], generated], axis=1)
        np.testing.assert_allclose(losses, adversaries_losses(parameters, *doubles(data)), rtol=tolerance)


class Adapted(nn.Module):
    """A frozen map with a change of rank 2: Hu et al., LoRA (2021)."""

    def __init__(self) -> None:
        self.base = nn.Linear(5, 3).requires_grad_(False)
        self.a, self.b = g.parameter((5, 2), nn.normal(0.5)), g.parameter((2, 3), nn.zeros)

    def __call__(self, x: Tensor) -> Tensor:
        return self.base(x) + x @ self.a @ self.b


class Encoded(nn.Module):
    """A head on an encoder."""

    def __init__(self) -> None:
        self.encoder, self.head = nn.Linear(5, 8), nn.Linear(8, 3)

    def __call__(self, x: Tensor) -> Tensor:
        return self.head(g.tanh(self.encoder(x)))


class Tied(nn.Module):
    """Two maps of one weight, and a head."""

    def __init__(self) -> None:
        self.first, self.second, self.head = nn.Linear(5, 5), nn.Linear(5, 5), nn.Linear(5, 3)
        self.second.weight = self.first.weight

    def __call__(self, x: Tensor) -> Tensor:
        return self.head(self.second(g.tanh(self.first(x))))


def whole(net: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    return g.mean(g.square(net(x) - target))


def descend(net: nn.Module, x: Tensor, target: Tensor, model: Model) -> None:
    nn.AdamW(RATE).minimise(whole(net, x, target), model)


def accumulated(net: nn.Module, x: Tensor, target: Tensor, model: Model) -> None:
    """Four micro-batches in one program."""
    parameters = list(model.parameters.values())
    parts = zip(g.split(x, PARTS, axis=0), g.split(target, PARTS, axis=0), strict=True)
    found = [g.gradients(whole(net, *part), parameters) for part in parts]
    nn.AdamW(RATE).apply([sum(each) / PARTS for each in zip(*found, strict=True)], model)


def unscaled(net: nn.Module, x: Tensor, target: Tensor, model: Model) -> None:
    parameters = list(model.parameters.values())
    found = g.gradients(SCALE * whole(net, x, target), parameters)
    nn.AdamW(RATE).apply({p: each / SCALE for p, each in zip(parameters, found, strict=True)}, model)


def head_only(net: Any, x: Tensor, target: Tensor, model: Model) -> None:
    nn.AdamW(RATE).minimise(whole(net, x, target), model, only=[net.head.weight, net.head.bias])


def named_only(net: Any, x: Tensor, target: Tensor, model: Model) -> None:
    nn.AdamW(RATE).minimise(whole(net, x, target), model, only=lambda name, p: name.startswith("net.head"))


def frozen(net: Any, x: Tensor, target: Tensor, model: Model) -> None:
    net.encoder.requires_grad_(False)
    descend(net, x, target, model)


def one_frozen(net: Any, x: Tensor, target: Tensor, model: Model) -> None:
    net.encoder.weight.requires_grad = False
    found = g.gradients(whole(net, x, target), [net.encoder.bias, net.head.weight, net.head.bias])
    nn.AdamW(RATE).apply(found, model)


Train = Callable[[Any, Tensor, Tensor, Model], None]
CASES: dict[str, tuple[type[nn.Module], Train, tuple[str, ...]]] = {  # and the parameters that stay
    "all": (Encoded, descend, ()),
    "four micro-batches": (Encoded, accumulated, ()),
    "a scaled loss": (Encoded, unscaled, ()),
    "only two parameters": (Encoded, head_only, ("net.encoder.weight", "net.encoder.bias")),
    "only those of a name": (Encoded, named_only, ("net.encoder.weight", "net.encoder.bias")),
    "a frozen encoder": (Encoded, frozen, ("net.encoder.weight", "net.encoder.bias")),
    "a frozen weight": (Encoded, one_frozen, ("net.encoder.weight",)),
    "a shared weight": (Tied, descend, ()),
    "a change of low rank": (Adapted, descend, ("net.base.weight", "net.base.bias")),
}


def twins_losses(p: Weights, stay: tuple[str, ...]) -> list[float]:
    for name in stay:
        p[name].requires_grad = False
    x, target = doubles(DATA)
    adam, losses = torch.optim.AdamW([v for v in p.values() if v.requires_grad], RATE, weight_decay=0.01), []
    for _ in range(STEPS):
        adam.zero_grad()
        if "net.a" in p:
            y = affine(p, "net.base", x) + x @ p["net.a"] @ p["net.b"]
        elif "net.second.bias" in p:
            y = torch.tanh(affine(p, "net.first", x)) @ p["net.first.weight"] + p["net.second.bias"]
            y = affine(p, "net.head", y)
        else:
            y = affine(p, "net.head", torch.tanh(affine(p, "net.encoder", x)))
        loss = ((y - target) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        adam.step()
    return losses


@pytest.mark.parametrize("name", CASES)
def test_a_part_learns_as_in_pytorch(device: Any, name: str) -> None:
    kind, train, stay = CASES[name]
    model = Model("parts")
    x, target, net = model.input("x", X.shape), model.input("target", TARGET.shape), model.add("net", kind())

    @model.program(counts=True)
    def step() -> None:
        train(net, x, target, model)
        model.record("loss", whole(net, x, target))

    for runner, tolerance, parameters in runners(model, DATA):
        before = {kept: runner.read(kept) for kept in stay}
        runner.run("step", STEPS)
        losses = twins_losses(parameters, stay)
        assert losses[-1] < 0.9 * losses[0]
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], losses, rtol=tolerance)
        for kept, value in before.items():
            np.testing.assert_array_equal(runner.read(kept), value)


def test_gradients_are_added_up_over_programs(device: Any) -> None:
    """A micro-batch a run, and then a program of its own that applies what came together."""
    model = Model("accumulating")
    x, target, net = model.input("x", (4, 5)), model.input("target", (4, 3)), model.add("net", Encoded())
    sums = {p: model.state(f"{name}.sum", p.shape) for name, p in model.parameters.items()}

    @model.program
    def accumulate() -> None:
        for kept, found in zip(sums.values(), g.gradients(whole(net, x, target), list(sums)), strict=True):
            model.assign(kept, kept + found)

    @model.program(counts=True)
    def update() -> None:
        nn.AdamW(RATE).apply({p: kept / PARTS for p, kept in sums.items()}, model)
        for kept in sums.values():
            model.assign(kept, 0.0)
        model.record("bias", net.head.bias[0])

    single = Model("whole")
    rows, wanted, same = single.input("x", X.shape), single.input("target", TARGET.shape), single.add("net", Encoded())

    @single.program(counts=True)
    def step() -> None:
        descend(same, rows, wanted, single)
        single.record("bias", same.head.bias[0])

    for (runner, tolerance, _), (other, _, _) in zip(runners(model, {}), runners(single, DATA), strict=True):
        for _ in range(STEPS):
            for n in range(PARTS):
                for name, value in DATA.items():
                    runner.write(name, value[4 * n : 4 * n + 4])
                runner.run("accumulate")
            runner.run("update")
        other.run("step", STEPS)
        curve = other.read("bias.history")[:STEPS]
        np.testing.assert_allclose(runner.read("bias.history")[:STEPS], curve, atol=tolerance)
