"""The spirals of the first page, and what the network answers before it has learned anything."""

from __future__ import annotations

from typing import Any

from demos.spiral.model import build, inputs
from site_builder.figures import Lab, canvas, class_points, experiment, figure, heatmap, plane


@experiment
def untrained(lab: Lab) -> dict[str, Any]:
    """What the demo begins with."""
    given, model = inputs(), build()
    run = lab.run(model, seed=1, writes=given)
    run.run("look")
    count = int(run.read("count"))
    parameters = sum(each.type.size for each in model.variables.values() if each.role == "parameter")
    return {
        "parameters": parameters,
        "field": run.read("field"),
        "points": run.read("points")[:count],
        "labels": run.read("labels")[:count],
    }


@figure(
    untrained,
    alt="Two spirals of points, blue and orange, wound into each other; the plane behind them is faintly shaded, "
    "without regard to the spirals.",
)
def demo_spiral(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=5.2)
    heatmap(ax, result["field"], limit=5, extent=(-1, 1, -1, 1), smooth=True, lower=True)
    class_points(ax, result["points"], result["labels"], size=26)
    plane(ax)
    ax.set(xticks=[], yticks=[])
    return fig
