"""Attention between the parts of an image: the vision transformer, and the non-local block between convolutions."""

from __future__ import annotations

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import Entry, Input
from tests.zoo.objectives import CLASSIFY
from tests.zoo.parts import twin_block

BATCH, FEATURES, HEADS, HIDDEN, PATCH, SIDE, CLASSES = 3, 8, 2, 16, 4, 3, 5
TOKENS = SIDE * SIDE


class ViT(nn.Module):
    """Dosovitskiy et al. (2021): patches are words, and a word of its own stands for the whole image."""

    def __init__(self) -> None:
        self.patches = nn.Conv2d(2, FEATURES, PATCH, stride=PATCH)
        self.whole = nn.Embedding(1, FEATURES)
        self.places = nn.Embedding(TOKENS + 1, FEATURES)
        self.blocks = [nn.EncoderBlock(FEATURES, HEADS, HIDDEN, g.gelu)]
        self.norm = nn.LayerNorm(FEATURES)
        self.head = nn.Linear(FEATURES, CLASSES)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        batch = x.shape[0]
        patches = g.reshape(self.patches(x), (batch, TOKENS, FEATURES))
        x = g.concatenate([g.broadcast(self.whole.weight, (batch, 1, FEATURES)), patches], axis=1)
        x = x + self.places.weight
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class TwinViT(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = tnn.Conv2d(2, FEATURES, PATCH, stride=PATCH)
        self.whole = tnn.Embedding(1, FEATURES)
        self.places = tnn.Embedding(TOKENS + 1, FEATURES)
        self.blocks = tnn.ModuleList([twin_block(FEATURES, HEADS, HIDDEN)])
        self.norm = tnn.LayerNorm(FEATURES)
        self.head = tnn.Linear(FEATURES, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        patches = self.patches(x.permute(0, 3, 1, 2)).flatten(2).mT
        x = torch.cat([self.whole.weight.expand(len(x), 1, FEATURES), patches], dim=1) + self.places.weight
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class NonLocalNet(nn.Module):
    """A convolution, a non-local block, in which each pixel sees all (Wang et al., 2018, figure 2), and the mean."""

    def __init__(self) -> None:
        self.stem = nn.Conv2d(2, FEATURES, 3, padding="same")
        self.theta, self.phi, self.g = (nn.Linear(FEATURES, FEATURES // 2) for _ in range(3))
        self.z = nn.Linear(FEATURES // 2, FEATURES)
        self.head = nn.Linear(FEATURES, CLASSES)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        x = g.relu(self.stem(x))
        batch, height, width, features = x.shape
        x = g.reshape(x, (batch, height * width, features))
        q, k, v = (
            g.reshape(part(x), (batch, height * width, 1, features // 2)) for part in (self.theta, self.phi, self.g)
        )
        seen = g.attention(q, k, v, scale=1.0)
        x = x + self.z(g.reshape(seen, (batch, height * width, features // 2)))
        return self.head(g.mean(x, 1))


class TwinNonLocalNet(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = tnn.Conv2d(2, FEATURES, 3, padding=1)
        self.theta, self.phi, self.g = (tnn.Linear(FEATURES, FEATURES // 2) for _ in range(3))
        self.z = tnn.Linear(FEATURES // 2, FEATURES)
        self.head = tnn.Linear(FEATURES, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.stem(x.permute(0, 3, 1, 2))).flatten(2).mT
        x = x + self.z((self.theta(x) @ self.phi(x).mT).softmax(-1) @ self.g(x))
        return self.head(x.mean(1))


ENTRIES = (
    Entry(
        "vit",
        ViT,
        TwinViT,
        CLASSIFY,
        {"x": Input((BATCH, SIDE * PATCH, SIDE * PATCH, 2)), "labels": Input((BATCH,), below=CLASSES)},
    ),
    Entry(
        "non-local",
        NonLocalNet,
        TwinNonLocalNet,
        CLASSIFY,
        {"x": Input((BATCH, 5, 5, 2)), "labels": Input((BATCH,), below=CLASSES)},
    ),
)
