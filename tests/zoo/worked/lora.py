"""A network that has learnt one task learns another by matrices of low rank beside its own: Hu et al. (2022)."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.run import numpy_runner
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

BATCH, WIDTH, RANK, ALPHA = 16, 12, 2, 4


class LoRA(nn.Module):
    """A linear layer that stays, plus A B · alpha / rank, which is 0 at first: section 4.1."""

    def __init__(self, base: nn.Linear) -> None:
        inputs, outputs = base.weight.shape
        self.base = base.requires_grad_(False)
        self.a = g.parameter((inputs, RANK), nn.normal(0.3))
        self.b = g.parameter((RANK, outputs), nn.zeros)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        return self.base(x) + x @ self.a @ self.b * (ALPHA / RANK)


def build() -> Model:
    model = Model("lora")
    net = model.add("net", nn.MLP([3, WIDTH, WIDTH, 1], g.tanh))

    @model.program(counts=True)
    def learn() -> None:
        x = g.normal((BATCH, 3), stream=1)
        loss = g.mean(g.square(net(x) - g.sum(x, axis=-1, keepdims=True)))
        nn.Adam(1e-2).minimise(loss, model)
        model.record("loss", loss)

    net.layers[:2] = [model.add(f"lora{n}", LoRA(layer)) for n, layer in enumerate(net.layers[:2])]
    net.layers[2].requires_grad_(False)

    @model.program(counts=True)
    def tune() -> None:
        x = g.normal((BATCH, 3), stream=2)
        loss = g.mean(g.square(net(x) - g.max(x, axis=-1, keepdims=True)))
        nn.Adam(1e-2).minimise(loss, model)
        model.record("loss", loss)

    return model


class TwinLoRA(tnn.Module):
    def __init__(self, base: tnn.Linear) -> None:
        super().__init__()
        outputs, inputs = base.weight.shape
        self.base = base.requires_grad_(False)
        self.a = tnn.Parameter(torch.randn(inputs, RANK) * 0.3)
        self.b = tnn.Parameter(torch.zeros(RANK, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.base(x) + x @ self.a @ self.b * (ALPHA / RANK)


def learn(net: TwinMLP, batches: torch.Tensor) -> list[float]:
    optimiser, found = torch.optim.Adam(net.parameters(), lr=1e-2), []
    for x in batches:
        loss = functional.mse_loss(net(x), x.sum(-1, keepdim=True))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    return found


def tune(net: TwinMLP, loras: list[TwinLoRA], batches: torch.Tensor) -> list[float]:
    net.layers = tnn.ModuleList([*loras, net.layers[2].requires_grad_(False)])
    trained = [p for p in net.parameters() if p.requires_grad]
    optimiser, found = torch.optim.Adam(trained, lr=1e-2), []
    for x in batches:
        loss = functional.mse_loss(net(x), x.max(-1, keepdim=True).values)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    return found


OURS = (LoRA, build)
TWIN = (TwinLoRA, learn, tune)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("learn", STEPS)
    runner.run("tune", STEPS)
    return {"losses": losses(runner, steps=2 * STEPS), "base": runner.read("net.layers.1.weight").T}


def twins() -> Found:
    net = begun(TwinMLP([3, WIDTH, WIDTH, 1], torch.tanh), build(), "net")
    first = learn(net, drawn(lambda: g.normal((BATCH, 3), 1)))
    base = net.layers[1].weight.detach().clone()
    loras = [begun_beside(layer, f"lora{n}") for n, layer in enumerate(net.layers[:2])]
    second = tune(net, loras, drawn(lambda: g.normal((BATCH, 3), 2), 2 * STEPS)[STEPS:])
    return {"losses": first + second, "base": base}


def begun_beside(base: tnn.Linear, name: str) -> TwinLoRA:
    """The twin's layer, whose own two matrices are those of our seed."""
    lora, runner = TwinLoRA(base).double(), made(numpy_runner, build())
    for slot in ("a", "b"):
        getattr(lora, slot).data.copy_(torch.tensor(runner.read(f"{name}.{slot}")))
    return lora
