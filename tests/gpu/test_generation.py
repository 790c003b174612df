"""Positions against their formulas, and generation from a cache of keys and values against a run without one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner
from tests.chance import assert_alike, chances

from .test_attention import drawn, leaves, on_device, reference, same, slopes

BATCH, LENGTH, SYMBOLS, HEADS, HEAD_DIM = 3, 12, 7, 2, 4
WIDTH = HEADS * HEAD_DIM


def test_sinusoidal_positions(device: Any) -> None:
    actual, _ = on_device(lambda: {"y": g.sinusoidal_positions(500, 12)})
    angles = np.arange(500)[:, None] / 10_000 ** (np.arange(6) / 6)
    expected = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(500, 12)
    # exp() is right to some ten units in the last place, and so is an angle of up to 500 radians
    np.testing.assert_allclose(actual["y"], expected, atol=5e-4)
    np.testing.assert_allclose(actual["y"][:16], expected[:16], atol=1e-5)


def turned(x: torch.Tensor, first: int) -> torch.Tensor:
    """GPT-NeoX's rotary embedding: x cos + rotate_half(x) sin."""
    time, head_dim = x.shape[1], x.shape[3]
    frequencies = 1 / 10_000 ** (torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)
    angles = torch.outer(torch.arange(first, first + time, dtype=torch.float64), frequencies).repeat(1, 2)[:, None]
    rotated = torch.cat([-x[..., head_dim // 2 :], x[..., : head_dim // 2]], -1)
    return x * angles.cos() + rotated * angles.sin()


def test_rotary(device: Any) -> None:
    x, w = drawn(*[(2, 7, 3, 8)] * 2)
    first = np.uint32(20)

    def build(x: Tensor, w: Tensor, first: Tensor) -> Mapping[str, Tensor]:
        return {"plain": g.rotary(x)} | slopes(g.rotary(x, first), w, x)

    actual, _ = on_device(build, x, w, np.asarray(first))
    (leaf,) = leaves(x)
    np.testing.assert_allclose(actual["plain"], turned(leaf, 0).detach().numpy(), atol=1e-5)
    same(actual, turned(leaf, 20), w, leaf, tolerance=2e-5)


def generator() -> Model:
    """One layer of attention that draws a symbol a run, from the cache of what it has drawn."""
    model = Model("generator")
    table = model.input("table", (SYMBOLS, WIDTH))
    project, out = model.input("project", (WIDTH, 3 * WIDTH)), model.input("out", (WIDTH, SYMBOLS))
    keys = model.state("keys", (BATCH, LENGTH, HEADS, HEAD_DIM))
    values = model.state("values", (BATCH, LENGTH, HEADS, HEAD_DIM))
    symbols = model.state("symbols", (BATCH, LENGTH), dtype="u32")
    seen = model.state("logits", (BATCH, LENGTH, SYMBOLS))
    symbol = model.state("symbol", (BATCH,), dtype="u32")

    @model.program(counts=True)
    def sample() -> None:
        position = model.step
        packed = table[symbol] @ project
        q, k, v = (g.reshape(part, (BATCH, 1, HEADS, HEAD_DIM)) for part in g.split(packed, 3))
        k, q = g.rotary(k, position), g.rotary(q, position)
        cached_keys = g.update_at(keys, position, k[:, 0], axis=1)
        cached_values = g.update_at(values, position, v[:, 0], axis=1)
        y = g.attention(q, cached_keys, cached_values, causal=True, lengths=position + 1)
        logits = g.reshape(y, (BATCH, WIDTH)) @ out
        drawn = g.categorical(logits, stream=1)
        model.assign(keys, cached_keys)
        model.assign(values, cached_values)
        model.assign(seen, g.update_at(seen, position, logits, axis=1))
        model.assign(symbols, g.update_at(symbols, position, drawn, axis=1))
        model.assign(symbol, drawn)

    return model


def test_generation_from_a_cache_is_as_without(device: Any) -> None:
    """All symbols in one submit, nothing read between them; then the whole sequence at once, in PyTorch."""
    from site_builder.run.on_wgpu import WgpuRunner

    table, project, out = drawn((SYMBOLS, WIDTH), (WIDTH, 3 * WIDTH), (WIDTH, SYMBOLS), spread=0.5)
    runner = WgpuRunner(lower(generator()))
    for name, array in (("table", table), ("project", project), ("out", out), ("seed", np.asarray(5))):
        runner.write(name, array)
    runner.run("init")
    runner.run("sample", times=LENGTH)
    symbols, logits = runner.read("symbols"), runner.read("logits")

    before = np.concatenate([np.zeros((BATCH, 1), int), symbols[:, :-1].astype(int)], axis=1)
    packed = torch.tensor(table.astype(float))[before] @ torch.tensor(project.astype(float))
    q, k, v = (part.reshape(BATCH, LENGTH, HEADS, HEAD_DIM) for part in packed.split(WIDTH, -1))
    y = reference(turned(q, 0), turned(k, 0), v, True, None)
    expected = y.reshape(BATCH, LENGTH, WIDTH) @ torch.tensor(out.astype(float))
    np.testing.assert_allclose(logits, expected.numpy(), atol=1e-4 * math.sqrt(WIDTH))
    assert len(np.unique(symbols)) > 2


def test_what_is_drawn_by_a_counter_of_its_own_leaves_the_step_alone(device: Any) -> None:
    """As a program that samples between steps of training must: no gap in what is recorded, no draw like the last."""
    model = Model("dice")
    position = model.state("position", (), dtype="u32")
    kinds = {
        "faces": model.state("faces", (64,), dtype="u32"),
        "uniforms": model.state("uniforms", (64,)),
        "normals": model.state("normals", (64,)),
        "indices": model.state("indices", (64,), dtype="u32"),
    }

    @model.program
    def roll() -> None:
        drawn = {
            "faces": g.categorical(g.full((1, 6), 0.0), stream=1, counter=position),
            "uniforms": g.uniform((1,), stream=2, counter=position),
            "normals": g.normal((1,), stream=3, counter=position),
            "indices": g.random_index((1,), 1000, stream=4, counter=position),
        }
        for name, state in kinds.items():
            model.assign(state, g.update_at(state, position, drawn[name][0]))
        model.assign(position, position + 1)

    runners = wgpu_runner(lower(model)), numpy_runner(model)
    for runner in runners:
        runner.write("seed", 5)
        runner.run("init")
        runner.run("roll", times=64)
        assert runner.read("step") == 0
    for name in kinds:
        ours, exact = (runner.read(name) for runner in runners)
        np.testing.assert_allclose(ours, exact, atol=1e-5)
        assert len(np.unique(ours)) > (5 if name == "faces" else 55)


def test_a_counter_is_one_whole_number() -> None:
    model = Model("dice")
    counter = model.input("counter", ())

    with pytest.raises(GraphError, match=r"a counter is a u32 scalar, found f32\[\]"):
        model.program(lambda: {"y": g.uniform((3,), stream=1, counter=counter)})


def test_orders_and_choices_are_those_of_numpy(device: Any) -> None:
    model = chances()
    assert_alike(wgpu_runner(lower(model)), numpy_runner(model))
