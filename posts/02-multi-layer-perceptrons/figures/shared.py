"""What several of chapter 2's experiments share: grids of points, runs of the curve's model, and a network that
separates points in the plane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from demos.curve import model as curve
from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor

SEEDS = (1, 2, 3)
TEN = range(1, 11)
X = np.linspace(-1, 1, curve.SAMPLES)
FINE = np.linspace(-1, 1, curve.FINE)
WAVE = np.array([curve.wave(x) for x in FINE])


def maps(run: Any, count: int) -> list[tuple[Any, Any]]:
    """The affine maps (weight, bias) of a run's network, in float64."""
    return [
        tuple(run.read(f"network.layers.{n}.{part}").astype(np.float64) for part in ("weight", "bias"))
        for n in range(count)
    ]


def fitted(lab: Any, size: str, seed: int, steps: int, **writes: Any) -> Any:
    """A run of the first demo's model that has taken `steps` steps, sampled."""
    run = lab.run(curve.build(size), seed=seed, writes={**curve.inputs(), **writes})
    run.run("step", times=steps)
    run.run("look")
    return run


def final(run: Any, steps: int) -> float:
    """The last recorded loss."""
    return float(run.read("loss.history")[steps - 1])


def joined(parts: Sequence[Any]) -> Any:
    """Lines or polygons as one path with gaps: a picture of one path is much smaller than one of many."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([gap, *(piece for part in parts for piece in (part, gap))])


def separator(widths: Sequence[int], bend: Callable[[Tensor], Tensor], count: int, rate: float) -> Model:
    """An MLP from the plane to one number, whose sign is to be the label of each of `count` points."""
    model = Model("separator")
    points, labels = model.input("points", (count, 2)), model.input("labels", (count,))
    network = nn.MLP(widths, bend, initialiser=nn.he)
    for layer in network.layers[:-1]:
        layer.bias = g.parameter((layer.weight.shape[1],), nn.uniform(0.5))
    model.add("network", network)

    def margins() -> Tensor:
        return labels * g.reshape(network(points), (count,))

    @model.program(counts=True)
    def step() -> None:
        m = margins()
        loss = g.mean(g.log(1 + g.exp(-g.absolute(m))) + g.relu(-m))  # log(1 + e^-m) without a large exponent
        nn.Adam(rate).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> dict[str, Tensor]:
        return {"right": g.sum(g.less(0.0, margins()))}

    return model
