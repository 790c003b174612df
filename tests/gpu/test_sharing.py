"""Shared pipelines compute, bit for bit, what each dispatch's own would: sizes as parameters change no result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.nn.module import Module
from site_builder.plan import lower, share
from tests.plans import read


class Images(Module):
    def __init__(self) -> None:
        self.first, self.second = nn.Conv2d(4, 8, 3, padding=1), nn.Conv2d(8, 12, 3, padding=1)

    def __call__(self, x: Any) -> Any:
        return self.second(g.max_pool(g.relu(self.first(x)), 2))


NETWORKS: list[tuple[str, Callable[[], Any], tuple[int, ...]]] = [
    ("small products", lambda: nn.MLP([4, 24, 16, 8, 3], g.tanh), (5, 4)),
    ("large products", lambda: nn.MLP([128, 256, 192, 64], g.gelu), (256, 128)),
    ("convolutions", Images, (2, 8, 8, 4)),
    ("recurrence", lambda: nn.GRU(3, 5), (2, 6, 3)),
]


def trained(network: Any, shape: tuple[int, ...]) -> Model:
    model = Model("network")
    net = model.add("net", network())
    x = model.input("x", shape)

    @model.program
    def step() -> None:
        y = net(x)
        nn.Adam(0.01).minimise(g.mean(g.square(y[0] if isinstance(y, tuple) else y)), model)

    return model


@pytest.mark.parametrize(("network", "shape"), [n[1:] for n in NETWORKS], ids=[n[0] for n in NETWORKS])
def test_sharing_changes_no_bit(
    device: Any, monkeypatch: pytest.MonkeyPatch, network: Any, shape: tuple[int, ...]
) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    model = trained(network, shape)
    shared = read(lower(model).to_json())
    assert sum(bool(kernel.params) for kernel in shared.kernels) >= 2
    monkeypatch.setattr(share, "MOST", 0)
    results = []
    for plan in (shared, lower(model)):
        runner = WgpuRunner(plan)
        runner.write("x", np.random.default_rng(1).uniform(-1, 1, shape))
        runner.run("init")
        runner.run("step", times=3)
        results.append({b.name: runner.read(b.name) for b in plan.buffers if b.role == "parameter" and b.name})
    for name, value in results[0].items():
        np.testing.assert_array_equal(value, results[1][name], err_msg=name)
