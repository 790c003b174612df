"""Losses scaled up, so that gradients are seen in half precision, and a step left out when they overflow."""

from __future__ import annotations

import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.worked import STEPS, Found, Make, begun, drawn, losses, made

BATCH, LARGEST = 16, 65504.0  # the largest number of half precision
PATIENCE = 4  # steps that went well, after which the scale is doubled


def build() -> Model:
    """Micikevicius et al. (2018), section 3.2, with the scale of the moment."""
    model = Model("scaled")
    net = model.add("net", nn.MLP([3, 16, 1], g.tanh))
    scale = model.state("scale", (), initial=2.0**20)
    well = model.state("well", ())

    @model.program(counts=True)
    def step() -> None:
        x = g.normal((BATCH, 3), stream=1)
        loss = g.mean(g.square(net(x) - g.sum(x, axis=1, keepdims=True)))
        scaled = g.gradients(scale * loss, [*model.parameters.values()])
        fits = g.global_norm(scaled) <= LARGEST
        nn.SGD(0.1).apply([g.where(fits, d / scale, 0) for d in scaled], model)
        ripe = fits & (well >= PATIENCE - 1)
        model.assign(scale, scale * g.where(fits, g.where(ripe, 2, 1), 0.5))
        model.assign(well, g.where(fits & ~ripe, well + 1, 0))
        model.record("loss", loss)
        model.record("scale", scale)

    return model


def train(net: TwinMLP, batches: torch.Tensor) -> tuple[list[float], list[float]]:
    optimiser, scale, well = torch.optim.SGD(net.parameters(), lr=0.1), 2.0**20, 0
    found, scales = [], []
    for x in batches:
        loss = functional.mse_loss(net(x), x.sum(1, keepdim=True))
        optimiser.zero_grad()
        (scale * loss).backward()
        found.append(loss.item())
        scales.append(scale)
        if torch.nn.utils.get_total_norm([p.grad for p in net.parameters()]) <= LARGEST:
            for p in net.parameters():
                p.grad /= scale
            optimiser.step()
            well += 1
            if well == PATIENCE:
                scale, well = 2 * scale, 0
        else:
            scale, well = scale / 2, 0
    return found, scales


OURS = (build,)
TWIN = (train,)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    return {"losses": losses(runner), "scales": losses(runner, "scale")}


def twins() -> Found:
    net = begun(TwinMLP([3, 16, 1], torch.tanh), build(), "net")
    found, scales = train(net, drawn(lambda: g.normal((BATCH, 3), 1)))
    assert len({*scales}) > 2, "it falls and rises"
    return {"losses": found, "scales": scales}
