"""The line of the section on controls, and its points, before it learns."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from site_builder.figures import Lab, canvas, colour, experiment, figure


@experiment
def controls(lab: Lab) -> dict[str, Any]:
    """What the demo begins with."""
    run = lab.run(import_module("demos.gallery-controls.model").build(), seed=1)
    run.run("look")
    return {"line": run.read("line"), "points": run.read("points")}


@figure(controls, alt="Points along a line that rises, and a line that was drawn at random and misses them.")
def demo_gallery_controls(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.4)
    ax.scatter(*result["points"].T, s=14, color=colour("ink-2"))
    ax.plot((-1, 1), result["line"], color=colour("cat-1"), linewidth=2.5)
    ax.set(xlim=(-1, 1), ylim=(-1.5, 1.5), xlabel="x", ylabel="y")
    return fig
