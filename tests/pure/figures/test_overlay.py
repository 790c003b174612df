"""Where a figure shows the curve that readers compute again: found by its numbers, in the units of the drawing."""

from __future__ import annotations

import re

import numpy as np
import pytest

from site_builder.figures import canvas, theme
from site_builder.figures.overlay import CurvePlace, place_of

CURVE = re.compile(r'<path d="M([\d.]+) ([\d.]+)l[^>]* stroke="var\(--cat-1\)"')
LOSSES = 2.0 * 0.97 ** np.arange(60)


def on(place: CurvePlace, i: int, value: float) -> tuple[float, float]:
    """Where the curve's entry stands in the drawing."""
    ends = [place["x"], place["y"]]
    at = [place["first"] + i * place["step"], value]
    if place["logs"][1]:
        at[1], ends[1] = np.log10(at[1]), list(np.log10(ends[1]))
    u, v = ((here - low) / (high - low) for here, (low, high) in zip(at, ends, strict=True))
    left, top, right, bottom = place["box"]
    return left + (right - left) * u, bottom - (bottom - top) * v


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("first", [0.0, 1.0])
def test_the_curve_stands_where_the_drawing_has_it(scale: str, first: float) -> None:
    with theme.styled():
        fig, (before, ax) = canvas("page", height=3.0, columns=2)
        before.plot(np.arange(60.0), LOSSES * 1.1)
        ax.plot(first + np.arange(60.0), LOSSES)
        ax.set(yscale=scale, xlabel="step", ylabel="loss")
        drawn = theme.render(fig, "one", "A curve").svg
        place = place_of(fig, [float(f"{loss:.6g}") for loss in LOSSES[:40]])
    assert place is not None
    x, y = (float(number) for number in CURVE.findall(drawn)[-1])
    assert (place["first"], place["step"]) == (first, 1.0)
    assert on(place, 0, LOSSES[0]) == pytest.approx((x, y), abs=0.2)


def test_what_no_line_shows_has_no_place() -> None:
    with theme.styled():
        fig, ax = canvas(height=3.0)
        ax.plot(np.arange(60.0), LOSSES)
        ax.plot(np.arange(60.0) ** 2, LOSSES + 1)
        theme.render(fig, "one", "A curve")
        assert place_of(fig, list(LOSSES * 1.01)) is None
        assert place_of(fig, list(LOSSES + 1)) is None, "its steps are not even"
        assert place_of(fig, [*LOSSES, 0.1]) is None, "the line ends before"
        assert place_of(fig, [float(LOSSES[0])]) is None, "one number is no curve"
