"""The first views of the section on inputs, before anything is learned: a plane with points, and a drawing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from site_builder.figures import Lab, canvas, class_points, colour, experiment, figure, ink

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
    places, labels = np.split(np.array(MODEL.POINTS), [2], axis=1)
    class_points(ax, places, labels.ravel(), size=40)
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
    ink(ax, result["drawing"].reshape(8, 8))
    return fig
