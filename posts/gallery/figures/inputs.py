"""The first views of the section on inputs, before anything is learned: a plane with points, and a drawing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from site_builder.figures import Lab, canvas, colour, experiment, figure

MODEL = import_module("demos.gallery-inputs.model")
DRAWING = import_module("demos.gallery-drawing.model")


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


@experiment
def drawing(lab: Lab) -> dict[str, Any]:
    """The drawing that readers find, as the model holds it."""
    run = lab.run(DRAWING.build(), seed=1, writes=DRAWING.inputs())
    return {"drawing": run.read("drawing")}


@figure(drawing, alt="The digit one, drawn on eight by eight pixels.")
def demo_gallery_drawing(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.4)
    for row, inked in enumerate(result["drawing"].reshape(8, 8)):
        for column in np.flatnonzero(inked):
            ax.add_patch(Rectangle((column, 7 - row), 1, 1, color=colour("ink"), linewidth=0.4))
    ax.set(xlim=(0, 8), ylim=(0, 8), xticks=[], yticks=[], aspect="equal")
    return fig
