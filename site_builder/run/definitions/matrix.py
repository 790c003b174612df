"""Products of matrices, as NumPy defines them."""

from __future__ import annotations

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _matmul(y: Tensor, a: Array, b: Array) -> Array:
    form = y.attributes["form"]
    return (a.swapaxes(-1, -2) if form == "tn" else a) @ (b.swapaxes(-1, -2) if form == "nt" else b)


DEFINITIONS: dict[str, Definition] = {
    "matmul": _matmul,
    "batched_matmul": _matmul,
}
