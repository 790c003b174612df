"""The perceptron on the points that the demo begins with: its way, other orders, the bound; and where it starts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from demos.perceptron.model import build, inputs
from site_builder.figures import Lab, Run, canvas, class_points, colour, experiment, figure, panel_label, plane

from .shared import Result, draw_boundary, draw_points, measured, present, street


def trajectory(run: Run, limit: int) -> np.ndarray:
    """Augmented weights after 0, 1, 2, … mistakes, until no point is wrong or `limit`."""
    weights = []
    for _ in range(limit + 1):
        run.run("look")
        weights.append([*run.read("weights"), float(run.read("bias"))])
        if int(run.read("wrong")) == 0:
            break
        run.run("step")
    return np.array(weights)


@experiment
def perceptron(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=inputs())
    weights = trajectory(run, 100)
    found = measured(run)
    mistakes = int(run.read("mistakes"))
    return {
        "weights": weights,
        "mistakes": mistakes,
        **found,
        "most": math.floor(found["bound"]),
        "street": street(weights[-1], inputs()),
        "replay": run.record(program="step", times=mistakes, series=["length.history"]),
    }


@experiment
def orders(lab: Lab) -> Result:
    """Sixty seeds, that is sixty orders of the mistakes, on the same points."""
    run = lab.run(build(), seed=1, writes=inputs())
    widest = measured(run)["margin"]
    counts, ends, streets = [], [], []
    for seed in range(1, 61):
        run.write("seed", seed)
        run.run("init")
        run.run("step", times=60)
        counts.append(int(run.read("mistakes")))
        ends.append([*run.read("weights"), float(run.read("bias"))])
        streets.append(street(np.array(ends[-1]), inputs()) / widest)
    return {
        "runs": len(counts),
        "fewest": min(counts),
        "most": max(counts),
        "closest": closest(np.array(ends)),
        "narrowest": min(streets),
        "widest": max(streets),
        "median": float(np.median(streets)),
    }


def closest(weights: np.ndarray) -> float:
    """The smallest distance between any two of these vectors, [n, 3], each scaled to length 1: 0 for equal lines."""
    units = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    distances = np.linalg.norm(units[:, None] - units, axis=2)
    return float(distances[np.triu_indices(len(units), 1)].min())


@figure(
    perceptron,
    alt="Left: two classes of points and the boundaries of one run, the last of which separates them. "
    "Right: the length of the weights lies between a lower line and an upper curve that cross at the bound.",
    replay="perceptron",
)
def perceptron_run(result: Result) -> Any:
    fig, (left, right) = canvas("page", height=3.9, columns=2)
    plane(left)
    draw_points(left, inputs())
    weights = result["weights"]
    for age, each in enumerate(weights[1:-1]):
        draw_boundary(left, each, color=colour("ink-3"), lw=1, alpha=0.15 + 0.65 * age / len(weights))
    draw_boundary(left, weights[-1], color=colour("ink"), lw=2.2)
    left.set(xlabel="x₁", ylabel="x₂")
    panel_label(left, f"The boundary, {result['mistakes']} mistakes")
    draw_wedge(right, result)
    lengths = np.linalg.norm(weights[1:], axis=1)
    right.plot(np.arange(1, len(lengths) + 1), lengths, ".-", color=colour("cat-1"), ms=8, lw=1.5)
    right.text(14, 4.4, "this run", color=colour("cat-1"), va="bottom")
    return fig


def draw_wedge(ax: Any, result: Result) -> None:
    """The two limits of the weights' length, both axes logarithmic, and where they cross."""
    bound = result["bound"]
    k = np.geomspace(1, 2 * bound, 60)
    low, high = result["margin"] * k, result["radius"] * np.sqrt(k)
    ax.fill_between(k, low, high, where=k <= bound * 1.02, color=colour("accent-2"))
    for limit in (low, high):
        ax.plot(k, limit, color=colour("ink-3"), lw=1.2)
    ax.axvline(bound, color=colour("accent"), lw=1, ls=(0, (4, 3)))
    ax.set(xscale="log", yscale="log", xlabel="mistakes k", ylabel="length of w", ylim=(0.1, 60))
    for x, y, text, tone in (
        (1.3, result["radius"] * 1.9, "at most R√k", "ink-2"),
        (1.6, result["margin"] * 1.15, "at least γk", "ink-2"),
        (bound * 0.9, 0.13, f"{result['most']} mistakes", "accent"),
    ):
        align = "right" if tone == "accent" else "left"
        ax.text(x, y, text, color=colour(tone), va="bottom", ha=align)
    panel_label(ax, "Length of the weights")


@figure(perceptron, alt="Twenty-two points of two classes, and no boundary yet: all weights are zero.")
def demo_perceptron(_: Result) -> Any:
    fig, ax = canvas("text", height=5.8)
    plane(ax)
    class_points(ax, *present(inputs()), size=150)
    ax.set(xlabel="x₁", ylabel="x₂")
    return fig
