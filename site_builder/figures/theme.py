"""The look of figures: a canvas with few ticks and thin rules, labels beside what they name, the theme's colours.

In: data and matplotlib's axes. Out: the same axes, drawn on; `render` makes the SVG. It does not know experiments.

Sizes are CSS pixels of the figure at its full width (one matplotlib point is one pixel here), so 552 wide is the text
column and 828 the page on a window of 1440. Every figure is also drawn 350 wide for phones, by calling its function a
second time: `canvas` then puts panels below each other.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib

matplotlib.use("svg", force=True)

import numpy as np
from cycler import cycler
from matplotlib import rc_context, ticker
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from site_builder.figures import svg
from site_builder.figures.tokens import CATEGORIES, LEVELS, SCALES, palette

Width = Literal["text", "page"]
Scale = Literal["diverging", "sequential"]

WIDTHS = {"text": 552, "page": 828}  # layout.css: --measure, and with gap and gutter, at 16 px
NARROW = 350
NARROW_HEIGHT = 0.82  # a panel's height on a phone against its height on the page
TEXT = 12.0  # matplotlib's size; the page shows it as 13.4 px of the narrower Source Sans (svg.TEXT_SCALE)
SMALL = 11.0
SHADES = 127  # on each side of zero
LABEL_GAP = 15.0  # pixels between two direct labels' baselines

narrow: ContextVar[bool] = ContextVar("narrow", default=False)


def colour(name: str) -> str:
    """The colour to draw with for a token: colour("positive"). It is shown as `var(--positive)`, in both themes."""
    return palette().stand_ins[name]


def colour_map(name: Scale) -> ListedColormap:
    """A colour map for contours, scattered points or bars; for rasters use `heatmap`."""
    return ListedColormap(palette().scales[name], name=f"theme-{name}")


def canvas(
    width: Width = "text", height: float = 3.0, columns: int = 1, rows: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """A figure and its axes: one Axes, or for several panels a flat array of them, row by row.

    `width` is the text column's or the page's; `height` is in hundreds of pixels, as `height=3.0`. On phones panels
    stand below each other. Further arguments go to `Figure.subplots`.
    """
    pixels = height * 100
    across, down = columns, rows
    if narrow.get():
        across = 1 if columns < 4 else 2
        down = -(-columns * rows // across)
        pixels *= NARROW_HEIGHT * down / rows
    fig = new_figure(NARROW if narrow.get() else WIDTHS[width], pixels)
    panels = fig.subplots(down, across, squeeze=False, **subplots).ravel()
    for extra in panels[columns * rows :]:
        extra.remove()
    for ax in panels[: columns * rows]:
        plain(ax)
    return fig, panels[0] if columns * rows == 1 else panels[: columns * rows]


def plane(ax: Axes, limits: tuple[float, float] = (-1.0, 1.0)) -> None:
    """Make the axes a square piece of the plane: one scale for x and y, no grid, an even frame of ticks."""
    ax.set(xlim=limits, ylim=limits, aspect="equal")
    ax.grid(visible=False)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(ticker.MaxNLocator(nbins=2, steps=[1, 2, 5, 10]))
    for side in ("left", "right", "top", "bottom"):
        ax.spines[side].set(visible=True, color=colour("line"), linewidth=1.0)


def heatmap(
    ax: Axes,
    values: Any,
    palette: Scale = "diverging",
    limit: float | None = None,
    extent: tuple[float, float, float, float] | None = None,
    smooth: bool = False,
    lower: bool = False,
) -> None:
    """Draw [rows, columns] numbers as colours, in whatever theme the page shows.

    diverging: -limit is --negative, 0 is paper, +limit is --positive. sequential: 0 is paper, limit is --accent.
    Without `limit` it is the largest magnitude. NaN is left empty. `lower`: row 0 is at the bottom.
    """
    numbers = np.asarray(values, float)
    full = limit or float(np.nanmax(np.abs(numbers))) or 1.0
    if extent is None:  # a picture, not a field in a plane: rows and columns need no axes
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
    look = "smooth" if smooth else "pixels"
    ground = "clear" if np.isnan(numbers).any() else "paper"
    for token, cover in _covers(numbers / full, palette):
        picture = ax.imshow(
            np.dstack([cover] * 3),
            extent=extent,
            interpolation="none",
            origin="lower" if lower else "upper",
            aspect=ax.get_aspect() if extent else "equal",
            zorder=0.5,
        )
        picture.set_gid(f"{token}-{look}-{ground}")
        ground = "clear"


def image_grid(
    images: Any,
    labels: Sequence[str],
    width: Width = "text",
    columns: int = 5,
    palette: Scale = "diverging",
    limit: float | None = None,
) -> Figure:
    """A figure of small images [n, rows, columns], each under its label, all on one colour scale."""
    pictures = np.asarray(images, float)
    across = min(columns, 5) if narrow.get() else columns
    down = -(-len(pictures) // across)
    _, rows, wide = pictures.shape
    gap, head = max(round(wide / 8), 1), max(round(wide / 3.5), 1)  # in the images' own pixels
    sheet = np.zeros((down * (head + rows + gap) - gap, across * (wide + gap) - gap))
    depth, span = sheet.shape
    pixels = NARROW if narrow.get() else WIDTHS[width]
    fig = Figure(figsize=(pixels / 72, pixels / 72 * depth / span), dpi=72)
    ax = fig.add_axes((0.0, 0.0, 1.0, 1.0))
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        left, top = index % across * (wide + gap), index // across * (head + rows + gap) + head
        sheet[top : top + rows, left : left + wide] = picture
        ax.text(left, top - 0.06 * wide, label, size=TEXT, color=colour("ink-2"))
        frame = (0, 1, 1, 0, 0), (0, 0, 1, 1, 0)
        ax.plot(left + wide * np.array(frame[0]), top + rows * np.array(frame[1]), color=colour("line"), linewidth=1)
    heatmap(
        ax, sheet, palette, limit, (0, span, depth, 0)
    )  # one raster for all: a PNG's frame weighs more than 64 pixels
    ax.set_axis_off()
    ax.set(xlim=(-0.1, span + 0.1), ylim=(depth + 0.1, -0.1), aspect="auto")
    return fig


def direct_label(ax: Axes, *lines: Line2D) -> None:
    """Write each line's label beside its last point, in its colour, instead of a legend. Labels keep their distance."""
    for line in lines or ax.get_lines():
        label = str(line.get_label())
        if label.startswith("_"):
            continue
        x, y = np.asarray(line.get_xdata())[-1], np.asarray(line.get_ydata())[-1]
        note = ax.annotate(
            label,
            (x, y),
            (7, 0),
            textcoords="offset points",
            va="center",
            color=line.get_color(),
            annotation_clip=False,
        )
        note.set_gid("direct")


def panel_label(ax: Axes, text: str) -> None:
    """A panel's heading, at its upper left."""
    ax.set_title(text, loc="left", fontsize=TEXT, fontweight="bold", color=colour("ink"))


def colour_key(ax: Axes, palette: Scale, low: str, high: str, middle: str = "") -> None:
    """A thin bar above the axes' right end that says what the ends of a palette mean."""
    bar = ax.inset_axes((0.62, 1.035, 0.38, 0.028))
    start = -LEVELS if palette == "diverging" else 0
    heatmap(bar, np.linspace(start, LEVELS, 129)[None] / LEVELS, palette, 1.0, (0, 1, 0, 1), smooth=True)
    bar.set(aspect="auto", xticks=[], yticks=[])
    bar.spines[:].set_visible(False)
    for x, text, align in ((0.0, low, "left"), (0.5, middle, "center"), (1.0, high, "right")):
        if text:
            bar.annotate(
                text,
                (x, 1),
                (0, 4),
                xycoords="axes fraction",
                textcoords="offset points",
                ha=align,
                size=SMALL,
                color=colour("ink-2"),
            )


@dataclass(frozen=True)
class Picture:
    """A rendered figure, and the column it was made for."""

    svg: str
    width: Width


@contextmanager
def styled(for_phones: bool = False) -> Iterator[None]:
    """matplotlib with the theme's settings and no others, whatever the author's machine says."""
    token = narrow.set(for_phones)
    try:
        with rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_settings())
            yield
    finally:
        narrow.reset(token)


def render(fig: Figure, name: str, alt: str) -> Picture:
    """The figure as the page's SVG. To be called inside `styled`; the same figure gives the same text."""
    for ax in fig.axes:
        _settle(ax)
    fig.draw_without_rendering()
    for ax in fig.axes:
        _spread(ax)
    written = io.StringIO()
    FigureCanvasSVG(fig).print_figure(written, format="svg", metadata={"Date": None})
    size, prefix = ("only-narrow", f"{name}-narrow") if narrow.get() else ("only-wide", name)
    text = svg.themed(written.getvalue(), f"svg-{prefix}", alt, palette().css, f"figure-svg {size}")
    width: Width = "page" if round(fig.get_figwidth() * 72) > WIDTHS["text"] else "text"
    return Picture(text, width)


def _settings() -> Any:
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "build-site",
        "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine measures the same
        "font.size": TEXT,
        "text.parse_math": False,  # the page sets formulas, see svg
        "text.color": colour("ink"),
        "axes.facecolor": "none",
        "axes.edgecolor": colour("ink-3"),
        "axes.labelcolor": colour("ink-2"),
        "axes.labelsize": TEXT,
        "axes.linewidth": 1.0,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.xmargin": 0.0,
        "axes.prop_cycle": cycler(color=[colour(name) for name in CATEGORIES]),
        "axes.formatter.limits": (-4, 6),
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.facecolor": "none",
        "grid.color": colour("line"),
        "grid.linewidth": 1.0,
        "lines.linewidth": 2.0,
        "lines.markersize": 6.0,
        "lines.solid_capstyle": "round",
        "patch.linewidth": 0.0,
        "scatter.edgecolors": "none",
        "xtick.color": colour("ink-3"),
        "ytick.color": colour("ink-3"),
        "xtick.labelcolor": colour("ink-2"),
        "ytick.labelcolor": colour("ink-2"),
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "xtick.major.size": 4.0,
        "xtick.major.width": 1.0,
        "ytick.major.size": 0.0,
        "ytick.major.pad": 6.0,
        "xtick.minor.visible": False,
        "legend.frameon": False,
        "legend.fontsize": SMALL,
        "image.cmap": "gray",
    }


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many pixels, which finds room for its labels by itself."""
    layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.05, wspace=0.05, hspace=0.06)
    return Figure(figsize=(width / 72, height / 72), dpi=72, layout=layout)


def plain(ax: Axes) -> None:
    """Few, round ticks."""
    ax.xaxis.set_major_locator(ticker.MaxNLocator(nbins=4 if narrow.get() else 6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(ticker.MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))


def _settle(ax: Axes) -> None:
    """What can only be done when the author has finished: the y label lies flat above the axis, log ticks are words."""
    if ax.get_ylabel():
        ax.annotate(
            ax.get_ylabel(),
            (0, 1),
            (0, 7),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="left",
            va="bottom",
            size=TEXT,
            color=colour("ink-2"),
            annotation_clip=False,
        )
        ax.set_ylabel("")
        if ax.get_title(loc="left"):
            ax.set_title(ax.get_title(loc="left"), loc="left", fontsize=TEXT, fontweight="bold", pad=26)
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            axis.set_minor_locator(ticker.NullLocator())
            if isinstance(axis.get_major_locator(), ticker.FixedLocator):  # the figure's own ticks
                axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
                continue
            axis.set_major_locator(ticker.LogLocator(numticks=6))
            axis.set_major_formatter(ticker.FuncFormatter(_power))


def _power(value: float, _: int | None) -> str:
    """Powers of ten as people write them: 0.001 to 1,000 in full, others as 10⁻⁴."""
    exponent = round(float(np.log10(value)))
    if -3 <= exponent <= 4:
        return f"{value:,.{max(-exponent, 0)}f}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _spread(ax: Axes) -> None:
    """Push direct labels apart that would overlap, both of a pair by half of what is missing."""
    notes = [child for child in ax.texts if isinstance(child, Annotation) and child.get_gid() == "direct"]
    places = sorted(((float(ax.transData.transform(note.xy)[1]), note) for note in notes), key=lambda place: place[0])
    heights = [height for height, _ in places]
    for _ in range(50):
        for lower in range(len(heights) - 1):
            overlap = LABEL_GAP - (heights[lower + 1] - heights[lower])
            if overlap > 0:
                heights[lower] -= overlap / 2
                heights[lower + 1] += overlap / 2
    for height, (wanted, note) in zip(heights, places, strict=True):
        note.set_position((7, height - wanted))


def _covers(share: Any, name: Scale) -> Iterator[tuple[str, Any]]:
    """Of numbers -1..1 (diverging) or 0..1, for each end of the scale its token and how much of it lies on the paper.

    One colour laid on another is their mixture: so a raster of bytes [rows, columns] says for both themes what is seen.
    """
    known = np.nan_to_num(np.clip(share, -1.0, 1.0))
    ends = [(token, sign) for token, sign in zip(SCALES[name], (-1, 1), strict=True) if token]
    covers = [(token, np.rint(np.clip(sign * known, 0.0, 1.0) * SHADES) / SHADES * 255) for token, sign in ends]
    seen = [(token, cover) for token, cover in covers if cover.any()]
    yield from ((token, cover.astype(np.uint8)) for token, cover in seen or covers[-1:])


__all__ = [
    "canvas",
    "colour",
    "colour_key",
    "colour_map",
    "direct_label",
    "heatmap",
    "image_grid",
    "panel_label",
    "plane",
    "render",
    "styled",
]
