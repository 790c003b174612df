"""What several of chapter 1's experiments share: XOR, points, and the digits' model with more programs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from demos.digits.model import BATCH, PIXELS
from demos.digits.model import build as build_digits
from demos.perceptron.model import slots
from site_builder import graph as g
from site_builder.figures import Run, colour
from site_builder.graph import Model, Tensor

Result = dict[str, Any]
CORNER = 0.75  # a sum of halves: no machine rounds here, so that all walk the same way
CORNERS = slots(
    [(CORNER, CORNER), (-CORNER, -CORNER)], [(CORNER, -CORNER), (-CORNER, CORNER)]
)  # y = -1 where signs agree


def present(experiment_inputs: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The points of an experiment, [n, 2], and their classes."""
    count = experiment_inputs["count"]
    return np.array(experiment_inputs["points"])[:count], np.array(experiment_inputs["labels"])[:count]


def draw_points(ax: Any, experiment_inputs: dict[str, Any]) -> None:
    """The points of an experiment, coloured by class."""
    points, labels = present(experiment_inputs)
    for sign, name, marker in ((-1, "negative", "o"), (1, "positive", "s")):
        ax.scatter(*points[labels == sign].T, s=34, color=colour(name), marker=marker, zorder=3)


def draw_boundary(ax: Any, weights: np.ndarray, **style: Any) -> None:
    """The line w·x + b = 0, where w is not zero."""
    w, b = weights[:2], weights[2]
    length = np.hypot(*w)
    if length > 1e-9:
        foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
        ax.plot(*np.transpose([foot - 4 * along, foot + 4 * along]), **style)


def measured(run: Run) -> Result:
    """R and γ of a perceptron's points, from a bracket that is narrowed until its ends are within 0.1 %."""
    for _ in range(40):
        run.run("tighten", times=120)
        run.run("measure")
        least, most = float(run.read("margin_at_least")), float(run.read("margin_at_most"))
        if least > 0 and most / least < 1.001:
            break
    radius = float(run.read("radius"))
    return {"radius": radius, "margin": least, "bound": (radius / least) ** 2}


def street(weights: np.ndarray, experiment_inputs: dict[str, Any]) -> float:
    """The margin of augmented weights: the smallest agreement, divided by their length."""
    points, labels = present(experiment_inputs)
    agreement = labels * (np.column_stack([points, np.ones(len(points))]) @ weights)
    return float(agreement.min() / np.linalg.norm(weights))


def extended() -> Model:
    """The digits model with three more programs, for looking closer."""
    model = build_digits()
    weight, bias = model.parameters["affine.weight"], model.parameters["affine.bias"]
    images, labels, test_images, test_labels = (
        model.variables[name].tensor for name in ("images", "labels", "test_images", "test_labels")
    )
    arrangement = model.input("arrangement", (PIXELS, PIXELS))

    @model.program
    def answers() -> dict[str, Tensor]:
        logits = test_images @ weight + bias
        return {"all_logits": logits, "all_probabilities": g.softmax(logits)}

    @model.program
    def rearranged() -> dict[str, Tensor]:
        moved = test_images @ arrangement
        return {"rearranged_accuracy": g.mean(g.equal(g.argmax(moved @ weight + bias), test_labels))}

    @model.program
    def check() -> dict[str, Tensor]:
        rows = g.iota(BATCH)
        cost = g.mean(g.cross_entropy(images[rows] @ weight + bias, labels[rows]))
        (slope,) = g.gradients(cost, [weight])
        return {"cost": cost, "slope": slope}

    return model


STEPS = 500
SEEDS = (1, 2, 3, 4, 5)


def binned(losses: np.ndarray, bins: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Steps (counted from 1) and mean losses in bins of equal width on a logarithmic axis."""
    edges = np.unique(np.geomspace(1, len(losses) + 1, bins).astype(int))
    middles = np.sqrt(edges[:-1] * (edges[1:] - 1.0).clip(min=1))
    return middles, np.array([losses[a - 1 : b - 1].mean() for a, b in pairwise(edges)])
