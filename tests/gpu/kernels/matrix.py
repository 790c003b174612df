"""Cases of the kernels that equations are solved by."""

from __future__ import annotations

from functools import partial

import numpy as np

from .table import Case, Problem, f32, normal

ELIMINATED = "a difference and a product of numbers near 1; which row comes first is compared, and not computed with"


def eliminated(rng: np.random.Generator, matrices: int, size: int, step: int, pivoting: bool = True) -> Problem:
    x = normal(rng, matrices, size, size + 1)
    x[:, :, -1] = np.arange(size)
    y = x.astype(np.float64)
    for matrix in y:
        pivot = step + int(np.abs(matrix[step:, step]).argmax()) if pivoting else step
        matrix[[step, pivot]] = matrix[[pivot, step]]
        for row in matrix[step + 1 :]:
            row[step] /= matrix[step, step]
            row[step + 1 : -1] -= row[step] * matrix[step, step + 1 : -1]
    sizes = {"MATRICES": matrices, "SIZE": size, "STEP": step, "PIVOTING": int(pivoting)}
    return Problem(sizes, {"x": x}, {"y": f32(y)}, x.size)


def triangular(rng: np.random.Generator, matrices: int, size: int, columns: int, *, upper: bool, unit: bool) -> Problem:
    """Of the transpose where it is upper: the strides say so."""
    t = 0.2 * normal(rng, matrices, size, size) + 1.5 * np.eye(size, dtype=np.float32)
    b = normal(rng, matrices, size, columns)
    seen = (t.swapaxes(1, 2) if upper else t).astype(np.float64)
    seen = np.triu(seen) if upper else np.tril(seen)
    if unit:
        seen = seen - seen * np.eye(size) + np.eye(size)
    strides = {"T_ROW": 1, "T_COLUMN": size} if upper else {"T_ROW": size, "T_COLUMN": 1}
    sizes = {"MATRICES": matrices, "SIZE": size, "COLUMNS": columns, "LOWER": int(not upper), "UNIT": int(unit)}
    return Problem(sizes | strides, {"t": t, "b": b}, {"y": f32(np.linalg.solve(seen, b))}, matrices * columns)


SOLVED = "up to 32 unknowns, each found from those before it"
SIZES = ((1, 1, 1), (3, 5, 7), (1, 31, 63), (2, 32, 33), (65, 2, 1))
CASES = [
    Case(
        "shaders/matrix/lu.wgsl", ((1, 1, 0), (3, 5, 0), (2, 7, 3), (1, 8, 7), (9, 2, 0)), eliminated, 1e-6, ELIMINATED
    ),
    Case(
        "shaders/matrix/lu.wgsl",
        ((1, 1, 0), (3, 5, 2)),
        partial(eliminated, pivoting=False),
        1e-6,
        ELIMINATED,
        tag="without pivoting",
    ),
    Case(
        "shaders/matrix/triangular_solve.wgsl",
        SIZES,
        partial(triangular, upper=False, unit=False),
        1e-5,
        SOLVED,
        tag="lower",
    ),
    Case(
        "shaders/matrix/triangular_solve.wgsl",
        SIZES,
        partial(triangular, upper=True, unit=True),
        1e-5,
        SOLVED,
        tag="upper, unit",
    ),
]
