"""Random graphs of random ops: wgpu, through lowering, fusion and memory planning, against NumPy's definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, dispatch, lower
from site_builder.plan.anchors import matrix
from site_builder.run.on_numpy import NumPyRunner

UNARY = [g.exp, g.tanh, g.sigmoid, g.relu, g.gelu, g.square, g.absolute, lambda x: -x, lambda x: x * 0.5 + 1]
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
            made = [
                lambda a=a: draw(st.sampled_from(UNARY))(g.tanh(a)),
                lambda a=a, b=b: draw(st.sampled_from(BINARY))(a, b),
                lambda a=a, b=b: g.matmul(g.matmul(a, b, "nt") * 0.1, a),
                lambda a=a, b=b: a * g.softmax(b),
                lambda a=a: a - g.mean(a),
                lambda a=a, b=b: a + g.sum(b, axis=0) * 0.1,
                lambda a=a, b=b: a * g.reshape(g.max(b, axis=1), (rows, 1)),
                lambda a=a: g.transpose(g.transpose(a) * 2),
                lambda a=a, b=b: g.concatenate([a[1:], b[:1] * 0.5]) if rows > 1 else a,
                lambda a=a, b=b: g.concatenate([b[:, :1], g.pad(a, [(0, 0), (2, 0)])[:, 1:-1], a[:, -1:]], 1)[
                    :, :columns
                ],
                lambda a=a, b=b: g.sum(g.stack([a, b, a + b], 1), 1),
                lambda a=a, b=b: g.matmul(a[:, None, :], g.stack([b, a], 2))[:, 0, :1] * b,
                lambda a=a: a[g.random_index((rows,), rows, 3)],
                lambda a=a: g.where(g.less(a, 0.0703), a, g.uniform((rows, columns), 5)),
            ]
            tensors.append(g.tanh(draw(st.sampled_from(made))()))
        loss = g.mean(g.square(tensors[-1])) + g.mean(pick())
        for state, gradient in zip(states, g.gradients(loss, states), strict=True):
            model.assign(state, draw(st.sampled_from([state - 0.1 * gradient, pick(), state])))
        return {"loss": loss, "last": tensors[-1]}

    return model


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
    plan = Plan.from_json(lower(model).to_json())
    runners = WgpuRunner(plan), NumPyRunner(model)
    x = np.random.default_rng(0).uniform(-1, 1, plan.buffer("x").shape)
    for runner in runners:
        runner.write("x", x)
        runner.run("init")
        runner.run("step", times=2)
    for name in ("loss", "last", "s0", "s1", "s2"):
        np.testing.assert_allclose(runners[0].read(name), runners[1].read(name), rtol=2e-3, atol=2e-4)
