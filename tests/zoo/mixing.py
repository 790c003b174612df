"""Networks that mix tokens without attention: MLP-Mixer, gMLP and FNet."""

from __future__ import annotations

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import Entry, Input
from tests.zoo.objectives import CLASSIFY
from tests.zoo.parts import TwinFeedForward

CLASSES, WORDS, TOKENS, FEATURES, HIDDEN, PATCH = 5, 11, 9, 8, 16, 4


class Mixer(nn.Module):
    """Patches of an image, each a token; the mean of what the blocks make of them is read by the head."""

    def __init__(self) -> None:
        self.patches = nn.Conv2d(2, FEATURES, PATCH, stride=PATCH)
        self.blocks = [nn.MixerBlock(TOKENS, FEATURES, 12, HIDDEN) for _ in range(2)]
        self.norm = nn.LayerNorm(FEATURES)
        self.head = nn.Linear(FEATURES, CLASSES)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        x = self.patches(x)
        x = g.reshape(x, (x.shape[0], TOKENS, FEATURES))
        for block in self.blocks:
            x = block(x)
        return self.head(g.mean(self.norm(x), 1))


class TwinMixerBlock(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = tnn.LayerNorm(FEATURES), tnn.LayerNorm(FEATURES)
        self.token_mixing = TwinFeedForward(TOKENS, 12)
        self.feature_mixing = TwinFeedForward(FEATURES, HIDDEN)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.token_mixing(self.norm1(x).mT).mT
        return x + self.feature_mixing(self.norm2(x))


class TwinMixer(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = tnn.Conv2d(2, FEATURES, PATCH, stride=PATCH)
        self.blocks = tnn.ModuleList(TwinMixerBlock() for _ in range(2))
        self.norm = tnn.LayerNorm(FEATURES)
        self.head = tnn.Linear(FEATURES, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.patches(x.permute(0, 3, 1, 2)).flatten(2).mT
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x).mean(1))


class Mixed(nn.Module):
    """Words, blocks, and at each place the word that stands there."""

    def __init__(self, *blocks: nn.Module) -> None:
        self.embedding = nn.Embedding(WORDS, FEATURES)
        self.blocks = blocks
        self.norm = nn.LayerNorm(FEATURES)
        self.head = nn.Linear(FEATURES, WORDS)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        x = self.embedding(words)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class TwinMixed(tnn.Module):
    def __init__(self, *blocks: tnn.Module) -> None:
        super().__init__()
        self.embedding = tnn.Embedding(WORDS, FEATURES)
        self.blocks = tnn.ModuleList(blocks)
        self.norm = tnn.LayerNorm(FEATURES)
        self.head = tnn.Linear(FEATURES, WORDS)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.embedding(words)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class TwinGating(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = tnn.LayerNorm(HIDDEN // 2)
        self.projection = tnn.Linear(TOKENS, TOKENS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        u, v = x.chunk(2, dim=-1)
        return u * self.projection(self.norm(v).mT).mT


class TwinGatedMLPBlock(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = tnn.LayerNorm(FEATURES)
        self.linear1 = tnn.Linear(FEATURES, HIDDEN)
        self.gating = TwinGating()
        self.linear2 = tnn.Linear(HIDDEN // 2, FEATURES)
        self.activation = tnn.GELU(approximate="tanh")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.linear2(self.gating(self.activation(self.linear1(self.norm(x)))))


class TwinFourierBlock(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = tnn.LayerNorm(FEATURES), tnn.LayerNorm(FEATURES)
        self.feed_forward = TwinFeedForward(FEATURES, HIDDEN)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm1(x + torch.fft.fft2(x).real)
        return self.norm2(x + self.feed_forward(x))


TEXTS = {"words": Input((4, TOKENS), below=WORDS), "labels": Input((4, TOKENS), below=WORDS)}

ENTRIES = (
    Entry(
        "mlp-mixer",
        Mixer,
        TwinMixer,
        CLASSIFY,
        {"x": Input((4, 3 * PATCH, 3 * PATCH, 2)), "labels": Input((4,), below=CLASSES)},
    ),
    Entry(
        "gmlp",
        lambda: Mixed(*(nn.GatedMLPBlock(TOKENS, FEATURES, HIDDEN) for _ in range(2))),
        lambda: TwinMixed(TwinGatedMLPBlock(), TwinGatedMLPBlock()),
        CLASSIFY,
        TEXTS,
    ),
    Entry(
        "fnet",
        lambda: Mixed(*(nn.FourierBlock(FEATURES, HIDDEN) for _ in range(2))),
        lambda: TwinMixed(TwinFourierBlock(), TwinFourierBlock()),
        CLASSIFY,
        TEXTS,
    ),
)
