"""What the bound is made of: points with one coordinate more, a hull, and how tight it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.perceptron.model import build, inputs, slots
from site_builder.figures import Lab, canvas, colour, experiment, figure

from .shared import Result, measured

# Five numbers in two classes, which a threshold at 0.3 separates and no line through the origin of the axis can.
NUMBERS = np.array([-0.9, -0.5, 0.1, 0.5, 0.8])
SIGNS = np.array([-1, -1, -1, 1, 1])
BESIDE = ((0.5, 0.9), (0.9, 0.9))  # one of each class
WEIGHTS = np.array([1.0, -0.3])  # of the number, and of the constant 1


def number_line(ax: Any, limits: tuple[float, float]) -> None:
    """Equal scales, and both axes through the origin."""
    ax.grid(visible=False)
    ax.axhline(0, color=colour("line"), lw=1)
    ax.axvline(0, color=colour("line"), lw=1)
    ax.set(aspect="equal", xlim=(-1.15, 1.15), ylim=limits)


def draw_signed(ax: Any, places: np.ndarray) -> None:
    for sign, name, marker in ((-1, "negative", "o"), (1, "positive", "s")):
        ax.scatter(*places[sign == SIGNS].T, s=42, color=colour(name), marker=marker, zorder=3)


@figure(
    alt="Five numbers drawn as points at height one. A line through the origin separates the classes, at a right angle "
    "to an arrow, the weights; it crosses the height one at 0.3.",
)
def augmented() -> Any:
    fig, ax = canvas("text", height=2.9)
    number_line(ax, (-0.45, 1.35))
    ax.axhline(1, color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    across = np.array([0.3, 1.0])
    ax.plot(*np.transpose([-0.45 * across, 1.35 * across]), color=colour("ink"), lw=2.2)
    ax.annotate("", WEIGHTS * 0.75, (0, 0), arrowprops={"arrowstyle": "->", "color": colour("accent"), "lw": 2})
    draw_signed(ax, np.column_stack([NUMBERS, np.ones(5)]))
    for x, y, text, tone, align in (
        (0.79, -0.2, "(w, b)", "accent", "left"),
        (0.47, 1.22, "boundary", "ink", "left"),
        (-1.13, 1.04, "height 1", "ink-2", "left"),
    ):
        ax.text(x, y, text, color=colour(tone), ha=align, va="bottom")
    ax.set(xlabel="the number x", ylabel="the constant", yticks=[0, 1], xticks=[-1, 0, 1])
    return fig


@figure(
    alt="The five points, those of the class −1 turned around the origin, and the polygon around them. The origin lies "
    "outside of it, and an arrow goes from there to the nearest point of the polygon.",
)
def hull() -> Any:
    from matplotlib.patches import Polygon

    fig, ax = canvas("text", height=3.6)
    number_line(ax, (-1.3, 1.3))
    z = SIGNS[:, None] * np.column_stack([NUMBERS, np.ones(5)])
    corners = z[[0, 2, 3, 4]]  # the point that is left out lies on an edge
    ax.add_patch(Polygon(corners, facecolor=colour("accent-2"), edgecolor=colour("ink-3"), lw=1.2, zorder=1))
    start, edge = z[2], z[3] - z[2]
    nearest = start - (start @ edge) / (edge @ edge) * edge
    ax.annotate("", nearest, (0, 0), arrowprops={"arrowstyle": "->", "color": colour("good"), "lw": 2}, zorder=4)
    draw_signed(ax, z)
    ax.text(nearest[0] + 0.06, nearest[1] - 0.02, "v", color=colour("good"), va="center")
    ax.text(-0.04, 0.04, "0", color=colour("ink-2"), ha="right")
    ax.set(xlabel="y times x", ylabel="y times 1", yticks=[-1, 0, 1], xticks=[-1, 0, 1])
    return fig


def separable_set(rng: np.random.Generator) -> dict[str, object]:
    """24 to 60 points around a random line with an empty band of random width."""
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    band = 10 ** rng.uniform(-2.2, -0.4)
    points = rng.uniform(-1, 1, (2000, 2))
    side = points @ [np.cos(angle), np.sin(angle)] + offset
    kept = np.flatnonzero(np.abs(side) > band)[: rng.integers(24, 60)]
    classes = ([tuple(p) for p in points[kept][side[kept] * sign > 0].tolist()] for sign in (-1, 1))
    return slots(*classes)


@experiment
def tilt(lab: Lab) -> Result:
    """Two points of equal height, whose widest street is upright: by how much the green line of the demo leans."""
    run = lab.run(build(), seed=1, writes=slots([BESIDE[0]], [BESIDE[1]]))
    measured(run)
    (x_low, y_low), (x_high, y_high) = run.read("band")[2:4]  # the ends of the line in the middle
    return {"degrees": float(np.degrees(np.arctan2(abs(x_high - x_low), abs(y_high - y_low))))}


@experiment
def margins(lab: Lab) -> Result:
    rng = np.random.default_rng(1962)
    run = lab.run(build(), seed=1, writes=inputs())
    sets, mistakes, bounds = [separable_set(rng) for _ in range(40)], [], []
    for each in sets:
        for name, value in each.items():
            run.write(name, np.asarray(value))
        run.run("init")
        before = -1.0
        while before != (before := float(run.read("mistakes"))):
            run.run("step", times=100)
        mistakes.append(int(before))
        bounds.append(measured(run)["bound"])
    share = np.array(mistakes) / np.array(bounds)
    worst = int(share.argmax())
    again = lab.run(build(), seed=1, writes=sets[worst])
    again.run("step", times=mistakes[worst])
    return {
        "mistakes": np.array(mistakes),
        "bounds": np.array(bounds),
        "sets": len(mistakes),
        "largest_share": float(share.max()),
        "median_share": float(np.median(share)),
        "replay": again.record(program="step", times=mistakes[worst], series=["length.history"]),
    }


@figure(
    margins,
    alt="Forty dots on logarithmic axes, all of them below the diagonal on which mistakes equal the bound.",
    replay="margins",
)
def mistakes_against_bound(result: Result) -> Any:
    fig, ax = canvas("text", height=3.6)
    span = np.array([4.0, result["bounds"].max() * 2])
    ax.fill_between(span, span, span[1], color=colour("paper-2"))
    ax.plot(span, span, color=colour("ink"), lw=1.2)
    ax.scatter(result["bounds"], result["mistakes"], s=26, color=colour("cat-1"), alpha=0.85, zorder=3)
    ax.set(xscale="log", yscale="log", xlim=span, ylim=(1, span[1]), xlabel="bound (R/γ)²", ylabel="mistakes made")
    ax.text(0.05, 0.9, "forbidden by the theorem", transform=ax.transAxes, color=colour("ink-2"), va="top")
    return fig
