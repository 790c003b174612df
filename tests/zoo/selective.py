"""Mamba: a recurrence that is linear in its state, and whose coefficients depend on what it reads."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import ADAM, Entry, Input
from tests.zoo.objectives import CLASSIFY

BATCH, TIME, WORDS, FEATURES, INNER, STATE, RANK = 3, 9, 7, 6, 12, 4, 2
DECAY = np.tile(np.log(np.arange(1, STATE + 1)), (INNER, 1))  # at first, of each channel's states


class Mamba(nn.Module):
    """Gu and Dao (2023), algorithm 2 in the block of figure 3: x [batch, time, features] -> the same."""

    def __init__(self) -> None:
        self.in_proj = nn.Linear(FEATURES, 2 * INNER, bias=False)
        self.conv = nn.Conv1d(INNER, INNER, 3, padding=(2, 0), groups=INNER)
        self.x_proj = nn.Linear(INNER, RANK + 2 * STATE, bias=False)
        self.dt_proj = nn.Linear(RANK, INNER)
        self.A_log, self.D = g.parameter(initial=DECAY), g.parameter((INNER,), nn.ones)
        self.out_proj = nn.Linear(INNER, FEATURES, bias=False)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        x, gate = g.split(self.in_proj(x), 2)
        x = g.silu(self.conv(x))
        chosen = self.x_proj(x)
        dt, b, c = chosen[..., :RANK], chosen[..., RANK:-STATE], chosen[..., -STATE:]
        dt = g.softplus(self.dt_proj(dt))
        keep = g.exp(dt[..., None] * -g.exp(self.A_log))  # [batch, time, inner, state]
        take = (dt * x)[..., None] * b[:, :, None]

        def step(h: g.Tensor, now: tuple[g.Tensor, ...]) -> tuple[g.Tensor, g.Tensor]:
            keep, take, c = now
            h = keep * h + take
            return h, g.sum(h * c[:, None], -1)

        _, y = g.scan(step, g.zeros((len(x), INNER, STATE)), tuple(g.moveaxis(each, 1, 0) for each in (keep, take, c)))
        y = g.moveaxis(y, 0, 1) + self.D * x
        return self.out_proj(y * g.silu(gate))


class TwinMamba(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.in_proj = tnn.Linear(FEATURES, 2 * INNER, bias=False)
        self.conv = tnn.Conv1d(INNER, INNER, 3, padding=2, groups=INNER)
        self.x_proj = tnn.Linear(INNER, RANK + 2 * STATE, bias=False)
        self.dt_proj = tnn.Linear(RANK, INNER)
        self.A_log, self.D = tnn.Parameter(torch.tensor(DECAY)), tnn.Parameter(torch.ones(INNER))
        self.out_proj = tnn.Linear(INNER, FEATURES, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x, gate = self.in_proj(x).chunk(2, dim=-1)
        x = functional.silu(self.conv(x.mT)[..., : x.shape[1]].mT)
        dt, b, c = self.x_proj(x).split([RANK, STATE, STATE], dim=-1)
        dt = functional.softplus(self.dt_proj(dt))
        keep = torch.exp(dt[..., None] * -torch.exp(self.A_log))
        take = (dt * x)[..., None] * b[:, :, None]
        h, ys = x.new_zeros(len(x), INNER, STATE), []
        for time in range(x.shape[1]):
            h = keep[:, time] * h + take[:, time]
            ys.append((h * c[:, time, None]).sum(-1))
        y = torch.stack(ys, dim=1) + self.D * x
        return self.out_proj(y * functional.silu(gate))


class LanguageModel(nn.Module):
    """Two blocks, each added to what it reads, normalised before: words [batch, time] -> logits."""

    def __init__(self) -> None:
        self.words = nn.Embedding(WORDS, FEATURES)
        self.blocks = [nn.Residual(nn.RMSNorm(FEATURES), Mamba()) for _ in range(2)]
        self.norm, self.head = nn.RMSNorm(FEATURES), nn.Linear(FEATURES, WORDS, bias=False)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        x = self.words(words)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class TwinLanguageModel(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = tnn.Embedding(WORDS, FEATURES)
        self.blocks = tnn.ModuleList(tnn.Sequential(tnn.RMSNorm(FEATURES, 1e-6), TwinMamba()) for _ in range(2))
        self.norm, self.head = tnn.RMSNorm(FEATURES, 1e-6), tnn.Linear(FEATURES, WORDS, bias=False)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words)
        for block in self.blocks:
            x = x + block(x)
        return self.head(self.norm(x))


SENTENCES = Input((BATCH, TIME), below=WORDS)

ENTRIES = (
    Entry(
        "mamba",
        LanguageModel,
        TwinLanguageModel,
        CLASSIFY,
        {"words": SENTENCES, "labels": SENTENCES},
        rate=0.01,
        optimiser=ADAM,
    ),
)
