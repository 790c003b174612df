"""XOR, solved by two hinges whose weights were chosen by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder.figures import canvas, colour, experiment, figure, panel_label, plane
from site_builder.graph import Model, Tensor


def two_hinges() -> Model:
    """Two ReLU units of two inputs and the sum of what they give; their weights are an input, for none is trained."""
    model = Model("xor")
    corners, weights = model.input("corners", (4, 2)), model.input("weights", (2, 2))

    @model.program
    def look() -> dict[str, Tensor]:
        hidden = g.relu(corners @ weights)
        return {"hidden": hidden, "output": g.sum(hidden, axis=1)}

    return model


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)


@experiment
def xor(lab: Any) -> dict[str, Any]:
    """XOR with weights found by thinking, run by the same kernels."""
    by_hand = np.array([[1.0, -1.0], [-1.0, 1.0]])
    run = lab.run(two_hinges(), seed=1, writes={"corners": CORNERS, "weights": by_hand})
    run.run("look")
    output = run.read("output")
    wanted = CORNERS[:, 0] != CORNERS[:, 1]
    return {
        "wrong": int(np.sum((output > 0.5) != wanted)),
        "hidden": run.read("hidden"),
        "output": output,
        "replay": run.record(program="look", times=1, series=["output"]),
    }


@figure(
    xor,
    alt="First: the four corners of a square, opposite corners in the same class; no line separates them. Second: on "
    "the line x1 minus x2 two opposite corners lie on 0, and the other two at minus 1 and 1. Third: ReLU has bent this "
    "line at 0, so that both its ends lie beyond one straight line.",
    replay="xor",
)
def xor_by_hand(result: dict[str, Any]) -> Any:
    fig, (left, middle, right) = canvas(width="page", height=2.9, columns=3)
    shades = [colour("negative"), colour("positive"), colour("positive"), colour("negative")]
    along = np.stack([CORNERS[:, 0] - CORNERS[:, 1], np.zeros(4)], axis=1)
    middle.plot([-1.5, 1.5], [0, 0], color=colour("ink-3"), linewidth=1.2)
    right.plot([0, 0, 1.5], [1.5, 0, 0], color=colour("ink-3"), linewidth=1.2)
    right.plot([-0.4, 0.9], [0.9, -0.4], color=colour("ink"), linewidth=1.5)
    panels = ((left, CORNERS, (-0.5, 1.5)), (middle, along, (-1.5, 1.5)), (right, result["hidden"], (-0.5, 1.5)))
    for ax, where, limits in panels:
        ax.scatter(where[:, 0], where[:, 1], s=90, c=shades, zorder=3)
        plane(ax, limits)
    names = [f"{x:.0f}, {y:.0f}" for x, y in CORNERS]
    for name, (x, y), shade in zip(names, CORNERS, shades, strict=True):
        _name(left, name, (x, y), shade)
    for ax, where in ((middle, along), (right, result["hidden"])):
        for number in (1, 2):
            _name(ax, names[number], where[number], shades[number], 22 if ax is right and number == 1 else 0)
        _name(ax, "0, 0 and 1, 1", where[0], shades[0], drop=True)
    right.annotate("h₁ + h₂ = ½", (0.55, 0.3), ha="left", va="bottom", color=colour("ink"))
    left.set(xlabel="x₁", ylabel="x₂")
    middle.set(xlabel="x₁ − x₂", yticks=[])
    right.set(xlabel="h₁", ylabel="h₂")
    panel_label(left, "The plane")
    panel_label(middle, "What both units look at")
    panel_label(right, "What they give")
    return fig


def _name(ax: Any, name: str, place: Any, shade: str, aside: float = 0, drop: bool = False) -> None:
    """A corner's name above its point, or below it, `aside` pixels to the right."""
    ax.annotate(name, place, (aside, -21 if drop else 11), textcoords="offset points", ha="center", color=shade)
