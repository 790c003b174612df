"""Four corners of a square, opposite ones in the same class: Rosenblatt's rule for ever, and softmax regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.perceptron.model import TRAIL, build, build_softer, inputs
from site_builder.figures import (
    Lab,
    Run,
    canvas,
    colour,
    direct_label,
    experiment,
    figure,
    heatmap,
    mosaic,
    panel_label,
    plane,
)

from .shared import CORNER, CORNERS, Result, draw_boundary, draw_points

SEEDS = (1, 2, 3)
LOOKS = 80  # of TRAIL mistakes each, so that every weight vector of a run is seen


@experiment
def xor(lab: Lab) -> Result:
    """Three seeds; every weight vector that the rule had, after each of 10,240 steps."""
    runs = []
    for seed in SEEDS:
        run = lab.run(build(), seed=seed, writes=CORNERS)
        seen = []
        for look in range(LOOKS):
            run.run("step", times=TRAIL)
            if look == 0 and seed == SEEDS[0]:
                replay = run.record(program="step", times=TRAIL, series=["length.history"])
            seen.append(np.column_stack([run.read("trail"), run.read("bias_trail")]))
        runs.append((int(run.read("mistakes")), np.concatenate(seen)))
    visited = [np.unique(np.round(weights / [CORNER, CORNER, 1.0]).astype(int), axis=0) for _, weights in runs]
    everywhere = np.unique(np.concatenate(visited), axis=0)
    return {
        "runs": len(runs),
        "steps": LOOKS * TRAIL,
        "fewest_mistakes": min(mistakes for mistakes, _ in runs),
        "distinct": len(everywhere),
        "longest": float(max(np.linalg.norm(weights, axis=1).max() for _, weights in runs)),
        "visited": everywhere * [CORNER, CORNER, 1.0],
        "lengths": np.linalg.norm(runs[0][1][:TRAIL], axis=1),
        "replay": replay,
    }


@figure(
    xor,
    alt="Left: four corners of a square with opposite labels and a handful of lines, none of which separates them. "
    "Right: the length of the weights goes up and down and stays low while the upper limit keeps growing.",
    replay="xor",
)
def xor_wandering(result: Result) -> Any:
    fig, (left, right) = canvas("page", height=3.6, columns=2)
    plane(left)
    for each in result["visited"]:
        draw_boundary(left, each, color=colour("ink-3"), lw=1, alpha=0.8)
    draw_points(left, CORNERS)
    left.set(xlabel="x₁", ylabel="x₂")
    panel_label(left, "Every boundary it tried")

    lengths = [0.0, *result["lengths"][:40]]
    k = np.linspace(0, len(lengths) - 1, 121)
    right.plot(k, np.sqrt(2 * CORNER**2 + 1) * np.sqrt(k), color=colour("ink-3"), lw=1.2)
    right.text(9, 5.5, "at most R√k", color=colour("ink-2"), ha="right")
    right.step(np.arange(len(lengths)), lengths, where="mid", color=colour("cat-1"), lw=1.5, label="this run")
    right.set(xlabel="mistakes k", ylabel="length of w", ylim=(0, 6.2))
    direct_label(right)
    panel_label(right, "Length of the weights")
    return fig


def probability(weights: np.ndarray, bias: np.ndarray, side: int = 97) -> np.ndarray:
    """Probability of class +1 over the plane, [side, side], bottom row first."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, side)] * 2)
    z = np.stack([x, y], axis=-1) @ weights + bias
    return np.asarray(1 / (1 + np.exp(z[..., 0] - z[..., 1])))


@experiment
def softer(lab: Lab) -> Result:
    """Softmax regression on the default points and on the corners; there it begins with three of four right."""
    corners, parted = (lab.run(build_softer(), seed=1, writes=writes) for writes in (CORNERS, inputs()))
    lengths = []
    for _ in range(2):
        parted.run("step", times=200)
        lengths.append(length(parted))
    replay = parted.record(program="step", times=400, series=["loss.history"])
    parted_end = end(parted, "parted")
    parted.run("step", times=3_600)
    lengths.append(length(parted))
    corners.write("affine.weight", np.array([[0, -2], [0, -2]], np.float32))
    corners.write("affine.bias", np.array([0, 1.4], np.float32))
    corners.run("look")
    right = np.array([0, 0, 1, 1])
    right_first = int((corners.read("probabilities")[:4].argmax(axis=1) == right).sum())
    corners.run("step", times=400)
    corners.run("look")
    return {
        "ln2": float(np.log(2)),
        "xor_right_first": right_first,
        "xor_furthest": float(np.abs(corners.read("probabilities")[:4] - 0.5).max()),
        **end(corners, "xor"),
        **parted_end,
        "lengths": dict(zip(("at_200", "at_400", "at_4000"), lengths, strict=True)),
        "replay": replay,
    }


def length(run: Run) -> float:
    """Of the weights and the biases of both classes, as one vector."""
    return float(np.hypot(np.linalg.norm(run.read("affine.weight")), np.linalg.norm(run.read("affine.bias"))))


def end(run: Run, name: str) -> Result:
    """The losses of a run of 400 steps, and the probabilities that it ends with."""
    losses = run.read("loss.history")[:400]
    field = probability(run.read("affine.weight"), run.read("affine.bias"))
    return {f"{name}_losses": losses, f"{name}_loss": float(losses[-1]), f"{name}_field": field}


@figure(
    softer,
    alt="The plane shaded from blue to orange across a soft boundary between two classes; the plane with four corners, "
    "unshaded; and two losses, of which one falls towards zero and the other settles at ln 2.",
    replay="softer",
)
def softer_points(result: Result) -> Any:
    fig, panels = mosaic("text", ("ab;cc", 5.2, (1.3, 1)), ("a;b;c", 8.4, (1.3, 1.3, 1)))
    loss = panels["c"]
    for ax, name, writes, title in (
        (panels["a"], "parted", inputs(), "Separable"),
        (panels["b"], "xor", CORNERS, "Four corners"),
    ):
        plane(ax)
        heatmap(ax, result[f"{name}_field"] - 0.5, limit=1.0, extent=(-1, 1, -1, 1), smooth=True, lower=True)
        plane(ax)
        draw_points(ax, writes)
        panel_label(ax, title)
    loss.axhline(result["ln2"], color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    loss.plot(result["xor_losses"], color=colour("cat-2"), label="corners")
    loss.plot(result["parted_losses"], color=colour("cat-1"), label="separable")
    loss.set(xlabel="step", ylabel="loss / nats", ylim=(0, 1.0))
    loss.text(400, result["ln2"] - 0.02, "ln 2", va="top", ha="right", color=colour("ink-2"))
    direct_label(loss)
    panel_label(loss, "Loss")
    return fig
