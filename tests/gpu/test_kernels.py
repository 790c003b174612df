"""Every kernel against NumPy in float64, at sizes around its block: naga on lavapipe, Tint on SwiftShader."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from site_builder.plan.fuse import Body, fuse
from site_builder.plan.kernels import HALF, Binding, load
from site_builder.plan.limits import PROMISED

from .conftest import Array, Dispatch, Job
from .kernels import CASES
from .kernels.general import FUSED, linear_gradient, random_numbers
from .kernels.table import Case, check, normal

ALL = [(case, sizes) for case in CASES for sizes in case.sizes]
IDS = ["-".join(filter(None, (Path(case.file).stem, case.tag, "x".join(map(str, sizes))))) for case, sizes in ALL]
ON_SWIFTSHADER = [n for n, (case, _) in enumerate(ALL) if load(case.file).requires != HALF]  # which it does not have


@pytest.mark.parametrize(("case", "sizes"), ALL, ids=IDS)
def test_on_wgpu(dispatch: Dispatch, case: Case, sizes: tuple[int, ...]) -> None:
    job, problem = case.job(sizes)
    check(case, problem, dispatch(job))


@pytest.fixture(scope="module")
def in_chromium(chromium: Callable[[list[Job]], list[dict[str, Array]]]) -> list[dict[str, Array]]:
    """All cases in one visit to the browser."""
    return chromium([ALL[n][0].job(ALL[n][1])[0] for n in ON_SWIFTSHADER])


@pytest.mark.browser
@pytest.mark.parametrize("number", range(len(ON_SWIFTSHADER)), ids=[IDS[n] for n in ON_SWIFTSHADER])
def test_in_chromium(in_chromium: list[dict[str, Array]], number: int) -> None:
    case, sizes = ALL[ON_SWIFTSHADER[number]]
    check(case, case.job(sizes)[1], in_chromium[number])


def test_more_workgroups_than_one_dimension_holds(dispatch: Dispatch) -> None:
    most = PROMISED["maxComputeWorkgroupsPerDimension"]
    count = most * 64 + 65
    job, problem = CASES[0].job((count,))
    assert job.workgroups == (most, 2, 1)
    check(CASES[0], problem, dispatch(job))


def test_a_buffer_can_be_updated_where_it_lies(dispatch: Dispatch) -> None:
    """The store port of a gradient takes a step of gradient descent, and the bias is left out."""
    rng = np.random.default_rng(0)
    problem = linear_gradient(rng, 9, 5, 3)
    weights = normal(rng, 9, 5)
    kernel = fuse(
        load("shaders/matrix/linear_gradient.wgsl"),
        {
            "store_w": Body(("weight[i] -= 0.5 * value;",), (Binding("weight", "read_write", "f32"),)),
            "store_b": Body(()),
        },
    )
    assert [(b.name, b.access) for b in kernel.bindings] == [("x", "read"), ("d", "read"), ("weight", "read_write")]
    got = dispatch(Job(kernel, problem.inputs, {"weight": weights.ravel()}, (1, 1, 1), problem.overrides))["weight"]
    np.testing.assert_allclose(got.reshape(9, 5), weights - 0.5 * problem.expected["w"], atol=1e-6)


def test_random_numbers_have_the_moments_that_they_should(dispatch: Dispatch) -> None:
    count = 65_536
    case = next(case for case in FUSED if case.problem is random_numbers)
    job, _ = case.job((count,))
    got = {name: values[:count] for name, values in dispatch(job).items()}
    deviation = 5 / math.sqrt(count)  # five standard errors
    assert abs(got["uniform"].mean() - 1 / 2) < deviation * math.sqrt(1 / 12)
    assert abs(got["y"].mean()) < deviation
    assert abs(got["y"].var() - 1) < deviation * math.sqrt(2)
    assert np.bincount(got["index"], minlength=10).min() > count / 10 - 5 * math.sqrt(count / 10)
