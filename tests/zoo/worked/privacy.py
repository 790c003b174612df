"""Gradients of every example, clipped one by one and blurred: learning in private, Abadi et al. (2016), algorithm 1."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

POINTS, WIDTHS, CLIP, NOISE = 24, [4, 8, 3], 0.3, 0.5
X = np.random.default_rng(1).normal(size=(POINTS, 4))
LABELS = X[:, :3].argmax(axis=1)


def build() -> Model:
    model = Model("privacy")
    net = model.add("net", nn.MLP(WIDTHS, g.tanh))

    @model.program(counts=True)
    def step() -> None:
        weights = list(model.parameters.values())

        def clipped(x: g.Tensor, label: g.Tensor) -> tuple[g.Tensor, list[g.Tensor]]:
            loss = g.sum(g.cross_entropy(net(x[None]), label[None]))
            return loss, nn.clip_by_global_norm(g.gradients(loss, weights), CLIP)[0]

        losses, each = g.vmap(clipped)(X, LABELS)
        noise = [NOISE * CLIP * g.normal(w.shape, stream=n) for n, w in enumerate(weights)]
        nn.SGD(1.0).apply([(g.sum(d, axis=0) + e) / POINTS for d, e in zip(each, noise, strict=True)], model)
        model.record("loss", g.mean(losses))

    return model


def train(net: TwinMLP, noise: list[torch.Tensor]) -> list[float]:
    x, labels, found = torch.tensor(X), torch.tensor(LABELS), []

    def loss(weights: dict[str, torch.Tensor], x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(torch.func.functional_call(net, weights, (x,)), label)

    def clipped(
        weights: dict[str, torch.Tensor], x: torch.Tensor, label: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        slopes, value = torch.func.grad_and_value(loss)(weights, x, label)
        norm = torch.stack([d.square().sum() for d in slopes.values()]).sum().sqrt()
        return value, {name: d * (CLIP / (norm + 1e-6)).clamp(max=1) for name, d in slopes.items()}

    for step in range(STEPS):
        weights = {name: w.detach() for name, w in net.named_parameters()}
        losses, each = torch.vmap(clipped, in_dims=(None, 0, 0))(weights, x, labels)
        with torch.no_grad():
            for (name, w), e in zip(net.named_parameters(), noise, strict=True):
                w -= (each[name].sum(0) + NOISE * CLIP * e[step]) / POINTS
        found.append(losses.mean().item())
    return found


OURS = (build,)
TWIN = (train,)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    return {"losses": losses(runner), "weight": runner.read("net.layers.0.weight").T}


def twins() -> Found:
    model = build()
    net = begun(TwinMLP(WIDTHS, torch.tanh), model, "net")
    shapes = [p.shape for p in model.parameters.values()]
    noise = [drawn(lambda n=n, shape=shape: g.normal(shape, stream=n)) for n, shape in enumerate(shapes)]
    found = train(net, [e.mT if e.ndim == 3 else e for e in noise])
    return {"losses": found, "weight": net.layers[0].weight.detach()}
