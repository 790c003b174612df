"""Random graphs of random ops, with poisoned buffers: wgpu, through lowering, fusion and memory planning, as NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import dispatch, lower
from site_builder.plan.anchors import matrix
from site_builder.run.on_numpy import NumPyRunner
from tests.plans import read

UNARY = [g.exp, g.tanh, g.sigmoid, g.relu, g.gelu, g.square, g.absolute, lambda x: -x, lambda x: x * 0.5 + 1]
NORMS = [g.layer_norm, g.rms_norm, g.batch_norm]
POOLS = [g.max_pool, g.average_pool]
POISON = 0x7FC00000  # NaN, which no buffer may hold when it is read
BINARY = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, g.maximum]


@st.composite
def random_models(draw: st.DrawFn, unit: int = 1) -> Model:
    """Graphs of every kind of op over a handful of small matrices, with a gradient step on some of them."""
    model = Model("random")
    rows, columns = draw(st.integers(1, 9)), unit * draw(st.integers(1, 9 // unit))
    pool = [model.state(f"s{n}", (rows, columns), 0.25 * n - 0.4) for n in range(3)]
    pool.append(model.input("x", (rows, columns)))
    states = pool[:3]

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        tensors = list(pool)
        pick = lambda: tensors[draw(st.integers(0, len(tensors) - 1))]  # noqa: E731
        for _ in range(draw(st.integers(1, 8))):
            a, b = pick(), pick()
            tensors.append(g.tanh(draw(st.sampled_from(choices(draw, a, b, len(tensors))))()))
        loss = g.mean(g.square(tensors[-1])) + g.mean(pick())
        place = g.random_index((), rows + 1, len(tensors))
        for state, gradient in zip(states, g.gradients(loss, states), strict=True):
            row = g.update_at(state, place, pick()[0])
            model.assign(state, draw(st.sampled_from([state - 0.1 * gradient, pick(), state, row])))
        return {"loss": loss, "last": tensors[-1]}

    return model


def choices(draw: st.DrawFn, a: Tensor, b: Tensor, stream: int) -> list[Callable[[], Tensor]]:
    """What can be made of two matrices of one shape: matrices of that shape."""
    rows, columns = a.shape
    return [
        lambda: draw(st.sampled_from(UNARY))(g.tanh(a)),
        lambda: draw(st.sampled_from(BINARY))(a, b),
        lambda: g.matmul(g.matmul(a, b, "nt") * 0.1, a),
        lambda: a * g.softmax(b),
        lambda: a - g.mean(a),
        lambda: a + g.sum(b, axis=0) * 0.1,
        lambda: a * g.reshape(g.max(b, axis=1), (rows, 1)),
        lambda: g.transpose(g.transpose(a) * 2),
        lambda: g.concatenate([a[1:], b[:1] * 0.5]) if rows > 1 else a,
        lambda: g.concatenate([b[:, :1], g.pad(a, [(0, 0), (2, 0)])[:, 1:-1], a[:, -1:]], 1)[:, :columns],
        lambda: g.sum(g.stack([a, b, a + b], 1), 1),
        lambda: g.matmul(a[:, None, :], g.stack([b, a], 2))[:, 0, :1] * b,
        lambda: a[g.random_index((rows,), rows, stream)],
        lambda: g.update_at(a, g.random_index((), rows + 1, stream), b[0]),
        lambda: g.update_at(a, g.random_index((), columns, stream), b[:, 0], axis=1),
        lambda: a - g.logsumexp(b, keepdims=True) + g.sqrt(1 + g.square(b)) * g.softplus(a),
        lambda: g.log_softmax(a) * g.sin(b) + g.cos(a) * g.log(1 + g.square(b)),
        lambda: a / (1.5 + g.power(g.absolute(b) + 0.5, a)) - g.stop_gradient(g.global_norm([a, b])),
        lambda: draw(st.sampled_from(NORMS))(a, epsilon=1.0),
        lambda: g.attention(*(x[None, :, None] for x in (a, b, a)), causal=True)[0, :, 0],
        lambda: g.convolution(a[None], g.matmul(b, g.stack([a, b]), "tn") * 0.1, padding="same")[0],
        lambda: draw(st.sampled_from(POOLS))(a[None], 2, 1, "same")[0],
        lambda: a * g.reshape(g.cross_entropy(b, g.random_index((rows,), columns, stream)), (rows, 1)),
        lambda: g.where(g.less(a, 0.0703), a, g.uniform((rows, columns), stream)),
    ]


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_models())
def test_random_graphs_agree_with_numpy(device: Any, model: Model) -> None:
    agree(model)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_models(unit=4))
def test_random_graphs_of_fours_agree_with_numpy(device: Any, model: Model) -> None:
    """Maps of four elements at once, and products that store four, are for large tensors; here any size is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "MANY", 4)
        patch.setattr(matrix, "LARGE", 1)
        patch.setattr(matrix, "FULL", 1)
        agree(model)


def agree(model: Model) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    note(str(model.programs["step"]))
    plan = read(lower(model).to_json())
    runners = WgpuRunner(plan), NumPyRunner(model)
    for buffer in plan.buffers:
        if buffer.role in ("scratch", "state", "output") and buffer.offset == 0:
            words = np.full(plan.allocations[buffer.allocation] // 4, POISON, np.uint32)
            runners[0]._device.queue.write_buffer(runners[0]._allocations[buffer.allocation], 0, words)
    x = np.random.default_rng(0).uniform(-1, 1, plan.buffer("x").shape)
    for runner in runners:
        runner.write("x", x)
        runner.run("init")
        runner.run("step", times=2)
    for name in ("loss", "last", "s0", "s1", "s2"):
        np.testing.assert_allclose(runners[0].read(name), runners[1].read(name), rtol=2e-3, atol=2e-4)
