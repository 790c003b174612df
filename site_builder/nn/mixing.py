"""Blocks that let tokens see each other without attention: x [batch, tokens, features], and so is what they give."""

from __future__ import annotations

import math

from ..graph import Tensor, cast, cos, gelu, iota, matmul, parameter, reshape, split, swapaxes
from ..graph.tensor import caller, expect_axes, fail
from .initialisers import ones, uniform
from .linear import FeedForward, Linear
from .module import Function, Module, expect_function
from .normalisation import LayerNorm


class MixerBlock(Module):
    """A feed-forward network across tokens, then one across features, each on normalised x and added to it.

    Source: Tolstikhin et al., MLP-Mixer (2021), figure 1.
    """

    def __init__(
        self, tokens: int, features: int, token_hidden: int, feature_hidden: int, activation: Function = gelu
    ) -> None:
        self.norm1 = LayerNorm(features)
        self.token_mixing = FeedForward(tokens, token_hidden, activation)
        self.norm2 = LayerNorm(features)
        self.feature_mixing = FeedForward(features, feature_hidden, activation)

    def __call__(self, x: Tensor) -> Tensor:
        x = x + swapaxes(self.token_mixing(swapaxes(self.norm1(x), -1, -2)), -1, -2)
        return x + self.feature_mixing(self.norm2(x))


class SpatialGatingUnit(Module):
    """u (v W + b): the features are cut into u and v, and v, normalised, is mixed across tokens to gate u.

    [..., tokens, features] -> [..., tokens, features / 2]. W starts near 0 and b as 1, so that the gate is open.
    Exposes `gate`. Source: Liu et al., Pay attention to MLPs (2021), section 2.1.
    """

    def __init__(self, tokens: int, features: int) -> None:
        if features % 2:
            raise fail(f"SpatialGatingUnit: expected an even number of features, to halve, found {features}", caller())
        self.norm = LayerNorm(features // 2)
        self.projection = Linear(tokens, tokens, initialiser=uniform(1e-3))
        self.projection.bias = parameter((tokens,), ones)

    def __call__(self, x: Tensor) -> Tensor:
        u, v = split(x, 2)
        gate = swapaxes(self.projection(swapaxes(self.norm(v), -1, -2)), -1, -2)
        return u * self.expose("gate", gate)


class GatedMLPBlock(Module):
    """gMLP's block: x + (σ(norm(x) U), gated across tokens) V.

    Source: Liu et al., Pay attention to MLPs (2021), figure 1.
    """

    def __init__(self, tokens: int, features: int, hidden: int, activation: Function = gelu) -> None:
        expect_function("the activation of a gated MLP", activation)
        self.norm = LayerNorm(features)
        self.linear1 = Linear(features, hidden)
        self.gating = SpatialGatingUnit(tokens, hidden)
        self.linear2 = Linear(hidden // 2, features)
        self._activation = activation

    def __call__(self, x: Tensor) -> Tensor:
        return x + self.linear2(self.gating(self._activation(self.linear1(self.norm(x)))))


class FourierBlock(Module):
    """FNet's encoder block: Fourier mixing, which has nothing to learn, then a feed-forward network.

    Source: Lee-Thorp et al., FNet: mixing tokens with Fourier transforms (2022), figure 1.
    """

    def __init__(self, features: int, hidden: int, activation: Function = gelu) -> None:
        self.norm1 = LayerNorm(features)
        self.feed_forward = FeedForward(features, hidden, activation)
        self.norm2 = LayerNorm(features)

    def __call__(self, x: Tensor) -> Tensor:
        x = self.norm1(x + self.expose("mixed", fourier_mixing(x)))
        return self.norm2(x + self.feed_forward(x))


def fourier_mixing(x: Tensor) -> Tensor:
    """The real part of the discrete Fourier transform along tokens and features: [batch, tokens, features].

    With C and S for matrices of cosines and sines it is C x C - S x S: two products, since [C S] is one matrix and
    [C -S] another, whose columns alternate as the first product's results do.
    """
    expect_axes("fourier_mixing", "batch,tokens,features", x)
    batch, tokens, features = x.shape
    across = reshape(_waves(features, -0.25), (features, 2 * features))  # [n, 2, k]: cos, then sin
    along = reshape(swapaxes(_waves(tokens, 0.25), 1, 2), (tokens, 2 * tokens))  # [k, n, 2]: cos and -sin
    both = reshape(x @ across, (batch, tokens * 2, features))
    return matmul(along, both)


def _waves(length: int, turn: float) -> Tensor:
    """cos 2π (n k / length + s turn) [length, 2, length] for n, s, k: a quarter turn makes of cosines ∓ sines."""
    shape = (length, 2, length)
    index = iota(*shape)
    n, s, k = index // (2 * length), index // length % 2, index % length
    turns = cast(n * k % length, "f32") / length + turn * cast(s, "f32")  # below 1 + turn, so that cos is exact
    return cos(2 * math.pi * turns)
