"""Hessian-vector products: how sharp the valley is in which a network learns, as Cohen et al. (2021) watched it."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, losses, made

POINTS, ROUNDS, RATE = 20, 12, 0.2
X = np.linspace(-1.0, 1.0, POINTS)[:, None]
Y = np.sin(3.0 * X)


def sharpness(loss: g.Tensor, weights: list[g.Tensor]) -> g.Tensor:
    """The largest eigenvalue of the Hessian: power iteration, v <- H v / |H v|, of which each takes one more gradient.

    H v is the gradient of (gradient · v): Pearlmutter (1994).
    """
    slopes = g.gradients(loss, weights)

    def power(v: list[g.Tensor], _: None) -> tuple[list[g.Tensor], g.Tensor]:
        length = g.global_norm(v)
        along = sum(g.sum(slope * each / length) for slope, each in zip(slopes, v, strict=True))
        return g.gradients(along, weights), length

    last, _ = g.scan(power, [g.ones_like(weight) for weight in weights], length=ROUNDS)
    return g.global_norm(last)


def build() -> Model:
    model = Model("sharpness")
    net = model.add("net", nn.MLP([1, 8, 8, 1], g.tanh))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean((net(X) - Y) ** 2)
        model.record("loss", loss)
        model.record("sharpness", sharpness(loss, list(model.parameters.values())))
        nn.SGD(RATE).minimise(loss, model)

    return model


def twins_sharpness(loss: torch.Tensor, weights: list[torch.Tensor]) -> torch.Tensor:
    slopes = torch.autograd.grad(loss, weights, create_graph=True)
    v = [torch.ones_like(weight) for weight in weights]
    for _ in range(ROUNDS):
        length = torch.sqrt(sum(each.square().sum() for each in v))
        along = sum((slope * each / length).sum() for slope, each in zip(slopes, v, strict=True))
        v = torch.autograd.grad(along, weights, retain_graph=True)
    return torch.sqrt(sum(each.square().sum() for each in v))


def train(net: TwinMLP) -> tuple[list[float], list[float]]:
    x, y = torch.tensor(X), torch.tensor(Y)
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE)
    found, sharp = [], []
    for _ in range(STEPS):
        loss = functional.mse_loss(net(x), y)
        found.append(loss.item())
        sharp.append(twins_sharpness(loss, list(net.parameters())).item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return found, sharp


OURS = (sharpness, build)
TWIN = (twins_sharpness, train)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    return {"losses": losses(runner), "sharpness": losses(runner, "sharpness")}


def twins() -> Found:
    found, sharp = train(begun(TwinMLP([1, 8, 8, 1], torch.tanh), build(), "net"))
    return {"losses": found, "sharpness": sharp}
