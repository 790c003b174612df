"""Words one by one, with keys and values remembered, come out as all at once do; the first also together."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, variable_of
from site_builder.graph.program import topological
from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner

BATCH, TIME, FEATURES, HEADS = 2, 6, 8, 2
PROMPT, READ = 3, 4  # positions of a prompt, and of what is read at once, which goes on past it


class Decoder(nn.Module):
    """Two blocks of GPT, and one that looks at a memory."""

    def __init__(self, rotary: bool, pre_norm: bool) -> None:
        self.blocks = [
            nn.EncoderBlock(FEATURES, HEADS, 16, causal=True, rotary=rotary, pre_norm=pre_norm) for _ in range(2)
        ]
        self.last = nn.DecoderBlock(FEATURES, HEADS, 16, rotary=rotary, pre_norm=pre_norm)

    def __call__(self, x: g.Tensor, memory: g.Tensor) -> g.Tensor:
        for block in self.blocks:
            x = block(x)
        return self.last(x, memory)

    def step(self, x: g.Tensor, memory: g.Tensor | None, position: g.Tensor) -> g.Tensor:
        for block in self.blocks:
            x = block.step(x, position, TIME)
        return self.last.step(x, memory, position, TIME)

    def prefill(self, x: g.Tensor) -> g.Tensor:
        for block in self.blocks:
            x = block.prefill(x, TIME)
        return self.last.prefill(x, None, TIME)


def decoder(rotary: bool, pre_norm: bool) -> Model:
    """`whole` gives y of all positions of x, each `following` y of one more, as does `answering` after `prompted`."""
    model = Model("decoder")
    x = model.data("x", (BATCH, TIME, FEATURES))
    position = model.state("position", (), dtype="u32")
    net, memory = model.add("net", Decoder(rotary, pre_norm)), x[:, 2:]

    def next_of(memory: g.Tensor | None) -> g.Tensor:
        model.assign(position, position + 1)
        return net.step(g.reshape(g.transpose(x, (1, 0, 2))[position], (BATCH, 1, FEATURES)), memory, position)

    def prompted() -> dict[str, g.Tensor]:
        net.last.remember(memory)
        model.assign(position, PROMPT)
        return {"y_first": net.prefill(x[:, :READ])}

    def whole() -> dict[str, g.Tensor]:
        return {"y": net(x, memory)}

    def following() -> dict[str, g.Tensor]:
        return {"y_next": next_of(memory)}

    def answering() -> dict[str, g.Tensor]:
        return {"y_after": next_of(None)}

    for program in (whole, following, prompted, answering):
        model.program(program)
    model.probe("following", "net.last.attention.weights")
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
            looked = runner.read("net.last.attention.weights")
            np.testing.assert_allclose(looked[..., : position + 1].sum(-1), 1, rtol=1e-5)
            assert (looked[..., position + 1 :] == 0).all()


@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("pre_norm", [False, True])
def test_a_prompt_at_once_is_one_by_one(device: Any, rotary: bool, pre_norm: bool) -> None:
    """Also where more is read than the prompt has, and where other words were in the cache."""
    model = decoder(rotary, pre_norm)
    for runner, tolerance in ((numpy_runner(model), 1e-12), (wgpu_runner(lower(model)), 1e-5)):
        runner.write("x", np.random.default_rng(4).uniform(-1, 1, (BATCH, TIME, FEATURES)))
        runner.write("seed", 1)
        runner.run("init")
        runner.run("following", TIME)
        runner.write("x", np.random.default_rng(3).uniform(-1, 1, (BATCH, TIME, FEATURES)))
        runner.run("whole")
        runner.run("prompted")
        np.testing.assert_allclose(runner.read("y_first"), runner.read("y")[:, :READ], atol=tolerance)
        for position in range(PROMPT, TIME):
            runner.run("answering")
            np.testing.assert_allclose(runner.read("y_after")[:, 0], runner.read("y")[:, position], atol=tolerance)


def test_a_remembered_memory_is_not_projected_again() -> None:
    model, projects = decoder(rotary=False, pre_norm=True), {}
    for name, program in model.programs.items():
        nodes = topological(a.value for a in program.assignments)
        read = {variable_of(node).name for node in nodes if node.op == "read"}
        projects[name] = "net.last.cross_attention.kv_proj.weight" in read
    assert projects == {"init": False, "whole": True, "following": True, "prompted": True, "answering": False}


class Unscaled(nn.MultiHeadAttention):
    def weigh(self, q: g.Tensor, k: g.Tensor, lengths: g.Tensor | None) -> g.Tensor:
        return g.attention_weights(q, k, self.causal, scale=1.0, lengths=lengths)


ORDER = "expected causal self-attention. Positions can only come one by one where none sees those after it: causal=True"


@pytest.mark.parametrize(
    ("layer", "use", "message"),
    [
        (nn.EncoderBlock, lambda layer, x, at: layer.step(x, at, TIME), f"step: {ORDER}"),
        (nn.EncoderBlock, lambda layer, x, at: layer.prefill(x, TIME), f"prefill: {ORDER}"),
        (
            lambda *sizes: nn.MultiHeadAttention(*sizes[:2], cross=True, causal=True),
            lambda layer, x, at: layer.step(x, at, TIME),
            f"step: {ORDER}",
        ),
        (
            lambda *sizes: Unscaled(*sizes[:2], causal=True),
            lambda layer, x, at: layer.step(x, at, TIME),
            "step: Unscaled weighs in its own way, and needs a step of its own",
        ),
        (
            nn.DecoderBlock,
            lambda layer, x, at: layer.step(g.concatenate([x, x], 1), x, at, TIME),
            "a step takes one position, f32[batch,1,features], found f32[2,2,8]. prefill takes the first positions all",
        ),
        (
            nn.DecoderBlock,
            lambda layer, x, at: layer.prefill(g.concatenate([x, x], 1), x, 1),
            "prefill: f32[2,2,8] has more positions than the 1 to be remembered",
        ),
        (
            nn.DecoderBlock,
            lambda layer, x, at: layer.step(x, None, at, TIME),
            "cross-attention takes a memory. Call it with (x, memory), or let it remember one first",
        ),
        (
            nn.DecoderBlock,
            lambda layer, x, at: [layer.remember(x[:1]), layer(x)],
            "cross-attention: x is a batch of 2, the memory of 1",
        ),
        (
            nn.EncoderBlock,
            lambda layer, x, at: layer.attention.remember(x),
            "remember: only cross-attention has a memory",
        ),
    ],
)
def test_what_cannot_go_step_by_step_is_refused(layer: Any, use: Any, message: str) -> None:
    model = Model("m")
    x, position = model.data("x", (BATCH, 1, FEATURES)), model.state("position", (), dtype="u32")
    added = model.add("layer", layer(FEATURES, HEADS, 8))
    with pytest.raises(GraphError, match=rf"test_decoding\.py:\d+: {re.escape(message)}"):
        model.program(lambda: use(added, x, position))


def test_what_is_remembered_has_one_shape() -> None:
    model = Model("m")
    x, position = model.data("x", (BATCH, 1, FEATURES)), model.state("position", (), dtype="u32")
    layer = model.add("layer", nn.MultiHeadAttention(FEATURES, HEADS, causal=True))
    model.program(lambda: {"y": layer.step(x, position, TIME)})

    def single() -> dict[str, g.Tensor]:
        return {"y_single": layer.step(x[:1], position, TIME)}

    message = "layer.keys is f32[2,6,2,4] already and cannot be f32[1,6,2,4] here. Programs that share a layer share"
    with pytest.raises(GraphError, match=rf"test_decoding\.py:\d+: {re.escape(message)}"):
        model.program(single)
