"""Newton's method: logistic regression by its gradient and Hessian, at the bottom after a handful of steps."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from site_builder import graph as g
from site_builder.graph import Model
from tests.zoo.worked import Found, Make, losses, made

POINTS, FEATURES, STEPS, RIDGE = 60, 5, 8, 0.01
X = np.random.default_rng(1).normal(size=(POINTS, FEATURES))
LABELS = X @ [1.0, -2.0, 0.5, 0.0, 3.0] + np.random.default_rng(2).normal(size=POINTS) > 0


def build() -> Model:
    """Hastie, Tibshirani and Friedman (2009), section 4.4.1; the ridge keeps the weights finite."""
    model = Model("newton")
    weights = model.state("weights", (FEATURES,))

    @model.program(counts=True)
    def step() -> None:
        losses = g.binary_cross_entropy(X @ weights, LABELS)
        loss = losses.mean() + RIDGE * g.sum(weights**2)
        (slope,) = g.gradients(loss, [weights])
        hessian = g.stack([g.gradients(each, [weights])[0] for each in slope])
        model.assign(weights, weights - g.solve(hessian, slope))
        model.record("loss", loss)
        model.record("slope", g.norm(slope))

    return model


def descend() -> tuple[torch.Tensor, list[float], list[float]]:
    x, labels = torch.tensor(X), torch.tensor(LABELS, dtype=torch.float64)
    weights = torch.zeros(FEATURES, dtype=torch.float64, requires_grad=True)
    found, slopes = [], []
    for _ in range(STEPS):
        losses = functional.binary_cross_entropy_with_logits(x @ weights, labels)
        loss = losses + RIDGE * (weights**2).sum()
        (slope,) = torch.autograd.grad(loss, [weights], create_graph=True)
        hessian = torch.stack([torch.autograd.grad(each, [weights], retain_graph=True)[0] for each in slope])
        with torch.no_grad():
            weights -= torch.linalg.solve(hessian, slope)
        found.append(loss.item())
        slopes.append(slope.norm().item())
    return weights.detach(), found, slopes


OURS = (build,)
TWIN = (descend,)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    found = {name: losses(runner, name, STEPS) for name in ("loss", "slope")}
    return {"weights": runner.read("weights"), **found}


def twins() -> Found:
    weights, found, slopes = descend()
    return {"weights": weights, "loss": found, "slope": slopes}
