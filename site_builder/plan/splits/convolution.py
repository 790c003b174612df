"""Convolutions of many channels or windows in parts, and pools of large windows, first across and then down."""

from __future__ import annotations

import math
from typing import Any

from ...graph import Tensor
from ...graph.functions.views import reshape
from ...graph.tensor import make
from ..anchors import fits, passes
from .table import Split, added, cut, longest, ranges


def _convolution(y: Tensor) -> Tensor | None:
    """Over some of the channels of x and w, and then over others."""
    x, w = y.inputs
    part = longest(y, "INPUTS", x.shape[3])
    if part is None:
        return None
    return added(
        make("convolution", (cut(x, 3, start, n), cut(w, 2, start, n)), **y.attributes)
        for start, n in ranges(x.shape[3], part)
    )


def _input_gradient(y: Tensor) -> Tensor | None:
    w, d = y.inputs
    part = longest(y, "OUTPUTS", d.shape[3])
    if part is None:
        return None
    return added(
        make("convolution_input_gradient", (cut(w, 3, start, n), cut(d, 3, start, n)), **y.attributes)
        for start, n in ranges(d.shape[3], part)
    )


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
    "convolution": _convolution,
    "convolution_input_gradient": _input_gradient,
    "convolution_weight_gradient": _weight_gradient,
    "max_pool": _pool,
    "average_pool": _pool,
    "average_pool_gradient": _average_pool_gradient,
}
