"""The straight pieces of a ReLU network from one number to one number, counted exactly.

In: its affine maps. Out: the intervals on which no unit switches, and in which layer each switch happens.
One layer after another: on an interval where all earlier units are either on or off, what enters a unit is affine, so
that it switches at most once there, at a place that one division gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pieces:
    """`edges` [pieces + 1] from low to high, `slopes` [pieces], `knots`: for each hidden layer where units switch."""

    edges: list[float]
    slopes: list[float]
    knots: list[list[float]]

    @property
    def count(self) -> int:
        """How many intervals."""
        return len(self.slopes)


def pieces(layers: Sequence[tuple[Array, Array]], low: float = -1.0, high: float = 1.0) -> Pieces:
    """Intervals of [low, high]. layers: (weight [inputs, outputs], bias [outputs]) of each affine map, ReLU between."""
    spans = [(low, high, np.ones(1), np.zeros(1))]  # on each span the layer's input is slope * x + offset
    knots: list[list[float]] = []
    for weight, bias in layers[:-1]:
        spans = [part for span in spans for part in _switch(*span, weight.astype(np.float64), bias.astype(np.float64))]
        known = {x for layer in knots for x in layer}
        knots.append([start for start, *_ in spans[1:] if start not in known])
    out = layers[-1][0].astype(np.float64)
    return Pieces([low, *(end for _, end, *_ in spans)], [float((slope @ out)[0]) for _, _, slope, _ in spans], knots)


def _switch(
    low: float, high: float, slope: Array, offset: Array, weight: Array, bias: Array
) -> list[tuple[float, float, Array, Array]]:
    """Cut one span where a unit of the next layer switches, and apply that layer and ReLU to the parts."""
    slope, offset = slope @ weight, offset @ weight + bias
    with np.errstate(all="ignore"):  # a unit that sees no slope never switches
        zeros = -offset / slope
    cuts = sorted({float(x) for x in zeros if low < x < high})
    parts = []
    for start, end in zip([low, *cuts], [*cuts, high], strict=True):
        on = slope * (start + end) / 2 + offset > 0
        parts.append((start, end, slope * on, offset * on))
    return parts
