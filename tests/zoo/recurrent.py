"""Recurrent networks that name a sequence by the last of their states, and an encoder with a decoder."""

from __future__ import annotations

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import Entry, Input
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


class Attentive(nn.Module):
    """Bahdanau, Cho and Bengio's translator (2015): before each word the decoder looks at all that the encoder read."""

    def __init__(self) -> None:
        self.source, self.target = nn.Embedding(WORDS, FEATURES), nn.Embedding(WORDS, FEATURES)
        self.encoder = nn.GRU(FEATURES, HIDDEN)
        self.attention = nn.AdditiveAttention(HIDDEN, HIDDEN, HIDDEN)
        self.decoder = nn.GRUCell(FEATURES + HIDDEN, HIDDEN)
        self.head = nn.Linear(HIDDEN, WORDS)

    def __call__(self, source: g.Tensor, target: g.Tensor) -> g.Tensor:
        read, ((h,),) = self.encoder.unroll(self.source(source))
        words, states = self.target(target), []
        for time in range(target.shape[1]):
            context = self.attention(h[:, None], read)[:, 0]
            h = self.decoder(g.concatenate([words[:, time], context], axis=-1), h)
            states.append(h)
        return self.head(g.stack(states, axis=1))


class TwinAdditiveAttention(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query_proj = tnn.Linear(HIDDEN, HIDDEN, bias=False)
        self.key_proj = tnn.Linear(HIDDEN, HIDDEN)
        self.weight = tnn.Parameter(torch.zeros(HIDDEN))

    def forward(self, query: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        scores = torch.tanh(self.query_proj(query)[:, None] + self.key_proj(keys)) @ self.weight
        return (scores.softmax(-1)[..., None] * keys).sum(1)


class TwinAttentive(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.source, self.target = tnn.Embedding(WORDS, FEATURES), tnn.Embedding(WORDS, FEATURES)
        self.encoder = tnn.GRU(FEATURES, HIDDEN, batch_first=True)
        self.attention = TwinAdditiveAttention()
        self.decoder = tnn.GRUCell(FEATURES + HIDDEN, HIDDEN)
        self.head = tnn.Linear(HIDDEN, WORDS)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        read, last = self.encoder(self.source(source))
        words, h, states = self.target(target), last[0], []
        for time in range(target.shape[1]):
            h = self.decoder(torch.cat([words[:, time], self.attention(h, read)], dim=-1), h)
            states.append(h)
        return self.head(torch.stack(states, dim=1))


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
    Entry("seq2seq-attention", Attentive, TwinAttentive, CLASSIFY, PAIRS, takes=2),
)
