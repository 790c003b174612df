"""Twenty networks at once, and where they disagree: deep ensembles, Lakshminarayanan, Pritzel and Blundell (2017)."""

from __future__ import annotations

import copy

import numpy as np
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.run import numpy_runner
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, losses, made

COUNT, WIDTH = 20, 8
X = np.concatenate([np.linspace(-2, -1, 12), np.linspace(0.5, 2, 12)])[:, None]
Y, GRID = np.sin(3 * X), np.linspace(-3, 3, 25)[:, None]


def build() -> Model:
    model = Model("ensemble")
    nets = model.add("nets", nn.Ensemble(COUNT, lambda: nn.MLP([1, WIDTH, 1], g.tanh)))

    @model.program(counts=True)
    def step() -> dict[str, g.Tensor]:
        losses = g.mean(g.square(nets(X) - Y), axis=(1, 2))
        nn.Adam(1e-2).minimise(g.sum(losses), model)
        model.record("loss", g.mean(losses))
        return {"losses": losses}

    @model.program
    def ask() -> dict[str, g.Tensor]:
        answers = nets(GRID)
        return {"answer": g.mean(answers, axis=0), "doubt": g.std(answers, axis=0)}

    return model


def train(nets: list[TwinMLP]) -> tuple[list[float], torch.Tensor, torch.Tensor, torch.Tensor]:
    weights, buffers = torch.func.stack_module_state(nets)
    base = copy.deepcopy(nets[0]).to("meta")

    def answer(weights: dict[str, torch.Tensor], buffers: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(base, (weights, buffers), (x,))

    together = torch.vmap(answer, in_dims=(0, 0, None))
    x, y, grid = torch.tensor(X), torch.tensor(Y), torch.tensor(GRID)
    optimiser, found = torch.optim.Adam(weights.values(), lr=1e-2), []
    for _ in range(STEPS):
        losses = (together(weights, buffers, x) - y).square().mean((1, 2))
        optimiser.zero_grad()
        losses.sum().backward()
        optimiser.step()
        found.append(losses.mean().item())
    answers = together(weights, buffers, grid).detach()
    return found, losses.detach(), answers.mean(0), answers.std(0, correction=0)


OURS = (build,)
TWIN = (train,)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    runner.run("ask")
    return {"loss": losses(runner), **{name: runner.read(name) for name in ("losses", "answer", "doubt")}}


def twins() -> Found:
    runner, nets = made(numpy_runner, build()), [TwinMLP([1, WIDTH, 1], torch.tanh).double() for _ in range(COUNT)]
    for n, net in enumerate(nets):
        for name, slot in net.named_parameters():
            slot.data.copy_(torch.tensor(runner.read(f"nets.{name}")[n].T))
    return dict(zip(("loss", "losses", "answer", "doubt"), train(nets), strict=True))
