"""Attention whose scores have a bias, a mask, a window or fewer heads of keys, against PyTorch's `attn_mask`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from site_builder.plan import Plan
from tests.gpu.against_torch import drawn, same

BATCH, HEADS, WIDTH = 2, 4, 3


def operands(queries: int, keys: int, key_heads: int = HEADS) -> list[Any]:
    return drawn(
        0, (BATCH, queries, HEADS, WIDTH), (BATCH, keys, key_heads, WIDTH), (BATCH, keys, key_heads, WIDTH + 1)
    )


def seen(queries: int, keys: int, causal: bool = False, window: int | None = None) -> torch.Tensor:
    """Which keys each query sees."""
    apart = torch.arange(queries)[:, None] + (keys - queries) - torch.arange(keys)
    mask = apart >= 0 if causal else apart >= -keys - queries
    return mask if window is None else mask & (apart < window) & (apart > -window)


def theirs(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """PyTorch's, of operands in our order of axes; a row that sees no key gives 0, where PyTorch's may be NaN."""
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    y = scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    return y.transpose(1, 2)


def files(plan: Plan) -> list[str]:
    return [Path(plan.sources[plan.kernels[s.kernel].source].file).stem for s in plan.programs["run"].steps]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("shape", [(HEADS, 5, 7), (BATCH, 1, 5, 7), (5, 7), (HEADS, 1, 7)], ids=str)
def test_a_bias(device: Any, shape: tuple[int, ...], causal: bool) -> None:
    same(
        lambda q, k, v, b: g.attention(q, k, v, causal, bias=b),
        lambda q, k, v, b: theirs(q, k, v, b.where(seen(5, 7, causal), -torch.inf)),
        *operands(5, 7),
        *drawn(1, shape),
    )


def test_alibi_is_a_bias(device: Any) -> None:
    """Press, Smith and Lewis (2022): -2^(-8 (h + 1) / heads) for each place that a key lies back."""
    slopes = 2.0 ** (-8 / HEADS * np.arange(1, HEADS + 1))

    def ours(q: g.Tensor, k: g.Tensor, v: g.Tensor) -> g.Tensor:
        place = g.cast(g.iota(6), "f32")
        slope = 2.0 ** (-8 / HEADS * (g.cast(g.iota(HEADS, 1, 1), "f32") + 1))
        return g.attention(q, k, v, True, bias=slope * (place - g.reshape(place, (6, 1))))

    bias = torch.tensor(slopes)[:, None, None] * (torch.arange(6) - torch.arange(6)[:, None])
    same(ours, lambda q, k, v: theirs(q, k, v, bias.where(seen(6, 6, True), -torch.inf)), *operands(6, 6))


@pytest.mark.parametrize("shape", [(BATCH, HEADS, 5, 7), (5, 7), (BATCH, 1, 1, 7)], ids=str)
def test_a_mask(device: Any, shape: tuple[int, ...]) -> None:
    mask = np.random.default_rng(2).integers(0, 2, shape, np.uint32)
    mask[..., 0] = 1  # so that every query sees a key
    same(
        lambda q, k, v, mask: g.attention(q, k, v, mask=g.cast(mask, "f32")),
        lambda q, k, v, mask: theirs(q, k, v, mask != 0),
        *operands(5, 7),
        mask,
    )


def test_a_query_that_sees_no_key_gives_zeros(device: Any) -> None:
    """Whichever way it is hidden, as where scores are never stored; its gradients are 0 too."""
    mask = np.ones((5, 7), np.uint32)
    mask[3] = 0

    def wanted(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        rest = [0, 1, 2, 4]
        y = theirs(q[:, rest], k, v, mask[rest] != 0)
        return torch.cat([y[:, :3], torch.zeros_like(y[:, :1]), y[:, 3:]], 1)

    same(lambda q, k, v, mask: g.attention(q, k, v, mask=mask), wanted, *operands(5, 7), mask)
    q, k, v = operands(5, 3)  # the first two queries come before the first key

    def late(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        y = theirs(q[:, 2:], k, v, seen(3, 3, True, 2))
        return torch.cat([torch.zeros_like(y[:, :2]), y], 1)

    same(lambda q, k, v: g.attention(q, k, v, True, window=2), late, q, k, v)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("queries", "keys", "window"), [(7, 7, 3), (5, 8, 2), (6, 6, 1), (5, 5, 9)], ids=str)
def test_a_window(device: Any, queries: int, keys: int, window: int, causal: bool) -> None:
    plan = same(
        lambda q, k, v: g.attention(q, k, v, causal, window=window),
        lambda q, k, v: theirs(q, k, v, seen(queries, keys, causal, window)),
        *operands(queries, keys),
    )
    assert ("attention" in files(plan)) == (window >= keys)  # which hides nothing


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("key_heads", [1, 2])
@pytest.mark.parametrize(("queries", "keys"), [(5, 5), (3, 7), (1, 6)], ids=str)
def test_fewer_heads_of_keys(device: Any, queries: int, keys: int, key_heads: int, causal: bool) -> None:
    plan = same(
        lambda q, k, v: g.attention(q, k, v, causal, scale=0.7),
        lambda q, k, v: theirs(0.7 * math.sqrt(WIDTH) * q, k, v, seen(queries, keys, causal)),
        *operands(queries, keys, key_heads),
    )
    assert "attention" in files(plan)


def test_all_at_once(device: Any) -> None:
    lengths = np.array([7, 6], np.uint32)
    there = (torch.arange(7) < torch.tensor([7, 6])[:, None])[:, None, None]
    same(
        lambda q, k, v, b, lengths: g.attention(q, k, v, True, None, lengths, b, window=4),
        lambda q, k, v, b, lengths: theirs(q, k, v, b.where(seen(5, 7, True, 4) & there, -torch.inf)),
        *operands(5, 7, 2),
        *drawn(3, (HEADS, 5, 7)),
        lengths,
    )


def test_the_weights_are_those_that_it_takes(device: Any) -> None:
    def both(q: g.Tensor, k: g.Tensor, v: g.Tensor) -> g.Tensor:
        weights = g.attention_weights(q, k, True, window=3)
        values = g.reshape(g.broadcast(v[:, :, :, None], (BATCH, 6, 2, 2, WIDTH + 1)), (BATCH, 6, HEADS, WIDTH + 1))
        return g.transpose(weights @ g.transpose(values, (0, 2, 1, 3)), (0, 2, 1, 3))

    same(both, lambda q, k, v: theirs(q, k, v, seen(6, 6, True, 3)), *operands(6, 6, 2))


def q(heads: int = HEADS, queries: int = 5) -> g.Tensor:
    return Model("wrong").input("q", (BATCH, queries, heads, WIDTH))


def x(*shape: int) -> g.Tensor:
    return Model("wrong").input("x", shape)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: g.attention(q(), q(3), q(3)), "4 heads of queries cannot share 3 heads of keys equally"),
        (lambda: g.attention(q(2), q(4), q(4)), "2 heads of queries cannot share 4 heads of keys equally"),
        (lambda: g.attention(q(), q(2), q()), "attention: .*found"),
        (lambda: g.attention(q(), q(), q(), mask=x(4, 5)), r"here \[2, 4, 5, 5\], found f32\[4,5\]"),
        (lambda: g.attention(q(), q(), q(), bias=x(1, 2, 4, 5, 5)), r"a bias broadcasts to .* found f32\[1,2,4,5,5\]"),
        (lambda: g.attention(q(), q(), q(), window=0), "a window has at least 1 key, found 0"),
        (lambda: nn.MultiHeadAttention(8, 4, key_heads=3), "4 heads cannot share 3 heads of keys equally"),
        (lambda: nn.MultiHeadAttention(8, 4, window=0), "a window has at least 1 key, found 0"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said(call: Any, said: str) -> None:
    with pytest.raises(GraphError, match=said):
        call()
