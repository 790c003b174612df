"""Every derivative against finite differences of the NumPy definition, in float64; without one, 0."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from site_builder.graph.derivatives import DERIVATIVES
from site_builder.graph.program import topological
from site_builder.run.on_numpy import NumPyRunner
from site_builder.selfcheck.cases import CASES, Case, model_of, numbers

H = 1e-5  # central differences: error about H² + 1e-16 / H
OF_FLOATS = [c for c in CASES if any(not i.below for i in c.inputs)]


@pytest.mark.parametrize("case", [c for c in OF_FLOATS if c.op != "stop_gradient"], ids=str)
def test_derivative_is_the_slope(case: Case) -> None:
    runner = NumPyRunner(model_of(case, differentiate=True))
    # Apart from each other, too, where comparisons jump.
    inputs = [x if i.below else x + n * 1e-3 for n, (x, i) in enumerate(zip(numbers(case), case.inputs, strict=True))]
    rng = np.random.default_rng(1)
    for n, array in enumerate(inputs):
        if case.inputs[n].below:
            continue
        loss = loss_by(runner, inputs, n)
        loss(array)
        gradient = runner.read(f"d{n}")
        for flat in rng.permutation(array.size)[:5]:  # a few elements each: together the cases see every position
            nudge = np.zeros(array.size)
            nudge[flat] = H
            nudge = nudge.reshape(array.shape)
            slope = (loss(array + nudge) - loss(array - nudge)) / (2 * H)
            assert gradient.flat[flat] == pytest.approx(slope, rel=1e-6, abs=1e-7)


def loss_by(runner: NumPyRunner, inputs: list[np.ndarray], changed: int) -> Callable[[np.ndarray], float]:
    """The loss as a function of one input alone."""

    def loss(array: np.ndarray) -> float:
        for n, value in enumerate(inputs):
            runner.write(f"x{n}", array if n == changed else value)
        runner.run("run")
        return float(runner.read("loss"))

    return loss


@pytest.mark.parametrize("case", [c for c in CASES if c.op == "stop_gradient"], ids=str)
def test_no_gradient_passes_where_none_is_wanted(case: Case) -> None:
    runner = NumPyRunner(model_of(case, differentiate=True))
    runner.write("x0", numbers(case)[0])
    runner.run("run")
    assert not runner.read("d0").any()


@pytest.mark.parametrize("op", sorted(DERIVATIVES))
def test_cases_differentiate_by_every_float(op: str) -> None:
    """Else a rule could give None for an input, and so a gradient of 0, without any of the tests above seeing it."""
    reached: set[int] = set()
    floats: set[int] = set()
    for case in (c for c in CASES if c.op == op):
        order = topological(a.value for a in model_of(case).programs["run"].assignments)
        fed: dict[int, bool] = {}
        for node in order:
            inputs = [fed[x.number] for x in node.inputs]
            fed[node.number] = node.op == "read" or any(inputs)
            if node.op == op:
                floats |= {n for n, x in enumerate(node.inputs) if x.dtype == "f32"}
                reached |= {n for n, given in enumerate(inputs) if given}
    assert floats <= reached
