"""Layers in which positions look at each other: x [batch, time, features]."""

from __future__ import annotations

from ..graph import (
    Model,
    Tensor,
    attention,
    attention_weights,
    matmul,
    parameter,
    reshape,
    rotary,
    transpose,
    update_at,
)
from ..graph import additive_attention as additive
from ..graph.tensor import caller, expect_axes, fail
from ..graph.types import Type
from .initialisers import glorot, zeros
from .linear import Linear
from .module import Module


class MultiHeadAttention(Module):
    """Every position takes from the positions that match what it asks for, in each of `heads` ways.

    Self-attention projects queries, keys and values at once: `in_proj_weight` [features, 3 features] and
    `in_proj_bias`, as in PyTorch, whose weights are transposed. With `cross` the queries come from x by `q_proj`, keys
    and values from a memory by `kv_proj`. `causal` hides what comes later; `rotary` turns queries and keys by their
    positions.

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
    ) -> None:
        if heads < 1 or features % heads:
            raise fail(f"attention: {heads} heads cannot share {features} features equally", caller())
        self.heads, self.causal = heads, causal
        self._rotary, self._weights_visible = rotary, weights_visible
        if cross:
            self.q_proj = Linear(features, features, bias, glorot)
            self.kv_proj = Linear(features, 2 * features, bias, glorot)
        else:
            self.in_proj_weight = parameter((features, 3 * features), glorot)
            self.in_proj_bias = parameter((3 * features,), zeros) if bias else None
        self._cross = cross
        self.out_proj = Linear(features, features, bias, glorot)

    def projected(
        self, x: Tensor, memory: Tensor | None = None, position: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each [batch, time, heads, head_dim]: views of one or two products.

        `position` u32[]: where x begins, if not at 0.
        """
        if self._cross:
            if memory is None:
                raise fail("cross-attention takes a memory", caller(), hint="Call it with (x, memory)")
            (q,), (k, v) = self._cut(self.q_proj(x), 1), self._cut(self.kv_proj(memory), 2)
        else:
            qkv = x @ self.in_proj_weight
            q, k, v = self._cut(qkv if self.in_proj_bias is None else qkv + self.in_proj_bias, 3)
        return (rotary(q, position), rotary(k, position), v) if self._rotary else (q, k, v)

    def weigh(self, q: Tensor, k: Tensor, lengths: Tensor | None) -> Tensor:
        """Which share each query takes of each key's value: [batch, heads, queries, keys]."""
        return attention_weights(q, k, self.causal, lengths=lengths)

    def __call__(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        lengths: Tensor | None = None,
        head_mask: Tensor | None = None,
    ) -> Tensor:
        """x [batch, time, features], memory [batch, keys, features], lengths of the keys u32[batch] or u32[].

        `head_mask` f32[heads]: what each head found is multiplied by its number, so that 0 ablates the head. Its
        gradient says how much the loss depends on each head (Michel, Levy and Neubig, 2019).
        """
        q, k, v = (self.expose(n, t) for n, t in zip("qkv", self.projected(x, memory), strict=True))
        weights = self.expose("weights", self.weigh(q, k, lengths))
        if self._weights_visible:
            mixed = transpose(matmul(weights, transpose(v, (0, 2, 1, 3))), (0, 2, 1, 3))
        else:
            mixed = attention(q, k, v, self.causal, lengths=lengths)
        return self._joined(mixed, head_mask)

    def step(self, x: Tensor, position: Tensor, length: int, head_mask: Tensor | None = None) -> Tensor:
        """Causal self-attention for one more position: x [batch, 1, features] at `position` u32[] below `length`.

        Keys and values of the positions before it are remembered from the steps that led here, in the states
        PATH.keys and PATH.values [batch, length, heads, head_dim], so that nothing is computed twice. Exposes `weights`
        [batch, heads, 1, length].
        """
        q, k, v = self.projected(x, position=position)
        keys, values = (self._remembered(n, t, position, length) for n, t in (("keys", k), ("values", v)))
        lengths = 1 + position  # position + 1 is what most programs assign: sharing it would cost a copy
        self.expose("weights", attention_weights(q, keys, lengths=lengths))
        return self._joined(attention(q, keys, values, lengths=lengths), head_mask)

    def _joined(self, found: Tensor, head_mask: Tensor | None) -> Tensor:
        """What the heads found [batch, time, heads, head_dim], each times its number, projected as one."""
        if head_mask is not None:
            if head_mask.type != Type((self.heads,)):
                raise fail(f"a mask of {self.heads} heads is {Type((self.heads,))}, found {head_mask.type}", caller())
            found = found * reshape(head_mask, (self.heads, 1))
        batch, time, heads, head_dim = found.shape
        return self.out_proj(reshape(found, (batch, time, heads * head_dim)))

    def _remembered(self, name: str, new: Tensor, position: Tensor, length: int) -> Tensor:
        """The state with what is new at its position."""
        model = Model.tracing()
        if model is None or not self.path:
            raise fail("a step remembers in states, so it needs a model and one of its programs", caller())
        key, (batch, _, *rest) = f"{self.path}.{name}", new.shape
        known = model.variables.get(key)
        state = model.state(key, (batch, length, *rest)) if known is None else known.tensor
        updated = update_at(state, position, new[:, 0], axis=1)
        model.assign(state, updated)
        return updated

    def _cut(self, x: Tensor, parts: int) -> list[Tensor]:
        expect_axes("attention", "batch,time,features", x)
        batch, time, width = x.shape
        heads = reshape(x, (batch, time, parts, self.heads, width // parts // self.heads))
        return [heads[:, :, part] for part in range(parts)]


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
