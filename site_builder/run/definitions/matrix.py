"""Products of matrices, as NumPy defines them, and what equations are solved by."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _matmul(y: Tensor, a: Array, b: Array) -> Array:
    form = y.attributes["form"]
    return (a.swapaxes(-1, -2) if form == "tn" else a) @ (b.swapaxes(-1, -2) if form == "nt" else b)


def _lu(y: Tensor, a: Array) -> Array:
    """Gauss's elimination, column after column, of all matrices at once; or one `step` of it."""
    size = y.shape[-2]
    if "step" in y.attributes:
        left, steps = a.reshape(-1, size, size + 1).copy(), [y.attributes["step"]]
    else:
        rows = np.broadcast_to(np.arange(size, dtype=a.dtype)[:, None], (*a.shape[:-1], 1))
        left, steps = np.concatenate([a, rows], axis=-1).reshape(-1, size, size + 1), list(range(size))
    each = np.arange(len(left))
    for k in steps:
        pivot = np.full(len(left), k)
        if y.attributes["pivoting"]:
            pivot += np.abs(left[:, k:, k]).argmax(axis=1)
        left[each, k], left[each, pivot] = left[each, pivot], left[each, k].copy()
        divisor = np.where(left[:, k, k] == 0, 1, left[:, k, k])
        left[:, k + 1 :, k] /= divisor[:, None]
        left[:, k + 1 :, k + 1 : size] -= left[:, k + 1 :, k, None] * left[:, None, k, k + 1 : size]
    return np.asarray(left.reshape(y.shape))


def _triangular_solve(y: Tensor, t: Array, b: Array) -> Array:
    if y.attributes["transposed"]:
        t = t.swapaxes(-1, -2)
    size = t.shape[-1]
    x = np.zeros_like(b)
    for r in range(size) if y.attributes["lower"] else reversed(range(size)):
        divisor = 1.0 if y.attributes["unit"] else np.where(t[..., r, r, None] == 0, np.nan, t[..., r, r, None])
        before = slice(0, r) if y.attributes["lower"] else slice(r + 1, size)
        x[..., r, :] = (b[..., r, :] - (t[..., None, r, before] @ x[..., before, :])[..., 0, :]) / divisor
    return x


DEFINITIONS: dict[str, Definition] = {
    "matmul": _matmul,
    "batched_matmul": _matmul,
    "lu": _lu,
    "triangular_solve": _triangular_solve,
}
