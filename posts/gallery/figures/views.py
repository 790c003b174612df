"""What the two demos of views show before anything is learned."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from site_builder.figures import Lab, canvas, experiment, figure, heatmap

MODEL = import_module("demos.gallery-views.model")
PLOTS = import_module("demos.gallery-plots.model")


@experiment
def reverser(lab: Lab) -> dict[str, Any]:
    run = lab.run(MODEL.build(), seed=1, writes=MODEL.inputs())
    run.run("look")
    return {"weights": run.read("weights")}


@figure(reverser, alt="A map of six places and six letters before training: all cells are shaded alike, more or less.")
def demo_gallery_views(result: dict[str, Any]) -> Any:
    fig, axes = canvas("text", height=3.4)
    heatmap(axes, result["weights"], palette="sequential", limit=1)
    places = range(MODEL.LENGTH)
    axes.set(xticks=places, yticks=places, xticklabels=list("abcdea"), yticklabels=[str(k + 1) for k in places])
    axes.set(xlabel="letter", ylabel="place")
    return fig


@experiment
def products(lab: Lab) -> dict[str, Any]:
    run = lab.run(PLOTS.build(), seed=1)
    run.run("look")
    return {"field": run.read("field")}


@figure(products, alt="A field of cells before training: no loss is small, and the wider the start, the larger it is.")
def demo_gallery_plots(result: dict[str, Any]) -> Any:
    fig, axes = canvas("text", height=3.4)
    heatmap(axes, result["field"], limit=3, lower=True)
    axes.set(xticks=[], yticks=[], xlabel="learning rate", ylabel="spread of the first weights")
    return fig
