"""Additions of many rows into a table, part after part of the rows."""

from __future__ import annotations

import math

from ...graph import Tensor
from ...graph.functions.views import reshape
from ...graph.tensor import make
from .table import Split, added, cut, longest, ranges


def _scatter_add(y: Tensor) -> Tensor | None:
    rows, values = y.inputs
    part = longest(y, "INNER", rows.size)
    if part is None:
        return None
    flat = reshape(rows, (rows.size,))
    each = reshape(values, (rows.size, math.prod(y.shape[1:])))
    parts = (
        make("scatter_add", (cut(flat, 0, start, n), cut(each, 0, start, n)), count=y.shape[0])
        for start, n in ranges(rows.size, part)
    )
    return reshape(added(parts), y.shape)


SPLITS: dict[str, Split] = {"scatter_add": _scatter_add}
