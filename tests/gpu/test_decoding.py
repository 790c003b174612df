"""Words one by one, with keys and values remembered, come out as all at once do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner

BATCH, TIME, FEATURES, HEADS = 2, 6, 8, 2


def decoder(rotary: bool, pre_norm: bool) -> Model:
    """`all` gives y of all positions of x; each `next` gives y of one more."""
    model = Model("decoder")
    x = model.data("x", (BATCH, TIME, FEATURES))
    position = model.state("position", (), dtype="u32")
    blocks = [
        model.add(f"blocks.{n}", nn.EncoderBlock(FEATURES, HEADS, 16, causal=True, rotary=rotary, pre_norm=pre_norm))
        for n in range(2)
    ]

    last = model.add("last", nn.DecoderBlock(FEATURES, HEADS, 16, rotary=rotary, pre_norm=pre_norm))
    memory = x[:, 2:]

    def whole() -> dict[str, g.Tensor]:
        y = x
        for block in blocks:
            y = block(y)
        return {"y": last(y, memory)}

    def following() -> dict[str, g.Tensor]:
        here = g.cast(g.equal(g.iota(TIME), position), "f32")
        y = g.reshape(g.sum(x * g.reshape(here, (TIME, 1)), 1), (BATCH, 1, FEATURES))
        for block in blocks:
            y = block.step(y, position, TIME)
        y = last.step(y, memory, position, TIME)
        model.assign(position, position + 1)
        return {"y_next": y}

    model.program(whole)
    model.program(following)
    model.probe("following", "last.attention.weights")
    return model


@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("pre_norm", [False, True])
def test_one_by_one_is_all_at_once(device: Any, rotary: bool, pre_norm: bool) -> None:
    model = decoder(rotary, pre_norm)
    for runner, tolerance in ((numpy_runner(model), 1e-12), (wgpu_runner(lower(model)), 1e-5)):
        runner.write("x", np.random.default_rng(3).uniform(-1, 1, (BATCH, TIME, FEATURES)))
        runner.write("seed", 1)
        runner.run("init")
        runner.run("whole")
        for position in range(TIME):
            runner.run("following")
            np.testing.assert_allclose(runner.read("y_next")[:, 0], runner.read("y")[:, position], atol=tolerance)
            looked = runner.read("last.attention.weights")
            np.testing.assert_allclose(looked[..., : position + 1].sum(-1), 1, rtol=1e-5)
            assert (looked[..., position + 1 :] == 0).all()
