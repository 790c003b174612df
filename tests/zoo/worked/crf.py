"""A conditional random field: Lafferty, McCallum and Pereira (2001), and the likeliest tags by Viterbi (1967)."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from tests.zoo.worked import STEPS, Found, Make, begun, losses, made

BATCH, TIME, WORDS, FEATURES, TAGS = 5, 8, 9, 6, 4
SENTENCES = np.random.default_rng(1).integers(0, WORDS, (BATCH, TIME))
TAGGED = (SENTENCES + np.roll(SENTENCES, 1, axis=1)) % TAGS


class CRF(nn.Module):
    """words [batch, time] -> how each tag fits each word, [batch, time, tags]; and what follows for whole sentences."""

    def __init__(self) -> None:
        self.words = nn.Embedding(WORDS, FEATURES)
        self.conv = nn.Conv1d(FEATURES, TAGS, 3, padding="same")
        self.transitions = g.parameter((TAGS, TAGS), nn.uniform(0.1))  # from the row's tag to the column's

    def __call__(self, words: g.Tensor) -> g.Tensor:
        return self.conv(self.words(words))

    def loss(self, words: g.Tensor, tags: g.Tensor) -> g.Tensor:
        """-log of the tags' probability: their score against that of all sequences, by the forward algorithm."""
        emitted = self(words)
        fits = g.take_along_axis(emitted, tags[..., None], axis=-1).sum((1, 2))
        follows = self.transitions[tags[:, :-1], tags[:, 1:]].sum(1)

        def step(reached: g.Tensor, emitted: g.Tensor) -> tuple[g.Tensor, None]:
            return g.logsumexp(reached[..., None] + self.transitions, axis=1) + emitted, None

        last, _ = g.scan(step, emitted[:, 0], g.moveaxis(emitted[:, 1:], 1, 0))
        return g.mean(g.logsumexp(last) - fits - follows)

    def decode(self, words: g.Tensor) -> g.Tensor:
        """The likeliest tags: the best way to each tag at each time, and from the best end back."""
        emitted = self(words)

        def forth(best: g.Tensor, emitted: g.Tensor) -> tuple[g.Tensor, g.Tensor]:
            ways = best[..., None] + self.transitions
            return g.max(ways, axis=1) + emitted, g.argmax(ways, axis=1)

        def back(tag: g.Tensor, origin: g.Tensor) -> tuple[g.Tensor, g.Tensor]:
            return origin[g.arange(BATCH), tag], tag

        best, origins = g.scan(forth, emitted[:, 0], g.moveaxis(emitted[:, 1:], 1, 0))
        first, tags = g.scan(back, g.argmax(best), origins, reverse=True)
        return g.concatenate([first[None], tags]).T


def build() -> Model:
    model = Model("crf")
    crf = model.add("crf", CRF())

    @model.program(counts=True)
    def step() -> None:
        loss = crf.loss(SENTENCES, TAGGED)
        nn.Adam(0.05).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def decode() -> dict[str, g.Tensor]:
        return {"tags": crf.decode(SENTENCES)}

    return model


class TwinCRF(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = tnn.Embedding(WORDS, FEATURES)
        self.conv = tnn.Conv1d(FEATURES, TAGS, 3, padding="same")
        self.transitions = tnn.Parameter(torch.zeros(TAGS, TAGS))

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.conv(self.words(words).mT).mT

    def loss(self, words: torch.Tensor, tags: torch.Tensor) -> torch.Tensor:
        emitted = self(words)
        fits = emitted.gather(-1, tags[..., None]).sum((1, 2))
        follows = self.transitions[tags[:, :-1], tags[:, 1:]].sum(1)
        reached = emitted[:, 0]
        for time in range(1, TIME):
            reached = torch.logsumexp(reached[..., None] + self.transitions, dim=1) + emitted[:, time]
        return (torch.logsumexp(reached, dim=-1) - fits - follows).mean()

    @torch.no_grad()
    def decode(self, words: torch.Tensor) -> torch.Tensor:
        emitted = self(words)
        best, origins = emitted[:, 0], []
        for time in range(1, TIME):
            ways, origin = (best[..., None] + self.transitions).max(dim=1)
            best = ways + emitted[:, time]
            origins.append(origin)
        tags = [best.argmax(-1)]
        for origin in reversed(origins):
            tags.append(origin[torch.arange(BATCH), tags[-1]])
        return torch.stack(tags[::-1], dim=1)


def train(crf: TwinCRF) -> tuple[list[float], torch.Tensor]:
    words, tags = torch.tensor(SENTENCES), torch.tensor(TAGGED)
    optimiser, found = torch.optim.Adam(crf.parameters(), lr=0.05), []
    for _ in range(STEPS):
        loss = crf.loss(words, tags)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    return found, crf.decode(words)


OURS = (CRF, build)
TWIN = (TwinCRF, train)


def ours(make: Make) -> Found:
    runner = made(make, build())
    runner.run("step", STEPS)
    runner.run("decode")
    return {"losses": losses(runner), "tags": runner.read("tags")}


def twins() -> Found:
    found, tags = train(begun(TwinCRF(), build(), "crf"))
    return {"losses": found, "tags": tags}
