"""Reductions, as NumPy defines them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _along(reduce: Callable[..., Any]) -> Definition:
    def definition(y: Tensor, x: Array) -> Any:
        axes = y.attributes["axes"]
        outer = math.prod(x.shape[: axes[0]])
        length = math.prod(x.shape[a] for a in axes)
        return reduce(x.reshape(outer, length, -1), axis=1).reshape(y.shape)

    return definition


def _rank(y: Tensor, x: Array) -> Array:
    """The inverse of the permutation that sorts: stable, so that equal numbers keep their order. NaN is the largest.

    Of a part (begin, end) of each row, as the lowering makes it: how many of its elements come before.
    """
    if y.attributes["ascending"]:
        order = np.argsort(x, axis=-1, kind="stable")
    else:
        order = np.lexsort((-x, ~np.isnan(x)), axis=-1)
    places = np.argsort(order, axis=-1, kind="stable")
    if "part" not in y.attributes:
        return places
    return np.asarray((places[..., None, slice(*y.attributes["part"])] < places[..., None]).sum(axis=-1))


DEFINITIONS: dict[str, Definition] = {
    "sum": _along(np.sum),
    "prod": _along(np.prod),
    "max": _along(np.max),
    "argmax": _along(np.argmax),
    "argmin": _along(np.argmin),
    "global_norm": lambda y, *tensors: math.sqrt(sum((x * x).sum() for x in tensors)),
    "rank": _rank,
}
