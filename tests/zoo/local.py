"""Causal blocks whose attention is local: by a bias that falls with the distance, or by a window."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import ADAM, Entry, Input
from tests.zoo.objectives import CLASSIFY
from tests.zoo.parts import twin_block

BATCH, TIME, WORDS, FEATURES, HEADS, KEY_HEADS, HIDDEN, WINDOW = 3, 9, 11, 16, 4, 2, 24, 4


class Alibi(nn.Module):
    """Press, Smith and Lewis (2022): no positions, but scores that fall by 2^(-8 (h + 1) / heads) a place."""

    def __init__(self) -> None:
        self.words = nn.Embedding(WORDS, FEATURES)
        self.block = nn.EncoderBlock(FEATURES, HEADS, HIDDEN, g.gelu, causal=True)
        self.head = nn.Linear(FEATURES, WORDS)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        place = g.cast(g.iota(TIME), "f32")
        slope = 2.0 ** (-8 / HEADS * (g.cast(g.iota(HEADS, 1, 1), "f32") + 1))
        bias = slope * (place - g.reshape(place, (TIME, 1)))
        return self.head(self.block(self.words(words), bias=bias))


class TwinAlibi(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = tnn.Embedding(WORDS, FEATURES)
        self.block = twin_block(FEATURES, HEADS, HIDDEN)
        self.head = tnn.Linear(FEATURES, WORDS)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words)
        place = torch.arange(TIME, dtype=x.dtype)
        apart = place - place[:, None]
        slopes = 2.0 ** (-8 / HEADS * torch.arange(1, HEADS + 1, dtype=x.dtype))
        bias = (slopes[:, None, None] * apart).masked_fill(apart > 0, -torch.inf)
        return self.head(self.block(x, src_mask=bias.repeat(len(words), 1, 1)))


class Mistral(nn.Module):
    """Jiang et al. (2023), section 2: four heads ask two of keys, and each word sees the last few."""

    def __init__(self) -> None:
        self.words = nn.Embedding(WORDS, FEATURES)
        self.blocks = [
            nn.EncoderBlock(
                *(FEATURES, HEADS, HIDDEN, g.silu),
                causal=True,
                rotary=True,
                bias=False,
                norm=nn.RMSNorm,
                key_heads=KEY_HEADS,
                window=window,
            )
            for window in (WINDOW, None)
        ]
        self.norm = nn.RMSNorm(FEATURES)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        x = self.words(words)
        for block in self.blocks:
            x = block(x)
        return g.matmul(self.norm(x), self.words.weight, "nt")


class TwinAttention(tnn.Module):
    """In PyTorch, of weights [inputs, outputs], as ours."""

    def __init__(self, window: int | None) -> None:
        super().__init__()
        self.window = window
        self.in_proj_weight = tnn.Parameter(torch.zeros(FEATURES, FEATURES + 2 * FEATURES // HEADS * KEY_HEADS))
        self.out_proj = tnn.Linear(FEATURES, FEATURES, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        width = FEATURES // HEADS
        parts = (x @ self.in_proj_weight).split([FEATURES, KEY_HEADS * width, KEY_HEADS * width], -1)
        q, k, v = (part.unflatten(-1, (-1, width)).transpose(1, 2) for part in parts)
        place = torch.arange(TIME)
        apart = place[:, None] - place
        seen = (apart >= 0) & (apart < (self.window or TIME))
        y = functional.scaled_dot_product_attention(turned(q), turned(k), v, attn_mask=seen, enable_gqa=True)
        return self.out_proj(y.transpose(1, 2).flatten(2))


def turned(x: torch.Tensor) -> torch.Tensor:
    """Su et al. (2021): feature n and n + width / 2 as a complex number, turned by position / 10000^(2n/width)."""
    half = x.shape[-1] // 2
    turns = torch.arange(TIME, dtype=x.dtype)[:, None] * 10_000.0 ** (-torch.arange(half, dtype=x.dtype) / half)
    pairs = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(turns), turns)
    return torch.cat([pairs.real, pairs.imag], -1)


class TwinFeedForward(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = tnn.Linear(FEATURES, HIDDEN, bias=False)
        self.linear2 = tnn.Linear(HIDDEN, FEATURES, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(functional.silu(self.linear1(x)))


class TwinBlock(tnn.Module):
    def __init__(self, window: int | None) -> None:
        super().__init__()
        self.norm1, self.norm2 = tnn.RMSNorm(FEATURES, 1e-6), tnn.RMSNorm(FEATURES, 1e-6)
        self.attention, self.feed_forward = TwinAttention(window), TwinFeedForward()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.feed_forward(self.norm2(x))


class TwinMistral(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = tnn.Embedding(WORDS, FEATURES)
        self.blocks = tnn.ModuleList([TwinBlock(WINDOW), TwinBlock(None)])
        self.norm = tnn.RMSNorm(FEATURES, 1e-6)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words)
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.words.weight.T


_TEXT = {"words": Input((BATCH, TIME), below=WORDS), "labels": Input((BATCH, TIME), below=WORDS)}
ENTRIES = (
    Entry("alibi", Alibi, TwinAlibi, CLASSIFY, _TEXT),
    Entry("mistral", Mistral, TwinMistral, CLASSIFY, _TEXT, rate=0.01, optimiser=ADAM),
)
