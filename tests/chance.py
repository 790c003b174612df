"""A program that draws orders and choices, and whether a device draws what NumPy does."""

from __future__ import annotations

import numpy as np

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.run import Runner

EXACT = ("order", "some", "again", "flags", "flags of each", "of weights")


def chances() -> Model:
    """The program `draw`, which counts."""
    model = Model("chances")
    weights = model.input("weights", (50,))

    @model.program(counts=True)
    def draw() -> dict[str, Tensor]:
        return {
            "order": g.permutation(777, 1),
            "some": g.choice(777, (3, 5), 2, replace=False),
            "again": g.choice(777, 100, 3),
            "flags": g.bernoulli((40, 50), 0.3, 4),
            "flags of each": g.bernoulli((40, 50), weights, 5),
            "of weights": g.choice(50, 20, 6, replace=False, weights=weights),
            "waits": g.exponential((1000,), 7, 3.0),
        }

    return model


def assert_alike(ours: Runner, exact: Runner) -> None:
    """The same to the last bit, but for logarithms; no two of the noisy weights are so near that it matters."""
    for runner in (ours, exact):
        runner.write("weights", np.linspace(0, 1, 50, dtype=np.float32))
        runner.write("seed", 9)
        runner.run("init")
        runner.run("draw", times=3)
    for name in EXACT:
        np.testing.assert_array_equal(ours.read(name), exact.read(name))
    np.testing.assert_allclose(ours.read("waits"), exact.read("waits"), rtol=1e-6)
    assert len(np.unique(ours.read("some"))) == 15
