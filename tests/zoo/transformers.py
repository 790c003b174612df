"""Transformers of words: with encoder and decoder, GPT, BERT, and attention alone."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import ADAMW, Entry, Input
from tests.zoo.objectives import CLASSIFY, CLASSIFY_SMOOTHLY, PREDICT, UNMASK
from tests.zoo.parts import twin_block

BATCH, TIME, WORDS, FEATURES, HEADS, HIDDEN = 3, 7, 11, 8, 2, 16
THIN = 6  # features of two heads that do not fill blocks of four
NARROW = nn.uniform(0.1)  # GPT-2 draws normal numbers, in which devices differ


class Size(NamedTuple):
    """Of a language model."""

    words: int
    time: int
    features: int
    hidden: int
    layers: int


LARGE = Size(words=128, time=32, features=64, hidden=128, layers=1)  # just enough for blocks of products in registers
ODD = LARGE._replace(words=130)  # and for those whose rows do not begin at multiples of four
MASK = ODD.words - 1  # the word that stands where one is hidden, and in no text


class Transformer(nn.Module):
    """Vaswani et al. (2017): sums are normalised, positions are sines."""

    def __init__(self) -> None:
        self.source, self.target = nn.Embedding(WORDS, THIN), nn.Embedding(WORDS, THIN)
        self.encoder = [nn.EncoderBlock(THIN, HEADS, HIDDEN, pre_norm=False)]
        self.decoder = [nn.DecoderBlock(THIN, HEADS, HIDDEN, pre_norm=False)]
        self.head = nn.Linear(THIN, WORDS)

    def __call__(self, source: g.Tensor, target: g.Tensor, lengths: g.Tensor) -> g.Tensor:
        memory = self.source(source) + g.sinusoidal_positions(source.shape[1], THIN)
        for encoder in self.encoder:
            memory = encoder(memory, lengths + 2)
        x = self.target(target) + g.sinusoidal_positions(target.shape[1], THIN)
        for decoder in self.decoder:
            x = decoder(x, memory, lengths + 2)
        return self.head(x)


class TwinTransformer(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.source, self.target = tnn.Embedding(WORDS, THIN), tnn.Embedding(WORDS, THIN)
        self.encoder = tnn.ModuleList([tnn.TransformerEncoderLayer(THIN, HEADS, HIDDEN, 0.0, batch_first=True)])
        self.decoder = tnn.ModuleList([tnn.TransformerDecoderLayer(THIN, HEADS, HIDDEN, 0.0, batch_first=True)])
        self.head = tnn.Linear(THIN, WORDS)

    def forward(self, source: torch.Tensor, target: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        padding = torch.arange(source.shape[1]) >= lengths[:, None] + 2
        memory = self.source(source) + sines(source.shape[1])
        for encoder in self.encoder:
            memory = encoder(memory, src_key_padding_mask=padding)
        x = self.target(target) + sines(target.shape[1])
        for decoder in self.decoder:
            x = decoder(x, memory, tgt_mask=later(target.shape[1]), memory_key_padding_mask=padding)
        return self.head(x)


def sines(length: int) -> torch.Tensor:
    turns = torch.arange(length).double()[:, None] / 10_000 ** (torch.arange(0, THIN, 2).double() / THIN)
    return torch.stack([turns.sin(), turns.cos()], dim=-1).flatten(1)


def later(time: int) -> torch.Tensor:
    """True for keys that come after the query."""
    return torch.triu(torch.ones(time, time, dtype=torch.bool), diagonal=1)


class Language(nn.Module):
    """Words and their places, blocks, and at each place a guess, by the words' own features: Radford et al. (2019)."""

    def __init__(self, size: Size, causal: bool) -> None:
        self.words = nn.Embedding(size.words, size.features)
        self.places = nn.Embedding(size.time, size.features)
        self.blocks = [
            nn.EncoderBlock(size.features, HEADS, size.hidden, g.gelu, causal=causal, pre_norm=causal)
            for _ in range(size.layers)
        ]
        self.norm = nn.LayerNorm(size.features)
        self.initialise(lambda path, tensor: NARROW if len(tensor.shape) == 2 else None)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        x = self.words(words) + self.places.weight
        for block in self.blocks:
            x = block(x)
        return g.matmul(self.norm(x), self.words.weight, "nt")


class TwinLanguage(tnn.Module):
    def __init__(self, size: Size, causal: bool) -> None:
        super().__init__()
        self.words = tnn.Embedding(size.words, size.features)
        self.places = tnn.Embedding(size.time, size.features)
        self.blocks = tnn.ModuleList(
            twin_block(size.features, HEADS, size.hidden, norm_first=causal) for _ in range(size.layers)
        )
        self.norm = tnn.LayerNorm(size.features)
        self.mask = later(size.time) if causal else None

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words) + self.places.weight
        for block in self.blocks:
            x = block(x, src_mask=self.mask)
        return self.norm(x) @ self.words.weight.T


class Masked(Language):
    """Devlin et al. (2019), section 3.1: [MASK] stands where words are hidden, and the model guesses them.

    Every hidden word, where BERT puts random words in a tenth of the places and leaves a tenth as they are. Gives the
    guesses, the words, and where they were hidden.
    """

    def __call__(self, words: g.Tensor, hidden: g.Tensor) -> tuple[g.Tensor, g.Tensor, g.Tensor]:
        seen = g.where(g.cast(hidden, "f32"), g.constant(MASK, "u32"), words)
        return super().__call__(seen), words, hidden


class TwinMasked(TwinLanguage):
    def forward(self, words: torch.Tensor, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return super().forward(words.masked_fill(hidden == 1, MASK)), words, hidden


class AttentionOnly(nn.Module):
    """Elhage et al., A mathematical framework for transformer circuits (2021): no norms, nothing but attention.

    The weights are visible: what a head looks at is what such a model is for.
    """

    def __init__(self, layers: int) -> None:
        self.words, self.places = nn.Embedding(WORDS, FEATURES), nn.Embedding(TIME, FEATURES)
        self.layers = [
            nn.MultiHeadAttention(FEATURES, HEADS, causal=True, bias=False, weights_visible=True) for _ in range(layers)
        ]
        self.unembedding = nn.Linear(FEATURES, WORDS, bias=False)

    def __call__(self, words: g.Tensor) -> g.Tensor:
        x = self.words(words) + self.places.weight
        for layer in self.layers:
            x = x + layer(x)
        return self.unembedding(x)


class TwinAttentionOnly(tnn.Module):
    def __init__(self, layers: int) -> None:
        super().__init__()
        self.words, self.places = tnn.Embedding(WORDS, FEATURES), tnn.Embedding(TIME, FEATURES)
        self.layers = tnn.ModuleList(
            tnn.MultiheadAttention(FEATURES, HEADS, bias=False, batch_first=True) for _ in range(layers)
        )
        self.unembedding = tnn.Linear(FEATURES, WORDS, bias=False)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.words(words) + self.places.weight
        for layer in self.layers:
            change, _ = layer(x, x, x, attn_mask=later(TIME))
            x = x + change
        return self.unembedding(x)


TEXTS = {"words": Input((BATCH, TIME), below=WORDS), "labels": Input((BATCH, TIME), below=WORDS)}
PAIRS = {
    "source": Input((BATCH, 6), below=WORDS),
    "target": Input((BATCH, 5), below=WORDS),
    "lengths": Input((BATCH,), below=5),
    "labels": Input((BATCH, 5), below=WORDS),
}
WIDE = {name: Input((4, LARGE.time), below=LARGE.words) for name in ("words", "labels")}
MASKED = {"words": WIDE["words"], "hidden": Input((4, ODD.time), below=2)}

ENTRIES = (
    Entry("transformer", Transformer, TwinTransformer, CLASSIFY_SMOOTHLY, PAIRS, takes=3),
    Entry(
        "gpt",
        lambda: Language(LARGE, causal=True),
        lambda: TwinLanguage(LARGE, causal=True),
        PREDICT,
        WIDE,
        rate=0.001,
        optimiser=ADAMW,
    ),
    Entry(
        "bert",
        lambda: Masked(ODD, causal=False),
        lambda: TwinMasked(ODD, causal=False),
        UNMASK,
        MASKED,
        takes=2,
    ),
    *(
        Entry(f"attention-only-{n}", lambda n=n: AttentionOnly(n), lambda n=n: TwinAttentionOnly(n), CLASSIFY, TEXTS)
        for n in (1, 2)
    ),
)
