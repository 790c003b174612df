"""Graph attention: every node of a graph looks at its neighbours."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import ADAM, Entry, Input
from tests.zoo.objectives import CLASSIFY

NODES, INPUTS, HIDDEN, HEADS, CLASSES = 12, 5, 4, 3, 3
# A ring of nodes, each joined to itself, to the next one and to the one five further.
APART = (np.arange(NODES)[:, None] - np.arange(NODES)) % NODES
ADJACENCY = np.isin(APART, [0, 1, 5, NODES - 1, NODES - 5])


class GraphAttention(nn.Module):
    """Veličković et al. (2018), equations 1 to 5: x [nodes, inputs] -> [nodes, heads · outputs]."""

    def __init__(self, inputs: int, outputs: int, heads: int) -> None:
        self.linear = nn.Linear(inputs, heads * outputs, bias=False)
        self.looking, self.seen = (g.parameter((heads, outputs), nn.glorot) for _ in range(2))

    def __call__(self, x: g.Tensor) -> g.Tensor:
        h = self.linear(x).reshape(NODES, *self.seen.shape)
        scores = (h * self.looking).sum(-1)[:, None] + (h * self.seen).sum(-1)  # [looking, seen, heads]
        scores = g.leaky_relu(scores, 0.2).masked_fill(~ADJACENCY[..., None], -1e30)
        return g.einsum("ijh,jhf->ihf", g.softmax(scores, axis=1), h).reshape(NODES, -1)


class TwinGraphAttention(tnn.Module):
    def __init__(self, inputs: int, outputs: int, heads: int) -> None:
        super().__init__()
        self.linear = tnn.Linear(inputs, heads * outputs, bias=False)
        self.looking, self.seen = (tnn.Parameter(torch.zeros(heads, outputs)) for _ in range(2))
        self.register_buffer("adjacency", torch.tensor(ADJACENCY))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.linear(x).unflatten(-1, self.seen.shape)
        scores = (h * self.looking).sum(-1)[:, None] + (h * self.seen).sum(-1)
        scores = functional.leaky_relu(scores, 0.2).masked_fill(~self.adjacency[..., None], -torch.inf)
        return torch.einsum("ijh,jhf->ihf", scores.softmax(1), h).flatten(1)


ENTRIES = (
    Entry(
        "graph-attention",
        lambda: nn.Sequential(GraphAttention(INPUTS, HIDDEN, HEADS), g.elu, GraphAttention(HEADS * HIDDEN, CLASSES, 1)),
        lambda: tnn.Sequential(
            TwinGraphAttention(INPUTS, HIDDEN, HEADS), tnn.ELU(), TwinGraphAttention(HEADS * HIDDEN, CLASSES, 1)
        ),
        CLASSIFY,
        {"x": Input((NODES, INPUTS)), "labels": Input((NODES,), below=CLASSES)},
        rate=0.01,
        optimiser=ADAM,
    ),
)
