"""T5: positions are told by how far two words are apart, each pair of heads and distances by a number to learn."""

from __future__ import annotations

import torch
from torch import nn as tnn

from site_builder import graph as g
from site_builder import nn
from tests.zoo.entry import Entry, Input
from tests.zoo.objectives import CLASSIFY

BATCH, WORDS, FEATURES, HEADS, HIDDEN = 3, 11, 8, 2, 16
FAR = 3  # words that are further apart count as being so far apart


class RelativeAttention(nn.MultiHeadAttention):
    """Self-attention whose scores are not scaled, and to which a bias is added by distance."""

    def __init__(self, causal: bool) -> None:
        super().__init__(FEATURES, HEADS, causal=causal, bias=False, weights_visible=True)
        self.distances = nn.Embedding(2 * FAR + 1, HEADS)

    def weigh(self, q: g.Tensor, k: g.Tensor, lengths: g.Tensor | None) -> g.Tensor:
        scores = g.matmul(g.transpose(q, (0, 2, 1, 3)), g.transpose(k, (0, 2, 1, 3)), "nt")
        time = k.shape[1]
        key, query = g.iota(time, time) % time, g.iota(time, time) // time
        apart = g.minimum(g.maximum(key + time, query + (time - FAR)) - (query + (time - FAR)), 2 * FAR)
        scores = scores + g.transpose(self.distances(apart), (2, 0, 1))
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


class TwinAttention(tnn.Module):
    """In PyTorch, of weights [inputs, outputs]. `far`: with a bias by distance."""

    def __init__(self, causal: bool = False, cross: bool = False) -> None:
        super().__init__()
        self.causal, self.cross = causal, cross
        if cross:
            self.q_proj = tnn.Linear(FEATURES, FEATURES, bias=False)
            self.kv_proj = tnn.Linear(FEATURES, 2 * FEATURES, bias=False)
        else:
            self.in_proj_weight = tnn.Parameter(torch.zeros(FEATURES, 3 * FEATURES))
            self.distances = tnn.Embedding(2 * FAR + 1, HEADS)
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
            apart = (place - place[:, None]).clamp(-FAR, FAR) + FAR
            scores = scores + self.distances(apart).permute(2, 0, 1)
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
            "source": Input((BATCH, 7), below=WORDS),
            "target": Input((BATCH, 5), below=WORDS),
            "labels": Input((BATCH, 5), below=WORDS),
        },
        takes=2,
    ),
)
