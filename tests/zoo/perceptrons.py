"""From the perceptron to deep residual networks of affine maps."""

from __future__ import annotations

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.twins.mlp import MLP as TwinMLP
from tests.zoo.entry import ADAM, Entry, Input
from tests.zoo.objectives import CLASSIFY, REGRESS, SIDES
from tests.zoo.parts import TwinFeedForward

DEEP = 6


class ResidualMLP(nn.Module):
    """Blocks x + f(norm(x)) between two affine maps."""

    def __init__(self, inputs: int, width: int, outputs: int) -> None:
        self.stem = nn.Linear(inputs, width)
        self.blocks = [nn.Residual(nn.LayerNorm(width), nn.FeedForward(width, 2 * width, g.relu)) for _ in range(DEEP)]
        self.head = nn.Linear(width, outputs)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class TwinResidualMLP(tnn.Module):
    def __init__(self, inputs: int, width: int, outputs: int) -> None:
        super().__init__()
        self.stem = tnn.Linear(inputs, width)
        self.blocks = tnn.ModuleList(
            tnn.Sequential(tnn.LayerNorm(width), TwinFeedForward(width, 2 * width, tnn.ReLU())) for _ in range(DEEP)
        )
        self.head = tnn.Linear(width, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)


POINTS = {"x": Input((24, 6)), "labels": Input((24,), below=3)}
WIDTHS, DEEP_WIDTHS = [6, 16, 16, 3], [6, *[12] * DEEP, 3]

ENTRIES = (
    Entry(
        "perceptron",
        lambda: nn.Linear(2, 1),
        lambda: tnn.Linear(2, 1),
        SIDES,
        {"x": Input((12, 2)), "side": Input((12, 1), 0.0, 1.0)},
    ),
    Entry("mlp", lambda: nn.MLP(WIDTHS, g.tanh), lambda: TwinMLP(WIDTHS, torch.tanh), CLASSIFY, POINTS, optimiser=ADAM),
    Entry(
        "deep-mlp",
        lambda: nn.MLP(DEEP_WIDTHS, g.relu, nn.he),
        lambda: TwinMLP(DEEP_WIDTHS, torch.relu),
        CLASSIFY,
        POINTS,
    ),
    Entry(
        "residual-mlp",
        lambda: ResidualMLP(6, 12, 2),
        lambda: TwinResidualMLP(6, 12, 2),
        REGRESS,
        {"x": Input((24, 6)), "target": Input((24, 2))},
    ),
)
