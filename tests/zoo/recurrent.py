"""Recurrent networks that name a sequence by the last of their states, and an encoder with a decoder."""

from __future__ import annotations

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.cases.table import Input
from tests.zoo.entry import Entry
from tests.zoo.objectives import CLASSIFY

BATCH, TIME, INPUTS, HIDDEN, CLASSES = 4, 6, 3, 8, 5
WORDS, FEATURES = 11, 6


class Reader(nn.Module):
    """What the last state says of a sequence."""

    def __init__(self, recurrent: nn.Recurrent) -> None:
        self.recurrent = recurrent
        self.head = nn.Linear(HIDDEN, CLASSES)

    def __call__(self, x: g.Tensor) -> g.Tensor:
        return self.head(self.recurrent(x)[:, -1])


class TwinReader(tnn.Module):
    def __init__(self, recurrent: tnn.RNNBase) -> None:
        super().__init__()
        self.recurrent = recurrent
        self.head = tnn.Linear(HIDDEN, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs, _ = self.recurrent(x)
        return self.head(outputs[:, -1])


class Translator(nn.Module):
    """Sutskever, Vinyals and Le's: the decoder starts from the encoder's last state."""

    def __init__(self) -> None:
        self.source, self.target = nn.Embedding(WORDS, FEATURES), nn.Embedding(WORDS, FEATURES)
        self.encoder, self.decoder = nn.LSTM(FEATURES, HIDDEN), nn.LSTM(FEATURES, HIDDEN)
        self.head = nn.Linear(HIDDEN, WORDS)

    def __call__(self, source: g.Tensor, target: g.Tensor) -> g.Tensor:
        _, thought = self.encoder.unroll(self.source(source))
        states, _ = self.decoder.unroll(self.target(target), thought)
        return self.head(states)


class TwinTranslator(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.source, self.target = tnn.Embedding(WORDS, FEATURES), tnn.Embedding(WORDS, FEATURES)
        self.encoder = tnn.LSTM(FEATURES, HIDDEN, batch_first=True)
        self.decoder = tnn.LSTM(FEATURES, HIDDEN, batch_first=True)
        self.head = tnn.Linear(HIDDEN, WORDS)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        _, thought = self.encoder(self.source(source))
        states, _ = self.decoder(self.target(target), thought)
        return self.head(states)


SEQUENCES = {"x": Input((BATCH, TIME, INPUTS)), "labels": Input((BATCH,), below=CLASSES)}
PAIRS = {
    "source": Input((BATCH, 5), below=WORDS),
    "target": Input((BATCH, 4), below=WORDS),
    "labels": Input((BATCH, 4), below=WORDS),
}

ENTRIES = (
    Entry(
        "rnn",
        lambda: Reader(nn.RNN(INPUTS, HIDDEN)),
        lambda: TwinReader(tnn.RNN(INPUTS, HIDDEN, batch_first=True)),
        CLASSIFY,
        SEQUENCES,
    ),
    Entry(
        "lstm",
        lambda: Reader(nn.LSTM(INPUTS, HIDDEN, layers=2)),
        lambda: TwinReader(tnn.LSTM(INPUTS, HIDDEN, num_layers=2, batch_first=True)),
        CLASSIFY,
        SEQUENCES,
    ),
    Entry(
        "gru",
        lambda: Reader(nn.GRU(INPUTS, HIDDEN)),
        lambda: TwinReader(tnn.GRU(INPUTS, HIDDEN, batch_first=True)),
        CLASSIFY,
        SEQUENCES,
    ),
    Entry("seq2seq", Translator, TwinTranslator, CLASSIFY, PAIRS, takes=2),
)
