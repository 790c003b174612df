"""What several chapters draw: panels arranged one way on the page and another on a phone, points in the colours of
their classes, a network with all its weights.

In: axes and numbers. Out: the same axes, drawn on. It knows the theme's colours and no experiment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from site_builder.figures.theme import NARROW, WIDTHS, Width, colour, narrow, new_figure, plain


def on_phone() -> bool:
    """Whether the figure is being drawn for a narrow screen. Every figure is drawn twice, see `theme`."""
    return narrow.get()


def mosaic(
    width: Width,
    page: tuple[str, float, Sequence[float]],
    phone: tuple[str, float, Sequence[float]],
) -> tuple[Figure, dict[str, Axes]]:
    """A figure whose panels, called by letters, are arranged one way on the page and another on a phone.

    Each arrangement is its rows of letters, its height in hundreds of pixels, and how high its rows are to each other:
    `mosaic("page", ("ab;cc", 9.4, (1, 1.3)), ("a;b;c", 14.4, (1, 1, 1.6)))` has two panels above a wide third one, or
    three below each other. Raises matplotlib's ValueError where the letters form no rectangles.
    """
    letters, height, ratios = phone if narrow.get() else page
    fig = new_figure(NARROW if narrow.get() else WIDTHS[width], height * 100)
    panels = fig.subplot_mosaic(letters, height_ratios=list(ratios))
    for ax in panels.values():
        plain(ax)
    return fig, panels


def class_points(ax: Axes, places: Any, labels: Any, size: float, every: int = 1) -> None:
    """Points [n, 2] in the colours of their classes [n]: -1 is --negative, +1 is --positive.

    `size` is in pixels squared. `every`: of each class only every so many, since small pictures need no more.
    """
    for sign, name in ((-1, "negative"), (1, "positive")):
        x, y = np.asarray(places)[np.asarray(labels) == sign][::every].T
        ax.scatter(x, y, s=size, color=colour(name), zorder=3)


def ink(ax: Axes, image: Any) -> None:
    """A drawing [rows, columns] of numbers from 0 to 1 as squares of that much ink in a frame, the first row on top."""
    rows, columns = np.shape(image)
    ax.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal", xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color=colour("line"))
    for (row, column), share in np.ndenumerate(np.asarray(image)):
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor=colour("ink"), alpha=float(share), linewidth=0))


def network(ax: Axes, weights: Sequence[Any]) -> None:
    """Units in columns; connections as wide as their weights are large, in the colours of their signs.

    `weights`: a matrix [units before, units after] for each layer. All are to one scale.
    """
    ax.set_axis_off()
    most = max(float(np.abs(weight).max()) for weight in weights)
    sizes = [np.shape(weights[0])[0], *(np.shape(weight)[1] for weight in weights)]
    tallest = max(sizes)
    places = [
        [(column, ((size - 1) / 2 - k) * tallest / size) for k in range(size)] for column, size in enumerate(sizes)
    ]
    for column, weight in enumerate(weights):
        for (before, after), w in np.ndenumerate(np.asarray(weight)):
            (xa, ya), (xb, yb) = places[column][before], places[column + 1][after]
            shade, share = colour("negative" if w < 0 else "positive"), abs(w) / most
            line, seen = round(0.4 + 4 * share, 1), round(0.3 + 0.6 * share, 1)
            ax.plot([xa, xb], [ya, yb], color=shade, linewidth=line, alpha=seen)
    x, y = np.array([place for column in places for place in column]).T
    ax.scatter(x, y, s=150, color=colour("paper"), edgecolors=colour("ink-3"), linewidths=1.2, zorder=3)
    reach = tallest / 2 + 0.2
    ax.set(xlim=(-0.15, len(sizes) - 0.85), ylim=(-reach, reach))


__all__ = ["class_points", "ink", "mosaic", "network", "on_phone"]
