"""The kernels that normalise, against NumPy in float64, at sizes around their blocks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..conftest import Array
from .table import Case, Problem, f32, normal

EPSILON = f32([1e-3])


def sizes_of(x: Array) -> dict[str, int]:
    return {"ROWS": x.shape[0], "COLUMNS": x.shape[1]}


def shifted(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Normal numbers around 10, where a variance made of squares would lose two digits."""
    return f32(10 + normal(rng, rows, columns))


def normalised(x: Array, axis: int) -> Array:
    wide = x.astype(np.float64)
    return np.asarray((wide - wide.mean(axis, keepdims=True)) / np.sqrt(wide.var(axis, keepdims=True) + 1e-3))


def gradient(y: Array, dy: Array, axis: int, centred: bool = True) -> Array:
    y, dy = y.astype(np.float64), dy.astype(np.float64)
    mean = dy.mean(axis, keepdims=True) if centred else 0
    return np.asarray(dy - mean - y * (y * dy).mean(axis, keepdims=True))


def layer_norm(rng: np.random.Generator, rows: int, columns: int) -> Problem:
    x = shifted(rng, rows, columns)
    expected = {"y": f32(normalised(x, 1)), "rstd": f32(1 / np.sqrt(x.astype(np.float64).var(1) + 1e-3))}
    return Problem(sizes_of(x), {"x": x, "epsilon": EPSILON}, expected, rows)


def rms_norm(rng: np.random.Generator, rows: int, columns: int) -> Problem:
    x = normal(rng, rows, columns)
    rstd = 1 / np.sqrt((x.astype(np.float64) ** 2).mean(1) + 1e-3)
    expected = {"y": f32(x * rstd[:, None]), "rstd": f32(rstd)}
    return Problem(sizes_of(x), {"x": x, "epsilon": EPSILON}, expected, rows)


def rows_gradient(centred: bool) -> Callable[..., Problem]:
    def problem(rng: np.random.Generator, rows: int, columns: int) -> Problem:
        y, dy, rstd = normal(rng, rows, columns), normal(rng, rows, columns), normal(rng, rows)
        dx = rstd[:, None] * gradient(y, dy, 1, centred)
        return Problem(sizes_of(y), {"y": y, "rstd": rstd, "dy": dy}, {"dx": f32(dx)}, rows)

    return problem


def batch_norm(rng: np.random.Generator, rows: int, columns: int) -> Problem:
    x = shifted(rng, rows, columns)
    wide = x.astype(np.float64)
    expected = {"y": f32(normalised(x, 0)), "statistics": f32([wide.mean(0), wide.var(0)])}
    return Problem(sizes_of(x), {"x": x, "epsilon": EPSILON}, expected, workgroups=math.ceil(columns / 4))


def batch_gradient(rng: np.random.Generator, rows: int, columns: int) -> Problem:
    y, dy = normal(rng, rows, columns), normal(rng, rows, columns)
    statistics = f32(rng.uniform(0.5, 2, (2, columns)))
    dx = gradient(y, dy, 0) / np.sqrt(statistics[1].astype(np.float64) + 1e-3)
    inputs = {"y": y, "statistics": statistics, "epsilon": EPSILON, "dy": dy}
    return Problem(sizes_of(y), inputs, {"dx": f32(dx)}, workgroups=math.ceil(columns / 4))


def scale_gradient(rng: np.random.Generator, rows: int, columns: int) -> Problem:
    x, d = normal(rng, rows, columns), normal(rng, rows, columns)
    expected = {"scale": f32((x.astype(np.float64) * d).sum(0)), "shift": f32(d.sum(0, dtype=np.float64))}
    return Problem(sizes_of(x), {"x": x, "d": d}, expected, workgroups=math.ceil(columns / 32))


SHAPES = ((1, 4), (7, 3), (63, 10), (64, 8), (65, 5), (2, 65), (300, 9))
MEAN = "the mean, about 10, is rounded by 1e-6, and where x hardly varies, y is 30 times the difference to it"
SUMS = "f32 sums of up to 300 products of normal numbers"

CASES = [
    Case("shaders/normalisation/layer_norm.wgsl", SHAPES, layer_norm, 5e-5, MEAN),
    Case("shaders/normalisation/layer_norm_gradient.wgsl", SHAPES, rows_gradient(True), 2e-6, SUMS),
    Case("shaders/normalisation/rms_norm.wgsl", SHAPES, rms_norm, 2e-6, SUMS),
    Case("shaders/normalisation/rms_norm_gradient.wgsl", SHAPES, rows_gradient(False), 2e-6, SUMS),
    Case("shaders/normalisation/batch_norm.wgsl", SHAPES, batch_norm, 5e-5, MEAN),
    Case("shaders/normalisation/batch_norm_gradient.wgsl", SHAPES, batch_gradient, 2e-6, SUMS),
    Case("shaders/normalisation/scale_gradient.wgsl", SHAPES, scale_gradient, 5e-6, SUMS),
]
