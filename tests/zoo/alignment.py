"""A network that hears words in a sound without being told when: connectionist temporal classification."""

from __future__ import annotations

import torch
from torch import nn as tnn
from torch.nn import functional

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import ADAM, Entry, Input, Objective

BATCH, TIME, INPUTS, HIDDEN, LETTERS, LENGTH = 4, 11, 3, 8, 3, 4
NEVER = -1e30


class Listener(nn.Module):
    """Graves et al. (2006): of each time logits of no letter, number 0, and of every letter."""

    def __init__(self) -> None:
        self.recurrent = nn.GRU(INPUTS, HIDDEN)
        self.head = nn.Linear(HIDDEN, LETTERS + 1)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        return self.head(self.recurrent(x))


class TwinListener(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.recurrent = tnn.GRU(INPUTS, HIDDEN, batch_first=True)
        self.head = tnn.Linear(HIDDEN, LETTERS + 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.recurrent(x)[0])


def ctc_loss(logits: g.Tensor, letters: g.Tensor) -> g.Tensor:
    """-log of the probability of all ways to say the letters: Graves et al. (2006), equations 5 to 8.

    Between the letters, before and after them there may be silence, so that there are 2 · LENGTH + 1 places, and a way
    goes from place to place: it stays, goes on by one, or passes by a silence between two different letters.
    """
    silence = g.zeros_like(letters)
    places = g.stack([silence, letters + 1], axis=-1).reshape(BATCH, -1)
    places = g.concatenate([places, silence[:, :1]], axis=1)
    said = g.take_along_axis(g.log_softmax(logits), places[:, None], axis=-1)  # [batch, time, places]
    never = g.full((BATCH, 2), NEVER)
    passes = places[:, 2:] != places[:, :-2]

    def step(reached: g.Tensor, said: g.Tensor) -> tuple[g.Tensor, None]:
        on = g.concatenate([never[:, :1], reached[:, :-1]], axis=1)
        past = g.concatenate([never, g.where(passes, reached[:, :-2], NEVER)], axis=1)
        return g.logsumexp(g.stack([reached, on, past]), axis=0) + said, None

    first = g.where(g.iota(2 * LENGTH + 1) < 2, said[:, 0], NEVER)
    last, _ = g.scan(step, first, g.moveaxis(said[:, 1:], 1, 0))
    return -g.mean(g.logaddexp(last[:, -1], last[:, -2]))


def twins_ctc_loss(logits: torch.Tensor, letters: torch.Tensor) -> torch.Tensor:
    silence = torch.zeros_like(letters)
    places = torch.stack([silence, letters + 1], dim=-1).flatten(1)
    places = torch.cat([places, silence[:, :1]], dim=1)
    said = logits.log_softmax(-1).gather(-1, places[:, None].expand(-1, TIME, -1))
    never = said.new_full((BATCH, 2), NEVER)
    passes = places[:, 2:] != places[:, :-2]
    reached = torch.where(torch.arange(2 * LENGTH + 1) < 2, said[:, 0], NEVER)
    for time in range(1, TIME):
        on = torch.cat([never[:, :1], reached[:, :-1]], dim=1)
        past = torch.cat([never, torch.where(passes, reached[:, :-2], NEVER)], dim=1)
        reached = torch.logsumexp(torch.stack([reached, on, past]), dim=0) + said[:, time]
    return -torch.logaddexp(reached[:, -1], reached[:, -2]).mean()


def pytorchs_ctc_loss(logits: torch.Tensor, letters: torch.Tensor) -> torch.Tensor:
    logs, times, lengths = logits.log_softmax(-1).transpose(0, 1), [TIME] * BATCH, [LENGTH] * BATCH
    return functional.ctc_loss(logs, letters + 1, times, lengths, reduction="sum") / BATCH


ENTRIES = (
    Entry(
        "ctc",
        Listener,
        TwinListener,
        Objective(ctc_loss, twins_ctc_loss, {"pytorchs": (ctc_loss, pytorchs_ctc_loss)}),
        {"x": Input((BATCH, TIME, INPUTS)), "letters": Input((BATCH, LENGTH), below=LETTERS)},
        rate=0.01,
        optimiser=ADAM,
    ),
)
