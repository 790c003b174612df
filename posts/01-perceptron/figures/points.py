"""Softmax regression on points that no line parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.perceptron.model import build_softer, inputs
from site_builder.figures import Lab, Run, canvas, colour, direct_label, experiment, figure, heatmap, panel_label, plane

from .shared import CORNERS, Result, draw_points


def probability(weights: np.ndarray, bias: np.ndarray, side: int = 97) -> np.ndarray:
    """Probability of class +1 over the plane, [side, side], bottom row first."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, side)] * 2)
    z = np.stack([x, y], axis=-1) @ weights + bias
    return np.asarray(1 / (1 + np.exp(z[..., 0] - z[..., 1])))


@experiment
def softer(lab: Lab) -> Result:
    def trained(writes: dict[str, object], weight: Any, bias: Any) -> Run:
        run = lab.run(build_softer(), seed=1, writes=writes)
        run.write("affine.weight", np.array(weight, np.float32))
        run.write("affine.bias", np.array(bias, np.float32))
        return run

    corners = trained(CORNERS, [[0, -2], [0, -2]], [0, 1.4])  # three of four right
    corners.run("look")
    right = np.array([0, 0, 1, 1])
    right_first = int((corners.read("probabilities")[:4].argmax(axis=1) == right).sum())
    parted = trained(inputs(), np.zeros((2, 2)), np.zeros(2))
    result: Result = {"ln2": float(np.log(2)), "xor_right_first": right_first, "steps": 400}
    for name, run in (("xor", corners), ("parted", parted)):
        run.run("step", times=400)
        run.run("look")
        losses = run.read("loss.history")[:400]
        result |= {
            f"{name}_losses": losses,
            f"{name}_loss": float(losses[-1]),
            f"{name}_field": probability(run.read("affine.weight"), run.read("affine.bias")),
        }
        result[f"{name}_length"] = float(np.linalg.norm(run.read("affine.weight")))
    result["xor_furthest"] = float(np.abs(corners.read("probabilities")[:4] - 0.5).max())
    result["parted_halfway"] = float(result["parted_losses"][199])
    return result


@figure(
    softer,
    alt="Left: the plane shaded from blue to orange across a soft boundary between two classes. Middle: the plane with "
    "four corners, unshaded. Right: one loss falls towards zero, the other settles at ln 2.",
)
def softer_points(result: Result) -> Any:
    fig, (left, middle, right) = canvas("page", height=3.1, columns=3)
    for ax, name, writes, title in (
        (left, "parted", inputs(), "Separable"),
        (middle, "xor", CORNERS, "Four corners"),
    ):
        plane(ax)
        heatmap(ax, result[f"{name}_field"] - 0.5, limit=1.0, extent=(-1, 1, -1, 1), smooth=True, lower=True)
        plane(ax)
        draw_points(ax, writes)
        panel_label(ax, title)
    right.axhline(result["ln2"], color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    right.plot(result["xor_losses"], color=colour("cat-2"), label="corners")
    right.plot(result["parted_losses"], color=colour("cat-1"), label="separable")
    right.set(xlabel="step", ylabel="loss / nats", ylim=(0, 1.0))
    right.text(400, result["ln2"] - 0.02, "ln 2", va="top", ha="right", color=colour("ink-2"))
    direct_label(right)
    panel_label(right, "Loss")
    return fig
