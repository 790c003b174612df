"""Reading and writing at indices, as NumPy defines it."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _scatter_add(y: Tensor, rows: Array, values: Array) -> Array:
    table = np.zeros(y.shape, values.dtype)
    np.add.at(table, np.minimum(rows, len(table) - 1), values)
    return table


def _update_at(y: Tensor, x: Array, index: Array, value: Array) -> Array:
    x, axis = x.copy(), y.attributes["axis"]
    x[(slice(None),) * axis + (np.minimum(index, x.shape[axis] - 1),)] = value
    return x


DEFINITIONS: dict[str, Definition] = {
    "gather": lambda y, table, rows: table[np.minimum(rows, len(table) - 1)],
    "scatter_add": _scatter_add,
    "update_at": _update_at,
}
