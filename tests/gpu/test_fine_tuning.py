"""Parameters that more than one program trains, or uses and leaves alone, against PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.run import wgpu_runner

torch = pytest.importorskip("torch")

STEPS, RATE = 20, 0.02


def test_what_no_gradient_reaches_stays_as_it_is(device: Any) -> None:
    """A probe on features that another program trained: they neither go on by what Adam remembers, nor decay."""
    model = Model("probed")
    x = model.input("x", (8, 4), initial=0.5)
    features, probe = model.add("features", nn.Linear(4, 4)), model.add("probe", nn.Linear(4, 2))

    @model.program(counts=True)
    def train() -> None:
        nn.AdamW(RATE).minimise(g.mean(g.square(features(x) - 1)), model)

    @model.program(counts=True)
    def fit() -> None:
        nn.AdamW(RATE).minimise(g.mean(g.square(probe(g.stop_gradient(features(x))) - 1)), model)

    runner = wgpu_runner(lower(model))
    runner.run("init")
    runner.run("train", STEPS)
    trained, at_first = runner.read("features.weight"), runner.read("probe.weight")
    runner.run("fit", STEPS)
    np.testing.assert_array_equal(runner.read("features.weight"), trained)
    assert np.all(runner.read("probe.weight") != at_first)
