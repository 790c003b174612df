"""A plane that two layers fold until a line can part the classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.folding import model as folding
from site_builder.figures import (
    canvas,
    class_points,
    colour,
    experiment,
    figure,
    heatmap,
    mosaic,
    network,
    panel_label,
    plane,
)

from .shared import maps

MOMENTS = (0, 100, 150, 200)


@experiment
def fold(lab: Any) -> dict[str, Any]:
    """The second demo's default experiment at four moments; how many of ten seeds succeed in 2 and 3 dimensions."""
    run = lab.run(folding.build("tanh", 2), seed=1, writes=folding.inputs())
    moments, done, first = [], 0, 0
    for step in range(0, 501, 25):
        run.run("step", times=step - done)
        run.run("look")
        done = step
        if int(run.read("right")) == 96 and first == 0:
            first = step
        if step in MOMENTS:
            names = ("field", "rows", "columns", "seen", "cut", "right")
            weights = [weight for weight, _ in maps(run, 4)]
            moments.append({name: run.read(name) for name in names} | {"weights": weights})
    solved = {}
    for last in (2, 3):
        wins = 0
        for seed in range(1, 11):
            other = lab.run(folding.build("tanh", last), seed=seed, writes=folding.inputs())
            other.run("step", times=500)
            other.run("look")
            wins += int(other.read("right")) == 96
        solved[last] = wins
    return {
        "first": first,
        "right": int(run.read("right")),
        "two": solved[2],
        "three": solved[3],
        "moments": moments,
        "points": np.array(folding.inputs()["points"])[:96],
        "labels": np.array(folding.inputs()["labels"])[:96],
    }


def draw_plane(ax: Any, result: dict[str, Any], moment: dict[str, Any], size: float, every: int = 1) -> None:
    """The network's answer in the plane, and the points. `every`: of small pictures a part of the detail is enough."""
    field = 0.55 * np.tanh(moment["field"] / 2)
    heatmap(ax, field[::every, ::every], limit=1.0, extent=(-1, 1, -1, 1), smooth=True, lower=True)
    class_points(ax, result["points"], result["labels"], size, every)
    plane(ax)
    ax.set(xticks=[], yticks=[])


def draw_sheet(ax: Any, result: dict[str, Any], moment: dict[str, Any], size: float, every: int = 1) -> None:
    """The plane's grid lines, the points and the cut in the hidden space."""
    for lines in (moment["rows"], moment["columns"]):
        threads = lines.reshape(folding.LINES, folding.BEADS, 2)[::every, ::every].transpose(1, 0, 2)
        ax.plot(threads[:, :, 0], threads[:, :, 1], color=colour("ink-3"), linewidth=0.7)
    ax.plot(moment["cut"][:, 0], moment["cut"][:, 1], color=colour("ink"), linewidth=1.6)
    class_points(ax, moment["seen"][:96], result["labels"], size, every)
    plane(ax, (-1.1, 1.1))
    ax.set(xticks=[], yticks=[])


@figure(
    fold,
    alt="Above: the square with the spiral and the network's decision at four moments of training. Below: the same "
    "points and the square's grid lines in the two-dimensional hidden layer; the sheet folds until one line separates "
    "the classes.",
)
def folded(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=4.5, columns=4, rows=2)
    for number, (moment, step) in enumerate(zip(result["moments"], MOMENTS, strict=True)):
        draw_plane(panels[number], result, moment, 9, every=2)
        panel_label(panels[number], f"Step {step}: {int(moment['right'])} of 96")
        draw_sheet(panels[number + 4], result, moment, 9, every=2)
    return fig


@figure(
    fold,
    alt="A spiral of two classes of points with the network's answer half way through training; the same points and "
    "the plane's grid lines as the last hidden layer sees them, with a straight cut; the network with all its weights.",
)
def demo_folding(result: dict[str, Any]) -> Any:
    fig, panels = mosaic("page", ("ab;cc", 9.4, (1, 1.3)), ("a;b;c", 15.4, (1, 1, 1.6)))
    left, right, below = (panels[name] for name in "abc")
    moment = result["moments"][2]
    draw_plane(left, result, moment, 22)
    draw_sheet(right, result, moment, 22)
    network(below, moment["weights"])
    panel_label(left, f"The plane at step {MOMENTS[2]}")
    panel_label(right, "As the last hidden layer sees it")
    panel_label(below, "Every weight")
    return fig
