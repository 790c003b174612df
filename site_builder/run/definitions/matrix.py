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
    """Gauss's elimination with partial pivoting, column after column, of all matrices at once."""
    size = a.shape[-1]
    left = a.reshape(-1, size, size).copy()
    rows = np.tile(np.arange(size), (len(left), 1))
    each = np.arange(len(left))
    for k in range(size):
        pivot = k + np.abs(left[:, k:, k]).argmax(axis=1)
        for x in (left, rows):
            x[each, k], x[each, pivot] = x[each, pivot], x[each, k].copy()
        divisor = np.where(left[:, k, k] == 0, 1, left[:, k, k])
        left[:, k + 1 :, k] /= divisor[:, None]
        left[:, k + 1 :, k + 1 :] -= left[:, k + 1 :, k, None] * left[:, None, k, k + 1 :]
    return np.asarray(np.concatenate([left, rows[..., None]], axis=-1).reshape(y.shape))


def _cholesky(y: Tensor, a: Array) -> Array:
    """Of all matrices that are positive definite; of the others NaN from where it shows."""
    root = np.zeros_like(a)
    for c in range(a.shape[-1]):
        left = a[..., c:, c] - (root[..., c:, :c] @ root[..., c, :c, None])[..., 0]
        square = np.where(left[..., 0] > 0, left[..., 0], np.nan)
        root[..., c:, c] = left / np.sqrt(square)[..., None]
    return root


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
    "cholesky": _cholesky,
    "triangular_solve": _triangular_solve,
}
