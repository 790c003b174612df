"""A Gaussian process whose kernel is a network: it learns by the likelihood of all targets together."""

from __future__ import annotations

import math

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.entry import Entry, Input, Objective

POINTS, NOISE = 10, 0.1


class DeepKernel(nn.Module):
    """Wilson et al. (2016): the covariance of two targets falls with the distance of what a network gives of x."""

    def __init__(self) -> None:
        self.features = nn.MLP([2, 8, 3], g.tanh)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        z = self.features(x)
        apart = g.sum(g.square(z[:, None] - z), -1)
        return g.exp(-0.5 * apart) + NOISE * g.eye(POINTS)


class TwinDeepKernel(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = TwinMLP([2, 8, 3], torch.tanh)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = self.features(x)
        return torch.exp(-0.5 * (z[:, None] - z).square().sum(-1)) + NOISE * torch.eye(POINTS)


def our_surprise(covariance: g.Tensor, targets: g.Tensor) -> g.Tensor:
    """-log p(targets) in nats, each one's share: Rasmussen and Williams (2006), equation 2.30."""
    fit = targets @ g.solve(covariance, targets)
    return 0.5 * (fit + g.log(g.det(covariance)) + POINTS * math.log(2 * math.pi)) / POINTS


def twins_surprise(covariance: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    normal = torch.distributions.MultivariateNormal(torch.zeros(POINTS, dtype=targets.dtype), covariance)
    return -normal.log_prob(targets) / POINTS


ENTRIES = (
    Entry(
        "deep-kernel",
        DeepKernel,
        TwinDeepKernel,
        Objective(our_surprise, twins_surprise),
        {"x": Input((POINTS, 2)), "targets": Input((POINTS,))},
        rate=0.02,
    ),
)
