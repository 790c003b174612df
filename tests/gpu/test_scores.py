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
from site_builder.plan import Plan, lower
from site_builder.run import numpy_runner, wgpu_runner
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
@pytest.mark.parametrize(
    ("queries", "keys", "window"), [(7, 7, 3), (5, 8, 2), (6, 6, 1), (9, 9, 2), (12, 12, 3), (5, 5, 9)], ids=str
)
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


TIME, PROMPT = 7, 3


@pytest.mark.parametrize(("key_heads", "window"), [(1, None), (2, 3), (4, 2)])
def test_one_by_one_is_all_at_once(device: Any, key_heads: int, window: int | None) -> None:
    """Also after a prompt, and what is remembered has only the heads of keys."""
    model = Model("decoder")
    x = model.data("x", (BATCH, TIME, 8))
    position = model.state("position", (), dtype="u32")
    block = nn.EncoderBlock(8, HEADS, 16, causal=True, rotary=True, key_heads=key_heads, window=window)
    model.add("block", block)

    @model.program
    def whole() -> dict[str, g.Tensor]:
        return {"y": block(x)}

    @model.program
    def prompted() -> dict[str, g.Tensor]:
        model.assign(position, PROMPT)
        return {"y_first": block.prefill(x[:, :PROMPT], TIME)}

    @model.program
    def following() -> dict[str, g.Tensor]:
        model.assign(position, position + 1)
        row = g.reshape(g.transpose(x, (1, 0, 2))[position], (BATCH, 1, 8))
        return {"y_next": block.step(row, position, TIME)}

    assert model.variables["block.attention.keys"].type.shape == (BATCH, TIME, key_heads, 2)
    for runner, tolerance in ((numpy_runner(model), 1e-12), (wgpu_runner(lower(model)), 1e-5)):
        runner.write("x", drawn(4, (BATCH, TIME, 8))[0])
        runner.write("seed", 1)
        for program in ("init", "whole", "prompted"):
            runner.run(program)
        np.testing.assert_allclose(runner.read("y_first"), runner.read("y")[:, :PROMPT], atol=tolerance)
        for place in range(PROMPT, TIME):
            runner.run("following")
            np.testing.assert_allclose(runner.read("y_next")[:, 0], runner.read("y")[:, place], atol=tolerance)


class Unscaled(nn.MultiHeadAttention):
    def weigh(self, q: g.Tensor, k: g.Tensor, lengths: g.Tensor | None) -> g.Tensor:
        return g.attention_weights(q, k, self.causal, scale=1.0, lengths=lengths)


@pytest.mark.parametrize("visible", [False, True])
def test_a_layer_with_them_is_the_word(device: Any, visible: bool) -> None:
    """Weights that are shown are those by which the layer goes."""
    x, memory, bias, mask = drawn(5, (2, 5, 8), (2, 7, 8), (5, 7), (5, 7))
    mask = np.maximum(mask, 0)
    mask[:, 0] = 1
    results = []
    for shown in (False, visible):
        model = Model("layer")
        given = [model.data(f"x{n}", each.shape) for n, each in enumerate((x, memory, bias, mask))]
        layer = model.add(
            "layer", nn.MultiHeadAttention(8, 4, cross=True, key_heads=2, window=4, weights_visible=shown)
        )

        @model.program
        def run(given: Any = given, layer: Any = layer) -> dict[str, g.Tensor]:
            x, memory, bias, mask = given
            return {"y": layer(x, memory, bias=bias, mask=mask)}

        model.probe("run", "layer.weights")
        runner = numpy_runner(model)
        for name, value in {**{f"x{n}": each for n, each in enumerate((x, memory, bias, mask))}, "seed": 1}.items():
            runner.write(name, np.asarray(value))
        runner.run("init")
        runner.run("run")
        results.append([runner.read("y"), runner.read("layer.weights")])
    (plain, weights), (y, _) = results
    np.testing.assert_allclose(y, plain, atol=1e-12)
    hidden = (mask == 0) | ~seen(5, 7, window=4).numpy()
    assert (weights[:, :, hidden] == 0).all()
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-12)


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
        (lambda: Unscaled(8, 4)(x(2, 5, 8), mask=x(5, 5)), "Unscaled weighs in its own way, and takes no mask"),
        (lambda: nn.MultiHeadAttention(8, 4, window=0), "a window has at least 1 key, found 0"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said(call: Any, said: str) -> None:
    with pytest.raises(GraphError, match=said):
        call()
