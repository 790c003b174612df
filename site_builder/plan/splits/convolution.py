"""Convolutions of many channels or windows in parts, and pools of large windows, first across and then down."""

from __future__ import annotations

import math
from typing import Any

from ...graph import Tensor
from ...graph.functions.views import reshape
from ...graph.tensor import make
from ..anchors import fits, passes
from .table import Split, added, cut, longest, ranges


def _over_channels(size: str, axes: tuple[int, int]) -> Split:
    """Over some of the channels, and then over others: `axes` says which axis of each input they are."""

    def split(y: Tensor) -> Tensor | None:
        length = y.inputs[0].shape[axes[0]]
        part = longest(y, size, length)
        if part is None:
            return None
        both = tuple(zip(y.inputs, axes, strict=True))
        parts = (tuple(cut(x, axis, start, n) for x, axis in both) for start, n in ranges(length, part))
        return added(make(y.op, inputs, **y.attributes) for inputs in parts)

    return split


def _weight_gradient(y: Tensor) -> Tensor:
    """In more parts, of which several are added. Which windows are whose changes with it, and not what all give."""
    parts, windows = y.shape[0], math.prod(y.inputs[1].shape[:3])
    more = 2
    while more * parts < windows and not fits(passes(y, PARTS=more * parts)):
        more *= 2
    finer = make(y.op, y.inputs, **{**y.attributes, "parts": parts * more})
    return make("sum", (reshape(finer, (parts, more, *y.shape[1:])),), axes=(1,))


def _apart(y: Tensor) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes of a pool across, and of one down what that gives."""
    (height, width), (down, across) = y.attributes["window"], y.attributes["stride"]
    top, bottom, left, right = y.attributes["padding"]
    return (
        {"window": (1, width), "stride": (1, across), "padding": (0, 0, left, right)},
        {"window": (height, 1), "stride": (down, 1), "padding": (top, bottom, 0, 0)},
    )


def _pool(y: Tensor) -> Tensor | None:
    """A mean of means of equally many, or a maximum of maxima."""
    if 1 in y.attributes["window"]:
        return None
    across, down = _apart(y)
    return make(y.op, (make(y.op, y.inputs, **across),), **down)


def _average_pool_gradient(y: Tensor) -> Tensor | None:
    if 1 in y.attributes["window"]:
        return None
    across, down = _apart(y)
    height, width = y.attributes["size"]
    rows = make(y.op, y.inputs, size=(height, y.inputs[0].shape[2]), **down)
    return make(y.op, (rows,), size=(height, width), **across)


SPLITS: dict[str, Split] = {
    "convolution": _over_channels("INPUTS", (3, 2)),
    "convolution_input_gradient": _over_channels("OUTPUTS", (3, 3)),
    "convolution_weight_gradient": _weight_gradient,
    "grouped_convolution_weight_gradient": _weight_gradient,
    "max_pool": _pool,
    "average_pool": _pool,
    "average_pool_gradient": _average_pool_gradient,
}
