"""Layers in which positions look at each other: x [batch, time, features]."""

from __future__ import annotations

from itertools import accumulate

from ..graph import Tensor, attention, attention_weights, iota, pad, parameter, reshape, rotary, update_at
from ..graph import additive_attention as additive
from ..graph.functions.attention import weighted
from ..graph.tensor import caller, expect_axes, fail
from ..graph.types import Type
from . import cache
from .initialisers import glorot, zeros
from .linear import Linear
from .module import Module


class MultiHeadAttention(Module):
    """Every position takes from the positions that match what it asks for, in each of `heads` ways.

    Self-attention projects queries, keys and values at once: `in_proj_weight` [features, 3 features] and
    `in_proj_bias`, as in PyTorch, whose weights are transposed. With `cross` the queries come from x by `q_proj`, keys
    and values from a memory by `kv_proj`. `causal` hides what comes later; `rotary` turns queries and keys by their
    positions. With `key_heads`, so many heads of keys and values serve all heads of queries (Ainslie et al., 2023), and
    `in_proj_weight` is as much narrower; `window` as in `graph.attention`.

    Exposes `q`, `k`, `v` [batch, time, heads, head_dim] and `weights` [batch, heads, queries, keys]. The layer itself
    never stores the weights; with `weights_visible` it goes by way of them, so that their gradient can be probed too.
    Source: Vaswani et al. (2017), section 3.2.2.
    """

    def __init__(
        self,
        features: int,
        heads: int,
        *,
        causal: bool = False,
        cross: bool = False,
        rotary: bool = False,
        bias: bool = True,
        weights_visible: bool = False,
        key_heads: int | None = None,
        window: int | None = None,
    ) -> None:
        if heads < 1 or features % heads:
            raise fail(f"attention: {heads} heads cannot share {features} features equally", caller())
        key_heads = heads if key_heads is None else key_heads
        if key_heads < 1 or heads % key_heads:
            raise fail(f"attention: {heads} heads cannot share {key_heads} heads of keys equally", caller())
        if window is not None and window < 1:
            raise fail(f"attention: a window has at least 1 key, found {window}", caller())
        if rotary and features // heads % 2:
            hint = "Rotary positions turn features in pairs"
            raise fail(f"attention: expected an even head_dim, found {features // heads}", caller(), hint=hint)
        self.heads, self.key_heads, self.causal, self.window = heads, key_heads, causal, window
        self._rotary, self._weights_visible = rotary, weights_visible
        keys = features // heads * key_heads
        if cross:
            self.q_proj = Linear(features, features, bias, glorot)
            self.kv_proj = Linear(features, 2 * keys, bias, glorot)
        else:
            self.in_proj_weight = parameter((features, features + 2 * keys), glorot)
            self.in_proj_bias = parameter((features + 2 * keys,), zeros) if bias else None
        self._cross = cross
        self.out_proj = Linear(features, features, bias, glorot)

    def projected(
        self, x: Tensor, memory: Tensor | None = None, position: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each [batch, time, heads or key_heads, head_dim]: views of one or two products.

        `position` u32[]: where x begins, if not at 0.
        """
        if self._cross:
            (q,) = self._cut(self.q_proj(x), self.heads)
            known = cache.current(self) if memory is None else self._cut(self.kv_proj(memory), *[self.key_heads] * 2)
            if known is None:
                hint = "Call it with (x, memory), or let it remember one first"
                raise fail("cross-attention takes a memory", caller(), hint=hint)
            k, v = known
            if k.shape[0] != q.shape[0]:
                raise fail(f"cross-attention: x is a batch of {q.shape[0]}, the memory of {k.shape[0]}", caller())
        else:
            qkv = x @ self.in_proj_weight
            qkv = qkv if self.in_proj_bias is None else qkv + self.in_proj_bias
            q, k, v = self._cut(qkv, self.heads, self.key_heads, self.key_heads)
        return (rotary(q, position), rotary(k, position), v) if self._rotary else (q, k, v)

    def weigh(self, q: Tensor, k: Tensor, lengths: Tensor | None) -> Tensor:
        """Which share each query takes of each key's value: [batch, heads, queries, keys]."""
        return attention_weights(q, k, self.causal, lengths=lengths, window=self.window)

    @property
    def _own_weights(self) -> bool:
        """Whether a subclass weighs in its own way."""
        return type(self).weigh is not MultiHeadAttention.weigh

    def __call__(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        lengths: Tensor | None = None,
        head_mask: Tensor | None = None,
        bias: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """x [batch, time, features], memory [batch, keys, features], lengths of the keys u32[batch] or u32[].

        Without a memory, cross-attention takes what it was last told to `remember`. `bias` and `mask` of the scores as
        in `graph.attention`.
        `head_mask` f32[heads]: what each head found is multiplied by its number, so that 0 ablates the head. Its
        gradient says how much the loss depends on each head (Michel, Levy and Neubig, 2019).
        """
        scores = {name: x for name, x in (("bias", bias), ("mask", mask)) if x is not None}
        return self._attended(*self.projected(x, memory), lengths, head_mask, **scores)

    def step(self, x: Tensor, position: Tensor, length: int, head_mask: Tensor | None = None) -> Tensor:
        """Causal self-attention for one more position: x [batch, 1, features] at `position` u32[] below `length`.

        Keys and values of the positions before it are remembered from the steps that led here, or from `prefill`, in
        the states PATH.keys and PATH.values [batch, length, heads, head_dim], so that nothing is computed twice.
        Exposes `weights` [batch, heads, 1, length].
        """
        self._expect_order("step")
        if self._own_weights:
            raise fail(f"step: {type(self).__name__} weighs in its own way, and needs a step of its own", caller())
        if x.shape[1:2] != (1,):
            hint = "prefill takes the first positions all at once"
            raise fail(f"a step takes one position, f32[batch,1,features], found {x.type}", caller(), hint=hint)
        q, k, v = self.projected(x, position=position)
        states = cache.states(self, x.shape[0], length, *k.shape[2:])
        new = [update_at(state, position, t[:, 0], axis=1) for state, t in zip(states, (k, v), strict=True)]
        keys, values = cache.keep(states, new)
        lengths = 1 + position  # position + 1 is what most programs assign: sharing it would cost a copy
        window = length if self.window is None else self.window
        near = position < iota(length) + window if window < length else None
        self.expose("weights", attention_weights(q, keys, lengths=lengths, mask=near))
        return self._joined(attention(q, keys, values, lengths=lengths, mask=near), head_mask)

    def prefill(self, x: Tensor, length: int, head_mask: Tensor | None = None) -> Tensor:
        """As many steps as x [batch, time, features] has positions, from 0 on, all at once; `length` as in `step`.

        Steps may go on at any position up to `time`: where a prompt ends before x does, they overwrite the rest of x
        before they see it. Exposes what a call does.
        """
        self._expect_order("prefill")
        free = length - x.shape[1]
        if free < 0:
            raise fail(f"prefill: {x.type} has more positions than the {length} to be remembered", caller())
        q, k, v = self.projected(x)
        states = cache.states(self, x.shape[0], length, *k.shape[2:])
        cache.keep(states, [pad(t, ((0, 0), (0, free), (0, 0), (0, 0))) for t in (k, v)])
        return self._attended(q, k, v, None, head_mask)

    def remember(self, memory: Tensor) -> None:
        """Keep keys and values of a memory [batch, keys, features] for calls that give none, in states as `step` does.

        So the program that reads a text projects it once, and those that write about it word by word never do.
        """
        if not self._cross:
            raise fail("remember: only cross-attention has a memory", caller())
        new = self._cut(self.kv_proj(memory), *[self.key_heads] * 2)
        cache.keep(cache.states(self, *new[0].shape), new)

    def _expect_order(self, what: str) -> None:
        """A GraphError unless a position sees only itself and those before it."""
        if self._cross or not self.causal:
            hint = "Positions can only come one by one where none sees those after it: causal=True"
            raise fail(f"{what}: expected causal self-attention", caller(), hint=hint)

    def _attended(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        lengths: Tensor | None,
        head_mask: Tensor | None,
        **scores: Tensor,
    ) -> Tensor:
        """What a call gives of what it projected."""
        for name, tensor in zip("qkv", (q, k, v), strict=True):
            self.expose(name, tensor)
        if scores and self._own_weights:
            raise fail(f"{type(self).__name__} weighs in its own way, and takes no {' and no '.join(scores)}", caller())
        window = self.window
        weights = attention_weights(q, k, self.causal, None, lengths, window=window, **scores) if scores else None
        weights = self.expose("weights", self.weigh(q, k, lengths) if weights is None else weights)
        if self._weights_visible:
            mixed = weighted(weights, v)
        else:
            mixed = attention(q, k, v, self.causal, lengths=lengths, window=window, **scores)
        return self._joined(mixed, head_mask)

    def _joined(self, found: Tensor, head_mask: Tensor | None) -> Tensor:
        """What the heads found [batch, time, heads, head_dim], each times its number, projected as one."""
        if head_mask is not None:
            if head_mask.type != Type((self.heads,)):
                raise fail(f"a mask of {self.heads} heads is {Type((self.heads,))}, found {head_mask.type}", caller())
            found = found * reshape(head_mask, (self.heads, 1))
        batch, time, heads, head_dim = found.shape
        return self.out_proj(reshape(found, (batch, time, heads * head_dim)))

    def _cut(self, x: Tensor, *heads: int) -> list[Tensor]:
        """Parts of so many heads each, beside each other in x [batch, time, features]."""
        expect_axes("attention", "batch,time,features", x)
        batch, time, width = x.shape
        if len(set(heads)) == 1:
            whole = reshape(x, (batch, time, len(heads), heads[0], width // sum(heads)))
            return [whole[:, :, part] for part in range(len(heads))]
        whole = reshape(x, (batch, time, sum(heads), width // sum(heads)))
        starts = accumulate(heads, initial=0)
        return [whole[:, :, start : start + count] for start, count in zip(starts, heads, strict=False)]


class AdditiveAttention(Module):
    """Bahdanau's: the score of a key is `weight` · tanh(query W_q + key W_k), and what is taken are the keys.

    queries [batch, queries, features], keys [batch, keys, features]; gives the context [batch, queries, features].
    Exposes `weights` [batch, queries, keys]. Source: Bahdanau, Cho and Bengio (2015), appendix A.1.2.
    """

    def __init__(self, query_features: int, key_features: int, units: int) -> None:
        self.query_proj = Linear(query_features, units, bias=False)
        self.key_proj = Linear(key_features, units)
        self.weight = parameter((units,), lambda shape, stream: reshape(glorot((units, 1), stream), shape))

    def __call__(self, queries: Tensor, keys: Tensor, lengths: Tensor | None = None) -> Tensor:
        context, weights = additive(self.query_proj(queries), self.key_proj(keys), keys, self.weight, lengths)
        self.expose("weights", weights)
        return context
