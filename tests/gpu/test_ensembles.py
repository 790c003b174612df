"""Many models trained together: each ends where it ends alone from the same start; and gradients of every example.

The definition in float64 to 1e-12 of the largest number, the kernels to 1e-5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import Runner, numpy_runner, wgpu_runner

STEPS = 50
RNG = np.random.default_rng(5)
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Kind:
    """A network, what trains it, and its data: x, and numbers or labels that it is to give."""

    make: Callable[[], nn.Module]
    optimiser: Callable[[], Any]
    x: Array
    target: Array
    count: int = 100

    def loss(self, y: Tensor, target: Tensor) -> Tensor:
        """Of one network."""
        if target.dtype == "u32":
            return g.mean(g.cross_entropy(y, target))
        return g.mean(g.square(y - target))


def numbers(*shape: int) -> Array:
    return RNG.standard_normal(shape).astype(np.float32)


def labels(below: int, *shape: int) -> Array:
    return RNG.integers(0, below, shape).astype(np.uint32)


def mlp() -> nn.Module:
    return nn.MLP([2, 16, 1], g.tanh)


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding="same"),
        g.relu,
        lambda x: g.max_pool(x, 2),
        nn.Conv2d(4, 6, 3, stride=2, groups=2),
        g.gelu,
        lambda x: g.average_pool(x, 2),
        lambda x: g.flatten(x, 1),
        nn.Linear(6, 3),
    )


def blocks() -> nn.Module:
    return nn.Sequential(nn.Embedding(7, 8), nn.EncoderBlock(8, 2, 16), nn.RMSNorm(8), nn.Linear(8, 5))


def normed() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8), nn.BatchNorm(8), g.silu, nn.Linear(8, 1))


def recurrent() -> nn.Module:
    return nn.Sequential(nn.LSTM(3, 4), lambda y: y[0] if isinstance(y, tuple) else y, nn.Linear(4, 1))


POINTS = numbers(32, 2), numbers(32, 1)
KINDS = {
    "MLP by SGD": Kind(mlp, lambda: nn.SGD(0.1), *POINTS),
    "MLP by SGD with momentum, clipped": Kind(mlp, lambda: nn.SGD(0.05, 0.9, max_norm=0.2), *POINTS),
    "MLP by Adam": Kind(mlp, lambda: nn.Adam(0.01), *POINTS),
    "MLP by AdamW, whose matrices decay": Kind(
        mlp, lambda: nn.AdamW(0.01, weight_decay=0.5, decays=nn.matrices, max_norm=0.5), *POINTS
    ),
    "CNN": Kind(cnn, lambda: nn.SGD(0.1, 0.9), numbers(6, 12, 12, 1), labels(3, 6), 20),
    "attention": Kind(blocks, lambda: nn.SGD(0.1), labels(7, 3, 6), labels(5, 3, 6), 12),
    "batch norm": Kind(normed, lambda: nn.SGD(0.1, 0.9), *POINTS),
    "LSTM": Kind(recurrent, lambda: nn.SGD(0.1), numbers(4, 5, 3), numbers(4, 5, 1), 10),
}


def model_of(kind: Kind, count: int | None) -> Model:
    """`count` networks together, or one alone."""
    model = Model("together" if count else "alone")
    x, target = (
        model.data(name, a.shape, dtype="u32" if a.dtype == np.uint32 else "f32")
        for name, a in (("x", kind.x), ("target", kind.target))
    )
    net = model.add("net", kind.make() if count is None else nn.Ensemble(count, kind.make))

    @model.program(counts=True)
    def step() -> Mapping[str, Tensor]:
        if isinstance(net, nn.Ensemble):
            losses = net.vmap(lambda one, x: kind.loss(one(x), target), x)
            loss = g.sum(losses)
        else:
            losses = loss = kind.loss(net(x), target)  # type: ignore[operator]
        kind.optimiser().minimise(loss, model)
        return {"losses": losses}

    return model


def begun(runner: Runner, kind: Kind, seed: int) -> Runner:
    runner.write("x", kind.x)
    runner.write("target", kind.target)
    runner.write("seed", seed)
    runner.run("init")
    return runner


@pytest.mark.parametrize("runs", ["NumPy", "wgpu"])
@pytest.mark.parametrize("name", KINDS)
def test_each_learns_what_it_learns_alone(device: Any, name: str, runs: str) -> None:
    kind = KINDS[name]
    start, tolerance = (numpy_runner, 1e-12) if runs == "NumPy" else (lambda m: wgpu_runner(lower(m)), 1e-5)
    together = model_of(kind, kind.count)
    many = begun(start(together), kind, 1)
    held = [n for n, v in together.variables.items() if v.role in ("parameter", "state") and n.startswith("net.")]
    first = {n: many.read(n) for n in together.parameters}
    assert all(np.unique(a, axis=0).shape == a.shape for n, a in first.items() if n.endswith("weight") and a.std() > 0)
    many.run("step", times=STEPS)
    model = model_of(kind, None)
    for k in (0, kind.count // 2, kind.count - 1):
        alone = begun(start(model), kind, 1)
        if k == 0:  # which draws what one alone draws
            assert all(np.array_equal(alone.read(n), a[0]) for n, a in first.items())
        for n, a in first.items():
            alone.write(n, a[k])
        alone.run("step", times=STEPS)
        for n in (*held, "losses"):
            exact, found = alone.read(n), many.read(n)
            if n.endswith("correction"):  # of Adam's averages: the same for all
                found = found[None].repeat(kind.count, 0)
            np.testing.assert_allclose(
                found[k], exact, rtol=0, atol=tolerance * max(1, float(np.abs(exact).max())), err_msg=n
            )


SQUARE = (numbers(4, 4), numbers(4, 4))
# Of four models, as many as each layer has units: none may meet an axis of those.
PACE = np.array([0.0, 0.03, 0.001, 0.01])
OPTIMISERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda pace: nn.SGD(pace, 0.9),
    "Adam": lambda pace: nn.Adam(pace),
    "AdamW": lambda pace: nn.AdamW(pace, weight_decay=40 * pace),
    "a decay each": lambda pace: nn.AdamW(0.01, weight_decay=40 * pace),
    "RMSProp": lambda pace: nn.RMSProp(pace),
    "a norm each": lambda pace: nn.SGD(0.1, max_norm=pace + 0.1),
}


@pytest.mark.parametrize("runs", ["NumPy", "wgpu"])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_each_learns_at_its_own_pace(device: Any, name: str, runs: str) -> None:
    start, tolerance = (numpy_runner, 1e-12) if runs == "NumPy" else (lambda m: wgpu_runner(lower(m)), 1e-5)

    def kind(pace: Any) -> Kind:
        return Kind(lambda: nn.MLP([4, 4, 4], g.tanh), lambda: OPTIMISERS[name](pace), *SQUARE, len(PACE))

    together = model_of(kind(PACE), len(PACE))
    many = begun(start(together), kind(PACE), 1)
    first = {n: many.read(n) for n in together.parameters}
    many.run("step", times=20)
    for k, pace in enumerate(PACE.tolist()):
        alone = begun(start(model_of(kind(pace), None)), kind(pace), 1)
        for n, a in first.items():
            alone.write(n, a[k])
        alone.run("step", times=20)
        for n in first:
            np.testing.assert_allclose(many.read(n)[k], alone.read(n), rtol=0, atol=tolerance, err_msg=f"{n} of {pace}")
