"""A mixture of experts: each word goes to the two networks that a third one chooses for it."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import ADAM, Entry, Input, Objective
from tests.zoo.parts import TwinFeedForward

BATCH, WORDS, FEATURES, HIDDEN, EXPERTS, CHOSEN = 4, 6, 5, 8, 4, 2


class MixtureOfExperts(nn.Module):
    """Shazeer et al. (2017), equations 1 to 5 without their noise: x [..., features] -> the same.

    Shapes are known before numbers are, so that every expert sees every word, and a gate of 0 leaves it out. Also gives
    how much all words together ask of each expert, which Fedus, Zoph and Shazeer (2021), equation 4, hold to be alike:
    the share of choices that fall on it times the mean of its probabilities.
    """

    def __init__(self) -> None:
        self.router = nn.Linear(FEATURES, EXPERTS, bias=False)
        self.experts = [nn.FeedForward(FEATURES, HIDDEN, g.gelu) for _ in range(EXPERTS)]

    def __call__(self, x: g.Tensor) -> tuple[g.Tensor, g.Tensor]:
        logits = self.router(x)
        best, chosen = g.top_k(logits, CHOSEN)
        picks = g.one_hot(chosen, EXPERTS)  # [..., chosen, experts]
        gates = (g.softmax(best)[..., None] * picks).sum(-2)
        outputs = g.stack([expert(x) for expert in self.experts], axis=-1)
        load = picks.mean((0, 1, 2)) * g.softmax(logits).mean((0, 1))
        return (outputs * gates[..., None, :]).sum(-1), load


class TwinMixtureOfExperts(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.router = tnn.Linear(FEATURES, EXPERTS, bias=False)
        self.experts = tnn.ModuleList(TwinFeedForward(FEATURES, HIDDEN) for _ in range(EXPERTS))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits = self.router(x)
        best, chosen = logits.topk(CHOSEN)
        y = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            gate = torch.where(chosen == number, best.softmax(-1), 0).sum(-1)
            here = (chosen == number).any(-1)  # an expert sees the words alone that it is chosen for
            y[here] += gate[here][:, None] * expert(x[here])
        picked = functional.one_hot(chosen, EXPERTS).double().mean((0, 1, 2))
        return y, picked * logits.softmax(-1).mean((0, 1))


BALANCED = Objective(
    lambda y, load, target: g.mean(g.square(y - target)) + 0.1 * EXPERTS * g.sum(load),
    lambda y, load, target: functional.mse_loss(y, target) + 0.1 * EXPERTS * load.sum(),
)
SENTENCES = Input((BATCH, WORDS, FEATURES))

ENTRIES = (
    Entry(
        "mixture-of-experts",
        MixtureOfExperts,
        TwinMixtureOfExperts,
        BALANCED,
        {"x": SENTENCES, "target": SENTENCES},
        rate=0.01,
        optimiser=ADAM,
    ),
)
