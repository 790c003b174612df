"""XOR, solved by two hinges whose weights were chosen by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder import nn
from site_builder.figures import canvas, colour, experiment, figure, panel_label, plane
from site_builder.graph import Model, Tensor


def two_hinges() -> Model:
    """A network 2 -> 2 -> 1 with ReLU, to be given its weights by hand."""
    model = Model("xor")
    corners = model.input("corners", (4, 2))
    network = model.add("network", nn.MLP([2, 2, 1], g.relu))

    @model.program
    def look() -> dict[str, Tensor]:
        return {"hidden": network.hidden(corners)[-1], "output": network(corners)}

    return model


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)


@experiment
def xor(lab: Any) -> dict[str, Any]:
    """XOR with weights found by thinking, run by the same kernels."""
    run = lab.run(two_hinges(), seed=1, writes={"corners": CORNERS})
    run.write("network.layers.0.weight", np.ones((2, 2)))
    run.write("network.layers.0.bias", np.array([0.0, -1.0]))
    run.write("network.layers.1.weight", np.array([[1.0], [-2.0]]))
    run.write("network.layers.1.bias", np.zeros(1))
    run.run("look")
    output = run.read("output")[:, 0]
    wanted = CORNERS[:, 0] != CORNERS[:, 1]
    return {"wrong": int(np.sum((output > 0.5) != wanted)), "hidden": run.read("hidden"), "output": output}


@figure(
    xor,
    alt="Left: the four corners of a square, opposite corners in the same class; no line separates them. Right: after "
    "two ReLU units the two mixed corners lie on one point, and one line separates it from the others.",
)
def xor_by_hand(result: dict[str, Any]) -> Any:
    fig, (left, right) = canvas(width="text", height=2.9, columns=2)
    shades = [colour("negative"), colour("positive"), colour("positive"), colour("negative")]
    for ax, where, limits in ((left, CORNERS, (-0.5, 1.5)), (right, result["hidden"], (-0.5, 2.5))):
        ax.scatter(where[:, 0], where[:, 1], s=90, c=shades, zorder=3)
        plane(ax, limits)
    for (x, y), shade in zip(CORNERS, shades, strict=True):
        left.annotate(f"{x:.0f}, {y:.0f}", (x, y), (0, 11), textcoords="offset points", ha="center", color=shade)
    for number, name, rise in ((0, "0, 0", 11), (1, "0, 1 and 1, 0", -19), (3, "1, 1", 11)):
        x, y = result["hidden"][number]
        right.annotate(name, (x, y), (0, rise), textcoords="offset points", ha="center", color=shades[number])
    right.plot([-0.5, 2.5], [-0.5, 1.0], color=colour("ink"), linewidth=1.5)
    right.annotate("h₁ − 2h₂ = ½", (2.46, 0.3), ha="right", va="top", color=colour("ink"))
    left.set(xlabel="x₁", ylabel="x₂")
    right.set(xlabel="h₁", ylabel="h₂")
    panel_label(left, "The plane")
    panel_label(right, "As two hinges see it")
    return fig
