"""Where in a figure the curve stands that a reader may compute again, so that theirs can be drawn over it.

In: a matplotlib Figure after its layout, and the numbers of the curve. Out: a `CurvePlace`, or None where no line of
the figure shows these numbers. It does not know SVG; its lengths are those of the drawing's viewBox, points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

CLOSE = 1e-4  # the record's numbers are rounded, relative to the largest


class CurvePlace(TypedDict):
    """The axes that show a curve. x_i = `first` + i `step`, in the units of the x axis."""

    box: list[float]  # left, top, right, bottom, from the upper left corner
    x: list[float]  # at the left and at the right end
    y: list[float]  # at the lower and at the upper end
    logs: list[bool]  # of x and y: logarithmic, base 10
    first: float
    step: float


def place_of(fig: Figure, series: Sequence[float | int | None]) -> CurvePlace | None:
    """Where the figure shows `series`: a line that begins with it, over evenly spaced x."""
    wanted = np.array([np.nan if each is None else each for each in series], dtype=float)
    for ax in fig.axes:
        for line in ax.lines:
            x = _shown_at(line, wanted)
            scales = (ax.get_xscale(), ax.get_yscale())
            if x is None or not {*scales} <= {"linear", "log"}:
                continue
            box, height = ax.get_window_extent(), fig.bbox.height
            return CurvePlace(
                box=[round(float(each), 2) for each in (box.x0, height - box.y1, box.x1, height - box.y0)],
                x=[float(each) for each in ax.get_xlim()],
                y=[float(each) for each in ax.get_ylim()],
                logs=[scale == "log" for scale in scales],
                first=float(x[0]),
                step=float(x[1] - x[0]),
            )
    return None


def _shown_at(line: Line2D, wanted: np.ndarray) -> Any:
    """The x of each number of `wanted`, if the line begins with them and they are evenly spaced."""
    x, y = (np.asarray(values, dtype=float)[: len(wanted)] for values in line.get_data(orig=False))
    if len(wanted) < 2 or len(y) < len(wanted):
        return None
    scale = float(np.nanmax(np.abs(wanted), initial=0.0)) or 1.0
    same = np.allclose(y, wanted, rtol=CLOSE, atol=CLOSE * scale, equal_nan=True)
    even = np.allclose(np.diff(x), x[1] - x[0], rtol=1e-6, atol=0.0) and x[1] != x[0]
    return x if same and even else None
