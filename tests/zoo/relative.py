"""T5: positions are told by how far two words are apart, each pair of heads and of ranges of distances by a number."""

from __future__ import annotations

import itertools
import math

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import Entry, Input
from tests.zoo.objectives import CLASSIFY

BATCH, WORDS, FEATURES, HEADS, HIDDEN = 3, 11, 8, 2, 16
BUCKETS = 8  # of distances, each with a number to learn for each head
FAR = 16  # words that are further apart are as those that are so far apart


def first_distances(buckets: int, far: int) -> list[int]:
    """The distance at which each bucket but that of 0 begins.

    The first half of them hold one distance each, the others grow by one factor, up to `far`, behind which there is no
    other: Raffel et al. (2020), section 2.1.
    """
    exact, larger = buckets // 2, buckets - buckets // 2
    grown = (
        next(n for n in itertools.count(exact) if n**larger * exact**k >= far**k * exact**larger) for k in range(larger)
    )
    return [*range(1, exact), *grown]


def bucket_table(queries: int, keys: int, buckets: int, far: int, causal: bool) -> g.Tensor:
    """Which bucket each query finds each key in: u32[queries, keys], known when the model is traced.

    Causal: those behind a query share all buckets, those ahead are as the query itself. Else half of the buckets are
    for those behind, and half for those ahead, of whose first, for a distance of 0, there are none.
    """
    key, query = g.iota(queries, keys) % keys, g.iota(queries, keys) // keys
    behind, ahead = (a - g.minimum(a, b) for a, b in ((query, key), (key, query)))  # u32 knows nothing below 0
    side = buckets if causal else buckets // 2
    reached = [g.less_equal(first, behind if causal else behind + ahead) for first in first_distances(side, far)]
    within = sum(reached[1:], reached[0])
    return g.cast(within if causal else within + side * g.less(0, ahead), "u32")


class RelativeAttention(nn.MultiHeadAttention):
    """Self-attention whose scores are not scaled, and to which a bias is added by the distance's bucket."""

    def __init__(self, causal: bool) -> None:
        super().__init__(FEATURES, HEADS, causal=causal, bias=False, weights_visible=True)
        self.distances = nn.Embedding(BUCKETS, HEADS)

    def weigh(self, q: g.Tensor, k: g.Tensor, lengths: g.Tensor | None) -> g.Tensor:
        scores = g.matmul(g.transpose(q, (0, 2, 1, 3)), g.transpose(k, (0, 2, 1, 3)), "nt")
        time = k.shape[1]
        table = bucket_table(time, time, BUCKETS, FAR, self.causal)
        scores = scores + g.transpose(self.distances(table), (2, 0, 1))
        key, query = g.iota(time, time) % time, g.iota(time, time) // time
        return g.softmax(g.where(g.less(query, key), -1e30, scores) if self.causal else scores)


class UnscaledAttention(nn.MultiHeadAttention):
    """Attention to a memory whose scores are not scaled."""

    def __init__(self) -> None:
        super().__init__(FEATURES, HEADS, cross=True, bias=False, weights_visible=True)

    def weigh(self, q: g.Tensor, k: g.Tensor, lengths: g.Tensor | None) -> g.Tensor:
        return g.attention_weights(q, k, scale=1.0, lengths=lengths)


class T5(nn.Module):
    """Raffel et al. (2020), section 2.1: RMS norms first, no bias in any affine map, one table of words for all."""

    def __init__(self) -> None:
        self.words = nn.Embedding(WORDS, FEATURES)
        self.encoder = nn.EncoderBlock(FEATURES, HEADS, HIDDEN, bias=False, norm=nn.RMSNorm)
        self.encoder.attention = RelativeAttention(causal=False)
        self.encoder_norm = nn.RMSNorm(FEATURES)
        self.decoder = nn.DecoderBlock(FEATURES, HEADS, HIDDEN, bias=False, norm=nn.RMSNorm)
        self.decoder.attention = RelativeAttention(causal=True)
        self.decoder.cross_attention = UnscaledAttention()
        self.decoder_norm = nn.RMSNorm(FEATURES)

    def __call__(self, source: g.Tensor, target: g.Tensor) -> g.Tensor:
        memory = self.encoder_norm(self.encoder(self.words(source)))
        x = self.decoder_norm(self.decoder(self.words(target), memory))
        return g.matmul(x, self.words.weight, "nt") * FEATURES**-0.5


def twins_buckets(apart: torch.Tensor, buckets: int, far: int, causal: bool) -> torch.Tensor:
    """The same of keys that are `apart` from their queries, by logarithms."""
    if causal:
        offset, distance = 0, (-apart).clamp(min=0)
    else:
        buckets //= 2
        offset, distance = buckets * (apart > 0), apart.abs()
    exact = buckets // 2
    grown = torch.log(distance.clamp(min=1) / exact) / math.log(far / exact) * (buckets - exact)
    return offset + torch.where(distance < exact, distance, (exact + grown.long()).clamp(max=buckets - 1))


class TwinAttention(tnn.Module):
    """In PyTorch, of weights [inputs, outputs]; with a bias by distance where it is no cross-attention."""

    def __init__(self, causal: bool = False, cross: bool = False) -> None:
        super().__init__()
        self.causal, self.cross = causal, cross
        if cross:
            self.q_proj = tnn.Linear(FEATURES, FEATURES, bias=False)
            self.kv_proj = tnn.Linear(FEATURES, 2 * FEATURES, bias=False)
        else:
            self.in_proj_weight = tnn.Parameter(torch.zeros(FEATURES, 3 * FEATURES))
            self.distances = tnn.Embedding(BUCKETS, HEADS)
        self.out_proj = tnn.Linear(FEATURES, FEATURES, bias=False)

    def forward(self, x: torch.Tensor, memory: torch.Tensor | None = None) -> torch.Tensor:
        if memory is None:
            q, k, v = (x @ self.in_proj_weight).chunk(3, dim=-1)
        else:
            q, (k, v) = self.q_proj(x), self.kv_proj(memory).chunk(2, dim=-1)
        q, k, v = (each.unflatten(-1, (HEADS, -1)).transpose(1, 2) for each in (q, k, v))
        scores = q @ k.mT
        if memory is None:
            place = torch.arange(x.shape[1])
            table = twins_buckets(place - place[:, None], BUCKETS, FAR, self.causal)
            scores = scores + self.distances(table).permute(2, 0, 1)
        if self.causal:
            scores = scores.masked_fill(torch.triu(torch.ones(scores.shape[-2:]), diagonal=1) > 0, -torch.inf)
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class TwinFeedForward(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = tnn.Linear(FEATURES, HIDDEN, bias=False)
        self.linear2 = tnn.Linear(HIDDEN, FEATURES, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(torch.relu(self.linear1(x)))


class TwinBlock(tnn.Module):
    def __init__(self, decodes: bool) -> None:
        super().__init__()
        self.decodes = decodes
        self.norm1, self.norm2 = tnn.RMSNorm(FEATURES, 1e-6), tnn.RMSNorm(FEATURES, 1e-6)
        self.attention = TwinAttention(causal=decodes)
        self.feed_forward = TwinFeedForward()
        if decodes:
            self.cross_attention = TwinAttention(cross=True)
            self.norm3 = tnn.RMSNorm(FEATURES, 1e-6)

    def forward(self, x: torch.Tensor, memory: torch.Tensor | None = None) -> torch.Tensor:
        x = x + self.attention(self.norm1(x))
        if self.decodes:
            x = x + self.cross_attention(self.norm2(x), memory)
        return x + self.feed_forward((self.norm3 if self.decodes else self.norm2)(x))


class TwinT5(tnn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = tnn.Embedding(WORDS, FEATURES)
        self.encoder, self.decoder = TwinBlock(decodes=False), TwinBlock(decodes=True)
        self.encoder_norm, self.decoder_norm = tnn.RMSNorm(FEATURES, 1e-6), tnn.RMSNorm(FEATURES, 1e-6)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        memory = self.encoder_norm(self.encoder(self.words(source)))
        x = self.decoder_norm(self.decoder(self.words(target), memory))
        return x @ self.words.weight.T * FEATURES**-0.5


ENTRIES = (
    Entry(
        "t5",
        T5,
        TwinT5,
        CLASSIFY,
        {
            "source": Input((BATCH, 12), below=WORDS),  # of words so far apart that they fill all buckets that can be
            "target": Input((BATCH, 13), below=WORDS),
            "labels": Input((BATCH, 13), below=WORDS),
        },
        takes=2,
    ),
)
