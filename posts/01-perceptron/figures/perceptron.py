"""The perceptron on points: its way, its mistakes beside their bound, and XOR."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.perceptron.model import build, inputs, slots
from site_builder.figures import Lab, Run, canvas, colour, direct_label, experiment, figure, panel_label, plane

from .shared import CORNER, CORNERS, Result, draw_points


def trajectory(run: Run, limit: int) -> tuple[np.ndarray, list[int]]:
    """Augmented weights after 0, 1, 2, … mistakes, until there are none or `limit`; and how many points were wrong."""
    weights, wrong = [], []
    for _ in range(limit + 1):
        run.run("look")
        weights.append([*run.read("weights"), float(run.read("bias"))])
        wrong.append(int(run.read("wrong")))
        if wrong[-1] == 0:
            break
        run.run("step")
    return np.array(weights), wrong


def measured(run: Run) -> Result:
    """R and the bracket of γ, narrowed until its ends are within 0.5 %."""
    for _ in range(20):
        run.run("tighten", times=120)
        run.run("measure")
        least, most = float(run.read("margin_at_least")), float(run.read("margin_at_most"))
        if least > 0 and most / least < 1.005:
            break
    radius = float(run.read("radius"))
    return {"radius": radius, "margin": least, "bound": (radius / least) ** 2}


@experiment
def perceptron(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=inputs())
    weights, _ = trajectory(run, 100)
    return {"weights": weights, "mistakes": int(run.read("mistakes")), **measured(run)}


@experiment
def orders(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=inputs())
    counts = []
    for seed in range(1, 61):
        run.write("seed", seed)
        run.run("init")
        run.run("step", times=60)
        counts.append(int(run.read("mistakes")))
    return {"runs": len(counts), "fewest": min(counts), "most": max(counts)}


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
def margins(lab: Lab) -> Result:
    rng = np.random.default_rng(1962)
    run = lab.run(build(), seed=1, writes=inputs())
    mistakes, bounds = [], []
    for _ in range(40):
        for name, value in separable_set(rng).items():
            run.write(name, np.asarray(value))
        run.run("init")
        before = -1.0
        while before != (before := float(run.read("mistakes"))):
            run.run("step", times=100)
        mistakes.append(int(before))
        bounds.append(measured(run)["bound"])
    share = np.array(mistakes) / np.array(bounds)
    return {
        "mistakes": np.array(mistakes),
        "bounds": np.array(bounds),
        "sets": len(mistakes),
        "largest_share": float(share.max()),
        "median_share": float(np.median(share)),
    }


@experiment
def xor(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=CORNERS)
    weights, wrong = trajectory(run, 399)
    run.run("step", times=10_000 - 800)
    last, _ = trajectory(run, 399)
    seen = np.round(np.concatenate([weights, last]) / [CORNER, CORNER, 1.0]).astype(int)
    return {
        "weights": weights,
        "steps": int(run.read("step")),
        "mistakes": int(run.read("mistakes")),
        "fewest_wrong": min(wrong),
        "distinct": len(np.unique(seen, axis=0)),
        "longest": float(np.linalg.norm(np.concatenate([weights, last]), axis=1).max()),
    }


def draw_boundary(ax: Any, weights: np.ndarray, **style: Any) -> None:
    """The line w·x + b = 0, where w is not zero."""
    w, b = weights[:2], weights[2]
    length = np.hypot(*w)
    if length > 1e-9:
        foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
        ax.plot(*np.transpose([foot - 4 * along, foot + 4 * along]), **style)


@figure(
    perceptron,
    alt="Left: two classes of points and the boundaries of one run, the last of which separates them. "
    "Right: the length of the weights lies between a lower line and an upper curve that cross at the bound.",
)
def perceptron_run(result: Result) -> Any:
    fig, (left, right) = canvas("page", height=3.9, columns=2)
    plane(left)
    draw_points(left, inputs())
    weights = result["weights"]
    for age, each in enumerate(weights[1:-1]):
        draw_boundary(left, each, color=colour("ink-3"), lw=1, alpha=0.15 + 0.65 * age / len(weights))
    draw_boundary(left, weights[-1], color=colour("ink"), lw=2.2)
    panel_label(left, f"The boundary, {result['mistakes']} mistakes")

    k = np.geomspace(1, 2 * result["bound"], 60)
    low, high, bound = result["margin"] * k, result["radius"] * np.sqrt(k), result["bound"]
    right.fill_between(k, low, high, where=k <= bound * 1.02, color=colour("accent-2"))
    right.plot(k, high, color=colour("ink-3"), lw=1.2)
    right.plot(k, low, color=colour("ink-3"), lw=1.2)
    right.axvline(bound, color=colour("accent"), lw=1, ls=(0, (4, 3)))
    lengths = np.linalg.norm(weights[1:], axis=1)
    right.plot(np.arange(1, len(lengths) + 1), lengths, ".-", color=colour("cat-1"), ms=8, lw=1.5)
    right.set(xscale="log", yscale="log", xlabel="mistakes k", ylim=(0.1, 60))
    for x, y, text, tone in (
        (1.3, result["radius"] * 1.9, "at most R√k", "ink-2"),
        (1.6, result["margin"] * 1.15, "at least γk", "ink-2"),
        (14, 4.4, "this run", "cat-1"),
        (bound * 0.9, 0.13, f"bound {bound:.0f}", "accent"),
    ):
        align = "right" if tone == "accent" else "left"
        right.text(x, y, text, color=colour(tone), va="bottom", ha=align)
    panel_label(right, "Length of the weights after each mistake")
    return fig


@figure(
    perceptron,
    alt="The same points twice. After four mistakes the boundary cuts through a class, at the end it separates both.",
)
def demo_perceptron(result: Result) -> Any:
    fig, panels = canvas("page", height=4.4, columns=2)
    weights = result["weights"]
    for ax, k in zip(panels, (4, len(weights) - 1), strict=True):
        plane(ax)
        for earlier in weights[max(k - 4, 1) : k]:
            draw_boundary(ax, earlier, color=colour("ink-3"), lw=1, alpha=0.6)
        draw_boundary(ax, weights[k], color=colour("ink"), lw=2.2)
        draw_points(ax, inputs())
        panel_label(ax, f"After {k} mistakes")
    return fig


@figure(
    margins,
    alt="Forty dots on logarithmic axes, all of them far below the diagonal on which mistakes equal the bound.",
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


@figure(
    xor,
    alt="Left: four corners of a square with opposite labels and a handful of lines, none of which separates them. "
    "Right: the length of the weights stays below three while the upper limit keeps growing.",
)
def xor_wandering(result: Result) -> Any:
    fig, (left, right) = canvas("page", height=3.6, columns=2)
    plane(left)
    for each in np.unique(np.round(result["weights"], 3), axis=0):
        draw_boundary(left, each, color=colour("ink-3"), lw=1, alpha=0.8)
    draw_points(left, CORNERS)
    panel_label(left, "Every boundary it tried")

    shown = 40
    k = np.linspace(0, shown, 121)
    right.plot(k, np.sqrt(2 * CORNER**2 + 1) * np.sqrt(k), color=colour("ink-3"), lw=1.2)
    right.text(9, 5.5, "at most R√k", color=colour("ink-2"), ha="right")
    lengths = np.linalg.norm(result["weights"][: shown + 1], axis=1)
    right.step(np.arange(len(lengths)), lengths, where="mid", color=colour("cat-1"), lw=1.5, label="this run")
    right.set(xlabel="mistakes k", ylim=(0, 6.2))
    direct_label(right)
    panel_label(right, "Length of the weights")
    return fig
