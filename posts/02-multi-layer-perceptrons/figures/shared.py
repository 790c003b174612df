"""What several of chapter 2's experiments share: grids of points, and runs of the curve's model."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.curve import model as curve

SEEDS = (1, 2, 3)
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
