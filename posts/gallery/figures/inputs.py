"""The plane of the section on inputs: the points that readers find there, before anything is learned of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from site_builder.figures import Lab, canvas, colour, experiment, figure

MODEL = import_module("demos.gallery-inputs.model")


@experiment
def inputs(lab: Lab) -> dict[str, Any]:
    """What the demo begins with."""
    run = lab.run(MODEL.build(), seed=1, writes=MODEL.inputs())
    run.run("look")
    return {"field": run.read("field")}


@figure(inputs, alt="Six points of two classes in a plane, and a line that was drawn at random between its halves.")
def demo_gallery_inputs(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.4)
    axis = np.linspace(-1, 1, MODEL.GRID)
    ax.contour(axis, axis, result["field"], levels=[0], colors=[colour("ink")], linewidths=1.5)
    for kind, name in ((-1, "negative"), (1, "positive")):
        ax.scatter(*np.array([(x, y) for x, y, of in MODEL.POINTS if of == kind]).T, s=40, color=colour(name))
    ax.set(xlim=(-1, 1), ylim=(-1, 1), xlabel="x₁", ylabel="x₂", aspect="equal")
    return fig
