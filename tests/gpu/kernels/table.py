"""What a case of a kernel is: the problem it is given, what it should give, and how near it must come."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from site_builder.plan.fuse import Body, fuse
from site_builder.plan.kernels import load
from site_builder.plan.limits import PROMISED

from ..conftest import Array, Job


@dataclass(frozen=True)
class Problem:
    """What one dispatch is given and what it should give."""

    overrides: dict[str, int]
    inputs: dict[str, Array]
    expected: dict[str, Array]
    invocations: int | None = None
    workgroups: int | None = None


@dataclass(frozen=True)
class Case:
    """A kernel, the sizes at which it is tried, and how near it must come: relative to the largest number expected."""

    file: str
    sizes: tuple[tuple[int, ...], ...]
    problem: Callable[..., Problem]
    tolerance: float
    reason: str
    bodies: dict[str, Body] = field(default_factory=dict)
    tag: str = ""  # what tells it from another case of the same kernel

    def job(self, sizes: tuple[int, ...]) -> tuple[Job, Problem]:
        problem = self.problem(np.random.default_rng(list(sizes)), *sizes)
        kernel = fuse(load(self.file), self.bodies) if self.bodies else load(self.file)
        workgroups = problem.workgroups or math.ceil((problem.invocations or 1) / kernel.workgroup_size[0])
        across = min(workgroups, PROMISED["maxComputeWorkgroupsPerDimension"])
        grid = (across, math.ceil(workgroups / across), 1)
        inputs = {name: _guarded(array) for name, array in problem.inputs.items()}
        return Job(kernel, inputs, _unwritten(problem.expected), grid, problem.overrides), problem


HALF = "two operands, their product and three sums of it with others are each rounded by 2^-11 of themselves at most"

GUARD = 4  # elements behind every input, which nothing may read, and behind every output, which nothing may write
FILL = {np.dtype(np.float32): np.nan, np.dtype(np.uint32): 0xFFFFFFFF}
SPOILT = {np.dtype(np.float32): 3e38, np.dtype(np.uint32): 0xFFFFFFFF}


def _guarded(array: Array) -> Array:
    """With what spoils any result that it gets into, a maximum too: past a buffer's end devices may give 0."""
    flat = np.ravel(array)
    return np.append(flat, np.full(GUARD, SPOILT[flat.dtype], flat.dtype))


def _unwritten(expected: dict[str, Array]) -> dict[str, Array]:
    return {name: np.full(array.size + GUARD, FILL[array.dtype], array.dtype) for name, array in expected.items()}


def check(case: Case, problem: Problem, actual: dict[str, Array]) -> None:
    for name, expected in problem.expected.items():
        got, guard = actual[name][: expected.size], actual[name][expected.size :]
        np.testing.assert_array_equal(
            guard, _unwritten(problem.expected)[name][-GUARD:], f"{name}: written past its end"
        )
        largest = max(float(np.abs(expected).max()), 1e-30)
        np.testing.assert_allclose(
            got.astype(np.float64) / largest,
            expected.ravel().astype(np.float64) / largest,
            rtol=0,
            atol=case.tolerance,
            err_msg=f"{name}: {case.reason}",
        )


def normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.standard_normal(shape, dtype=np.float32)


def f32(array: Any) -> Array:
    return np.asarray(array, np.float32)


def u32(array: Any) -> Array:
    return np.asarray(array, np.uint32)


def softmax(x: Array) -> Array:
    e = np.exp(x.astype(np.float64) - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))
