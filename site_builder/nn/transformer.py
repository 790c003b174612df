"""The transformer's blocks: attention and a feed-forward network, each added to what it reads.

With `pre_norm` each reads normalised x (GPT-2's arrangement, which trains without warm-up), without it the sum is
normalised (the original one).
"""

from __future__ import annotations

from collections.abc import Callable

from ..graph import Tensor, relu
from ..graph.tensor import Operand, caller, fail
from .attention import MultiHeadAttention
from .dropout import Dropout
from .linear import FeedForward
from .module import Function, Module, expect_function
from .normalisation import LayerNorm

Norm = Callable[[int], Function]  # LayerNorm, RMSNorm


class _Block(Module):
    def __init__(self, parts: int, pre_norm: bool, dropout: Operand, norm: Norm) -> None:
        if isinstance(norm, Module) or not callable(norm):
            raise fail(f"a block's norm is a class such as nn.LayerNorm, found {type(norm).__name__}", caller())
        self._pre_norm, self._norm = pre_norm, norm
        self.dropouts = [Dropout(dropout) for _ in range(parts)]

    def normalisation(self, features: int) -> Function:
        """One more layer that normalises so many features."""
        try:
            layer = self._norm(features)
        except TypeError as error:
            raise fail(f"a block's norm makes a layer for a number of features: {error}", caller()) from error
        expect_function("what a block's norm makes", layer)
        return layer

    def added(self, part: int, norm: Function, change: Function, x: Tensor) -> Tensor:
        """x + change(norm(x)), or norm(x + change(x))."""
        drop = self.dropouts[part]
        return x + drop(change(norm(x))) if self._pre_norm else norm(x + drop(change(x)))


class EncoderBlock(_Block):
    """Self-attention, then a feed-forward network: [batch, time, features]. With `causal`, a block of GPT.

    Source: Vaswani et al. (2017), figure 1, left.
    """

    def __init__(
        self,
        features: int,
        heads: int,
        hidden: int,
        activation: Function = relu,
        *,
        causal: bool = False,
        pre_norm: bool = True,
        dropout: Operand = 0.0,
        rotary: bool = False,
        bias: bool = True,
        norm: Norm = LayerNorm,
        weights_visible: bool = False,
        key_heads: int | None = None,
        window: int | None = None,
    ) -> None:
        super().__init__(2, pre_norm, dropout, norm)
        self.norm1 = self.normalisation(features)
        self.attention = MultiHeadAttention(
            features,
            heads,
            causal=causal,
            rotary=rotary,
            bias=bias,
            weights_visible=weights_visible,
            key_heads=key_heads,
            window=window,
        )
        self.norm2 = self.normalisation(features)
        self.feed_forward = FeedForward(features, hidden, activation, bias)

    def __call__(
        self,
        x: Tensor,
        lengths: Tensor | None = None,
        head_mask: Tensor | None = None,
        bias: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """`lengths` u32[batch] where x is padded; `head_mask`, `bias` and `mask` as in `MultiHeadAttention`."""
        x = self.added(0, self.norm1, lambda x: self.attention(x, None, lengths, head_mask, bias, mask), x)
        return self.added(1, self.norm2, self.feed_forward, x)

    def step(self, x: Tensor, position: Tensor, length: int, head_mask: Tensor | None = None) -> Tensor:
        """A causal block for one more position, as `MultiHeadAttention.step`: x [batch, 1, features]."""
        x = self.added(0, self.norm1, lambda x: self.attention.step(x, position, length, head_mask), x)
        return self.added(1, self.norm2, self.feed_forward, x)

    def prefill(self, x: Tensor, length: int, head_mask: Tensor | None = None) -> Tensor:
        """A causal block for the first positions, as `MultiHeadAttention.prefill`: x [batch, time, features]."""
        x = self.added(0, self.norm1, lambda x: self.attention.prefill(x, length, head_mask), x)
        return self.added(1, self.norm2, self.feed_forward, x)


class DecoderBlock(_Block):
    """Causal self-attention, attention to a memory, then a feed-forward network: [batch, time, features].

    `rotary` is the self-attention's: the memory's positions are the encoder's own affair.
    Source: Vaswani et al. (2017), figure 1, right.
    """

    def __init__(
        self,
        features: int,
        heads: int,
        hidden: int,
        activation: Function = relu,
        *,
        pre_norm: bool = True,
        dropout: Operand = 0.0,
        rotary: bool = False,
        bias: bool = True,
        norm: Norm = LayerNorm,
        weights_visible: bool = False,
    ) -> None:
        super().__init__(3, pre_norm, dropout, norm)
        self.norm1 = self.normalisation(features)
        self.attention = MultiHeadAttention(
            features, heads, causal=True, rotary=rotary, bias=bias, weights_visible=weights_visible
        )
        self.norm2 = self.normalisation(features)
        self.cross_attention = MultiHeadAttention(
            features, heads, cross=True, bias=bias, weights_visible=weights_visible
        )
        self.norm3 = self.normalisation(features)
        self.feed_forward = FeedForward(features, hidden, activation, bias)

    def __call__(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        lengths: Tensor | None = None,
        head_mask: Tensor | None = None,
        cross_head_mask: Tensor | None = None,
    ) -> Tensor:
        """memory [batch, keys, features], its `lengths` u32[batch] where it is padded; masks f32[heads].

        Without a memory, the one that the block was last told to `remember`. Masks as in `MultiHeadAttention`.
        """
        x = self.added(0, self.norm1, lambda x: self.attention(x, head_mask=head_mask), x)
        return self._after(x, memory, lengths, cross_head_mask)

    def step(
        self,
        x: Tensor,
        memory: Tensor | None,
        position: Tensor,
        length: int,
        lengths: Tensor | None = None,
        head_mask: Tensor | None = None,
        cross_head_mask: Tensor | None = None,
    ) -> Tensor:
        """One more position, as `MultiHeadAttention.step`: x [batch, 1, features], the rest as in a call."""
        x = self.added(0, self.norm1, lambda x: self.attention.step(x, position, length, head_mask), x)
        return self._after(x, memory, lengths, cross_head_mask)

    def prefill(
        self,
        x: Tensor,
        memory: Tensor | None,
        length: int,
        lengths: Tensor | None = None,
        head_mask: Tensor | None = None,
        cross_head_mask: Tensor | None = None,
    ) -> Tensor:
        """The first positions, as `MultiHeadAttention.prefill`: x [batch, time, features], the rest as in a call."""
        x = self.added(0, self.norm1, lambda x: self.attention.prefill(x, length, head_mask), x)
        return self._after(x, memory, lengths, cross_head_mask)

    def remember(self, memory: Tensor) -> None:
        """Keep keys and values of a memory [batch, keys, features], as `MultiHeadAttention.remember`."""
        self.cross_attention.remember(memory)

    def _after(self, x: Tensor, memory: Tensor | None, lengths: Tensor | None, head_mask: Tensor | None) -> Tensor:
        """What follows self-attention, at each position for itself."""
        x = self.added(1, self.norm2, lambda x: self.cross_attention(x, memory, lengths, head_mask), x)
        return self.added(2, self.norm3, self.feed_forward, x)
