"""Lion, an optimiser that the author writes: steps by signs alone, from Chen et al. (2023), program 1."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

BATCH, RATE, BETA1, BETA2, DECAY = 16, 1e-2, 0.9, 0.99, 0.1


def lion(loss: g.Tensor, model: Model) -> None:
    parameters = model.parameters
    for (name, p), d in zip(parameters.items(), g.gradients(loss, [*parameters.values()]), strict=True):
        momentum = model.state(f"{name}.momentum", p.shape)
        update = g.sign(BETA1 * momentum + (1 - BETA1) * d)
        model.assign(p, p - RATE * (update + DECAY * p))
        model.assign(momentum, BETA2 * momentum + (1 - BETA2) * d)


def build() -> Model:
    model = Model("lion")
    net = model.add("net", nn.MLP([3, 16, 1], g.tanh))

    @model.program(counts=True)
    def step() -> None:
        x = g.normal((BATCH, 3), stream=1)
        loss = g.mean(g.square(net(x) - x.prod(-1, keepdims=True)))
        lion(loss, model)
        model.record("loss", loss)

    return model


class Lion(torch.optim.Optimizer):
    def __init__(self, params: Iterable[torch.nn.Parameter]) -> None:
        super().__init__(params, {})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                update = torch.sign(BETA1 * momentum + (1 - BETA1) * p.grad)
                p.sub_(RATE * (update + DECAY * p))
                momentum.lerp_(p.grad, 1 - BETA2)


def train(net: TwinMLP, batches: torch.Tensor) -> list[float]:
    optimiser, found = Lion(net.parameters()), []
    for x in batches:
        loss = torch.mean(torch.square(net(x) - x.prod(-1, keepdim=True)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    return found


OURS = (lion, build)
TWIN = (Lion, train)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    return {"losses": losses(runner), "weight": runner.read("net.layers.0.weight").T}


def twins() -> Found:
    net = begun(TwinMLP([3, 16, 1], torch.tanh), build(), "net")
    found = train(net, drawn(lambda: g.normal((BATCH, 3), 1)))
    return {"losses": found, "weight": net.layers[0].weight.detach()}
