"""Every derivative against finite differences of the NumPy definition, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from site_builder.graph.derivatives import DERIVATIVES
from site_builder.run.on_numpy import NumPyRunner
from site_builder.selfcheck.cases import CASES, Case, model_of, numbers

H = 1e-5  # central differences: error about H² + 1e-16 / H


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.op in DERIVATIVES and any(not i.below for i in c.inputs)], ids=str
)
def test_derivative_is_the_slope(case: Case) -> None:
    runner = NumPyRunner(model_of(case, differentiate=True))
    inputs = numbers(case)

    def loss(changed: int, array: np.ndarray) -> float:
        for n, value in enumerate(inputs):
            runner.write(f"x{n}", array if n == changed else value)
        runner.run("run")
        return float(runner.read("loss"))

    rng = np.random.default_rng(1)
    for n, array in enumerate(inputs):
        if case.inputs[n].below:
            continue
        loss(n, array)
        gradient = runner.read(f"d{n}")
        for flat in rng.permutation(array.size)[:5]:  # a few elements each: together the cases see every position
            nudge = np.zeros(array.size)
            nudge[flat] = H
            nudge = nudge.reshape(array.shape)
            slope = (loss(n, array + nudge) - loss(n, array - nudge)) / (2 * H)
            assert gradient.flat[flat] == pytest.approx(slope, rel=1e-6, abs=1e-7)
