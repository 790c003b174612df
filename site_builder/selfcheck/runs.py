"""A case on a runner, and how far what it gives is from what is right. It does not know which runner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..run import Runner
from ..run.arrays import Array
from .cases import Case, numbers

FLOOR = 1e-3


def outcome(runner: Runner, case: Case, outputs: Sequence[str]) -> list[Array]:
    """What a runner of the case's model gives."""
    runner.write("seed", 11)
    for n, array in enumerate(numbers(case)):
        runner.write(f"x{n}", array)
    runner.run("run")
    return [runner.read(name) for name in outputs]


def difference(ours: Array, exact: Array, floor: float = FLOOR) -> float:
    """The largest difference, relative to the largest number of `exact`, or to `floor` where all are smaller."""
    expected = exact.astype(np.float64)
    return float(np.max(np.abs(ours - expected)) / max(np.max(np.abs(expected)), floor))
