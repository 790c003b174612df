"""Muon, an optimiser that the author writes: momentum of matrices made orthogonal, from Jordan et al. (2024)."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

BATCH, RATE, BETA = 16, 0.05, 0.95


def orthogonal(m: g.Tensor) -> g.Tensor:
    """Nearly U Vᵀ of m = U S Vᵀ, by five steps of Newton and Schulz."""
    x = m / (g.norm(m) + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


def muon(loss: g.Tensor, model: Model) -> None:
    matrices = {name: p for name, p in model.parameters.items() if p.ndim == 2}
    for (name, p), d in zip(matrices.items(), g.gradients(loss, [*matrices.values()]), strict=True):
        momentum = model.state(f"{name}.momentum", p.shape)
        moved = BETA * momentum + d
        model.assign(p, p - RATE * orthogonal(d + BETA * moved))
        model.assign(momentum, moved)


def build() -> Model:
    model = Model("muon")
    net = model.add("net", nn.MLP([3, 16, 8, 1], g.tanh))

    @model.program(counts=True)
    def step() -> None:
        x = g.normal((BATCH, 3), stream=1)
        loss = g.mean(g.square(net(x) - x.prod(-1, keepdims=True)))
        muon(loss, model)
        nn.Adam(1e-2).minimise(loss, model, only=lambda name, p: p.ndim < 2)
        model.record("loss", loss)

    return model


def twins_orthogonal(m: torch.Tensor) -> torch.Tensor:
    x = m / (m.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


class Muon(torch.optim.Optimizer):
    def __init__(self, params: Iterable[torch.nn.Parameter]) -> None:
        super().__init__(params, {})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.mul_(BETA).add_(p.grad)
                p.sub_(RATE * twins_orthogonal(p.grad + BETA * momentum))


def train(net: TwinMLP, batches: torch.Tensor) -> list[float]:
    muon = Muon([p for p in net.parameters() if p.ndim == 2])
    adam, found = torch.optim.Adam([p for p in net.parameters() if p.ndim < 2], lr=1e-2), []
    for x in batches:
        loss = torch.mean(torch.square(net(x) - x.prod(-1, keepdim=True)))
        net.zero_grad()
        loss.backward()
        muon.step()
        adam.step()
        found.append(loss.item())
    return found


OURS = (orthogonal, muon, build)
TWIN = (twins_orthogonal, Muon, train)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    return {"losses": losses(runner), "weight": runner.read("net.layers.1.weight").T}


def twins() -> Found:
    net = begun(TwinMLP([3, 16, 8, 1], torch.tanh), build(), "net")
    found = train(net, drawn(lambda: g.normal((BATCH, 3), 1)))
    return {"losses": found, "weight": net.layers[1].weight.detach()}
