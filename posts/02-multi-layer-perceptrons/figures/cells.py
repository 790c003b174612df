"""The cells into which a network of two inputs cuts the plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.folding import model as folding
from site_builder.figures import canvas, colour, experiment, figure, heatmap, panel_label, plane

from .shared import maps


def switches(layers: list[tuple[Any, Any]], points: Any) -> list[Any]:
    """What enters the ReLUs of each hidden layer, at points [n, 2]."""
    entering = []
    for weight, bias in layers[:-1]:
        entering.append(points @ weight + bias)
        points = np.maximum(entering[-1], 0)
    return entering


GRID = 161


@experiment
def cells(lab: Any) -> dict[str, Any]:
    """The cells into which a ReLU network 2 -> 8 -> 8 -> 2 -> 1 cuts the plane, before and after the spiral."""
    side = np.linspace(-1, 1, 801)
    dense = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    run = lab.run(folding.build(), seed=3, writes={**folding.inputs(), "activation": folding.RELU, "held_out": 0.0})
    result: dict[str, Any] = {"bound": (1 + 8 + 28) ** 2 * (1 + 2 + 1)}
    for name, steps in (("start", 0), ("trained", 500)):
        run.run("step", times=steps)
        layers = maps(run, 4)
        patterns = np.concatenate([z > 0 for z in switches(layers, dense)], axis=1)
        result[name] = len(np.unique(np.packbits(patterns, axis=1), axis=0))
        result[f"{name}_layers"] = layers
        run.run("look")
        result[f"{name}_field"] = run.read("field")
    result["right"] = int(run.read("right"))
    return result


@figure(
    cells,
    alt="The square cut into cells by the lines on which ReLU units switch, before and after training. The first "
    "layer's lines are straight, the second layer's bend where they cross them. After training they follow the spiral.",
)
def plane_cells(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=4.3, columns=2)
    coarse = np.linspace(-1, 1, GRID)
    shown = np.stack(np.meshgrid(coarse, coarse), axis=-1).reshape(-1, 2)
    for ax, name, title in zip(panels, ("start", "trained"), ("Before training", "After 500 steps"), strict=True):
        heatmap(
            ax,
            np.tanh(result[f"{name}_field"][::2, ::2]) * 0.4,
            limit=1.0,
            extent=(-1, 1, -1, 1),
            smooth=True,
            lower=True,
        )
        for layer, entering in enumerate(switches(result[f"{name}_layers"], shown)):
            for z in entering.T.reshape(-1, GRID, GRID):
                if z.min() < 0 < z.max():
                    ax.contour(
                        coarse, coarse, z, levels=[0], colors=[colour(f"cat-{(3, 4, 7)[layer]}")], linewidths=1.3
                    )
        plane(ax)
        panel_label(ax, f"{title}: {result[name]} cells")
    return fig
