"""Heads that are scaled by a mask are as heads whose rows of the output projection are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner

BATCH, TIME, FEATURES, HEADS = 2, 5, 12, 3
HEAD_DIM = FEATURES // HEADS
MASKS = np.array([[1, 0.5, 0], [0, 1, 1], [1, 0, 2]])  # encoder, decoder, memory
PROJECTIONS = ("encoder.attention", "decoder.attention", "decoder.cross_attention")


def masked(visible: bool) -> Model:
    """`whole` gives y of all positions and the gradients of the masks, each `following` y of one position more."""
    model = Model("masked")
    x, masks = model.data("x", (BATCH, TIME, FEATURES)), model.input("masks", MASKS.shape, initial=1.0)
    position = model.state("position", (), dtype="u32")
    encoder = model.add("encoder", nn.EncoderBlock(FEATURES, HEADS, 8, causal=True, weights_visible=visible))
    decoder = model.add("decoder", nn.DecoderBlock(FEATURES, HEADS, 8, weights_visible=visible))

    @model.program
    def whole() -> dict[str, g.Tensor]:
        y = decoder(encoder(x, head_mask=masks[0]), x, head_mask=masks[1], cross_head_mask=masks[2])
        return {"y": y, "slopes": g.gradients(g.sum(g.square(y)), [masks])[0]}

    @model.program
    def following() -> dict[str, g.Tensor]:
        here = g.reshape(g.transpose(x, (1, 0, 2))[position], (BATCH, 1, FEATURES))
        y = encoder.step(here, position, TIME, head_mask=masks[0])
        y = decoder.step(y, x, position, TIME, head_mask=masks[1], cross_head_mask=masks[2])
        model.assign(position, position + 1)
        return {"y_next": y}

    return model


def started(runner: Any, masks: Any) -> Any:
    runner.write("x", np.random.default_rng(3).uniform(-1, 1, (BATCH, TIME, FEATURES)))
    runner.write("masks", masks)
    runner.write("seed", 1)
    runner.run("init")
    return runner


@pytest.mark.parametrize("visible", [False, True])
def test_a_mask_scales_what_each_head_adds(device: Any, visible: bool) -> None:
    model = masked(visible)
    cut = started(numpy_runner(model), np.ones_like(MASKS))
    for name, mask in zip(PROJECTIONS, MASKS, strict=True):
        weight = f"{name}.out_proj.weight"
        cut.write(weight, cut.read(weight) * np.repeat(mask, HEAD_DIM)[:, None])
    cut.run("whole")
    for runner, tolerance in ((numpy_runner(model), 1e-12), (wgpu_runner(lower(model)), 1e-5)):
        started(runner, MASKS).run("whole")
        np.testing.assert_allclose(runner.read("y"), cut.read("y"), atol=tolerance)
        for position in range(TIME):
            runner.run("following")
            np.testing.assert_allclose(runner.read("y_next")[:, 0], cut.read("y")[:, position], atol=tolerance)


def test_the_gradient_of_a_mask_is_its_heads_importance(device: Any) -> None:
    model, nudge = masked(visible=False), 1e-5
    exact = started(numpy_runner(model), MASKS)
    exact.run("whole")
    for place in np.ndindex(*MASKS.shape):
        losses = []
        for sign in (1, -1):
            near = MASKS.copy()
            near[place] += sign * nudge
            runner = started(numpy_runner(model), near)
            runner.run("whole")
            losses.append((runner.read("y") ** 2).sum())
        assert exact.read("slopes")[place] == pytest.approx((losses[0] - losses[1]) / (2 * nudge), rel=1e-6)
    runner = started(wgpu_runner(lower(model)), MASKS)
    runner.run("whole")
    np.testing.assert_allclose(runner.read("slopes"), exact.read("slopes"), rtol=1e-4, atol=1e-4)


def test_a_mask_has_a_number_for_each_head() -> None:
    model = Model("m")
    x, masks = model.data("x", (BATCH, TIME, FEATURES)), model.input("masks", MASKS.shape)
    layer = nn.MultiHeadAttention(FEATURES, HEADS)
    with pytest.raises(GraphError, match=r"test_heads.py:\d+: a mask of 3 heads is f32\[3\], found f32\[3,3\]"):
        layer(x, head_mask=masks)
