"""Optimal transport: Cuturi (2013), points that flow to where others stand by the gradient of what the way costs."""

from __future__ import annotations

import math

import numpy as np
import torch

from site_builder import graph as g
from site_builder.graph import Model
from tests.zoo.worked import STEPS, Found, Make, losses, made

HERE, THERE, BLUR, ROUNDS, RATE = 12, 9, 0.1, 50, 2.0
START = np.random.default_rng(1).normal(0.0, 0.3, (HERE, 2))
TARGETS = np.random.default_rng(2).normal([1.0, -0.5], 0.5, (THERE, 2))


def transport(x: g.Tensor, y: g.Tensor) -> tuple[g.Tensor, g.Tensor]:
    """How much of each point of x [n, 2] goes to each of y [m, 2], and what it costs by the squares of the ways.

    In logarithms: Peyré and Cuturi (2019), section 4.4. The blur keeps the plan from being a mere assignment.
    """
    cost = g.sum((x[:, None] - y) ** 2, -1)
    n, m = cost.shape

    def balance(potentials: tuple[g.Tensor, g.Tensor], _: None) -> tuple[tuple[g.Tensor, g.Tensor], None]:
        u, v = potentials
        u = -BLUR * (g.logsumexp((v - cost) / BLUR, axis=1) - math.log(m))
        v = -BLUR * (g.logsumexp((u[:, None] - cost) / BLUR, axis=0) - math.log(n))
        return (u, v), None

    (u, v), _ = g.scan(balance, (g.zeros(n), g.zeros(m)), length=ROUNDS)
    plan = g.exp((u[:, None] + v - cost) / BLUR) / (n * m)
    return plan, g.sum(plan * cost)


def build() -> Model:
    model = Model("sinkhorn")
    points = model.state("points", START.shape, initial=START)

    @model.program(counts=True)
    def step() -> dict[str, g.Tensor]:
        plan, cost = transport(points, TARGETS)
        (slope,) = g.gradients(cost, [points])
        model.assign(points, points - RATE * slope)
        model.record("loss", cost)
        return {"plan": plan}

    return model


def twins_transport(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    cost = ((x[:, None] - y) ** 2).sum(-1)
    n, m = cost.shape
    u, v = torch.zeros(n), torch.zeros(m)
    for _ in range(ROUNDS):
        u = -BLUR * (torch.logsumexp((v - cost) / BLUR, dim=1) - math.log(m))
        v = -BLUR * (torch.logsumexp((u[:, None] - cost) / BLUR, dim=0) - math.log(n))
    plan = torch.exp((u[:, None] + v - cost) / BLUR) / (n * m)
    return plan, (plan * cost).sum()


def flow() -> tuple[torch.Tensor, torch.Tensor, list[float]]:
    points = torch.tensor(START, requires_grad=True)
    targets = torch.tensor(TARGETS)
    costs = []
    for _ in range(STEPS):
        plan, cost = twins_transport(points, targets)
        (slope,) = torch.autograd.grad(cost, [points])
        with torch.no_grad():
            points -= RATE * slope
        costs.append(cost.item())
    return points.detach(), plan.detach(), costs


OURS = (transport, build)
TWIN = (twins_transport, flow)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    return {"points": runner.read("points"), "plan": runner.read("plan"), "losses": losses(runner)}


def twins() -> Found:
    points, plan, costs = flow()
    return {"points": points, "plan": plan, "losses": costs}
