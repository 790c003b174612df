"""A plane that two layers fold until a line can part the classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.folding import model as folding
from site_builder.figures import (
    class_points,
    colour,
    experiment,
    figure,
    heatmap,
    mosaic,
    plane,
)

SHOWN = ("field", "sheet", "seen", "seen_tests", "cut")
FRONT, BACK = 0.24, 0.4  # how opaque the sheet is, and where it is turned over, as in the demo
PIXELS = 240  # of a filled sheet


@experiment
def fold(lab: Any) -> dict[str, Any]:
    """The second demo's default experiment and its start; how many of ten seeds succeed.

    `crowded`: how many of all `count` points lie in the leftmost tenth of tanh's box at the start.
    """
    run = lab.run(folding.build(), seed=1, writes=folding.inputs())
    run.run("look")
    taught, tests = int(run.read("taught")), int(run.read("tests"))
    maps = unit_maps(run)
    start = {name: run.read(name)[:96] if name.startswith("seen") else run.read(name) for name in SHOWN}
    labels = np.array(folding.inputs()["labels"])[: taught + tests]
    held = kept(labels)
    first = 0  # the step from which on all are right
    for step in range(1, 501):
        run.run("step")
        run.run("look")
        if run.read("right") < taught:
            first = step + 1
    return {
        "first": first,
        "right": int(run.read("right")),
        "right_tests": int(run.read("right_tests")),
        "cut": best_cut(start["seen"], labels),
        "crowded": int((np.where(held[:, None], start["seen_tests"], start["seen"])[:, 0] < -0.8).sum()),
        "count": taught + tests,
        "taught": taught,
        "tests": tests,
        "loss": float(run.read("loss.history")[499]),
        "test_loss": float(run.read("test.history")[499]),
        "test_least": float(run.read("test.history")[:500].min()),
        "two": _successes(lab),
        "start": start,
        "maps": maps,
        "points": np.array(folding.inputs()["points"])[: taught + tests],
        "labels": labels,
    }


def unit_maps(run: Any) -> list[Any]:
    """What the units of each column give over the plane, inputs first: [units, MAP, MAP] each, -1 to 1."""
    names = ["plane", *(f"units.{number}" for number in range(folding.LAYERS)), "field"]
    columns = [run.read(name).reshape(folding.MESH, folding.MESH, -1)[::4, ::4].transpose(2, 0, 1) for name in names]
    return [*columns[:-1], np.clip(columns[-1] / 6, -1, 1)]


def best_cut(places: Any, labels: Any) -> int:
    """Of the points that are learned from [points, 2], the most that any straight cut of the plane has right."""
    held = kept(labels)
    places, labels = places[~held].astype(np.float64), labels[~held]
    across, up = (places[:, None] - places).reshape(-1, 2).T
    turns = np.unique(np.arctan2(across, -up))  # the order along a direction changes where it is square to a pair
    between = (turns[1:] + turns[:-1]) / 2
    along = np.stack([np.cos(between), np.sin(between)], axis=1) @ places.T
    sums = np.cumsum(labels[np.argsort(along, axis=1)], axis=1)  # of those on one side, wherever the cut is
    return int((len(labels) + np.abs(2 * sums - labels.sum()).max()) / 2)


def _successes(lab: Any) -> int:
    """Of ten seeds, how many have every point right that they learn from after 500 steps."""
    wins = 0
    for seed in range(1, 11):
        run = lab.run(folding.build(), seed=seed, writes=folding.inputs())
        run.run("step", times=500)
        run.run("look")
        wins += int(run.read("right") == run.read("taught"))
    return wins


def draw_sheet(ax: Any, result: dict[str, Any], moment: dict[str, Any], size: float, every: int = 1) -> None:
    """The plane in the hidden space: filled by the network's answer, with its grid lines, the points and the cut."""
    reach = 1.12
    shades = filled(moment["sheet"], moment["field"].ravel(), reach)
    heatmap(ax, shades, limit=1.0, extent=(-reach, reach, -reach, reach), smooth=True, lower=True)
    grid = moment["sheet"].reshape(folding.MESH, folding.MESH, 2)[:: folding.STRIDE * every]
    across = moment["sheet"].reshape(folding.MESH, folding.MESH, 2)[:, :: folding.STRIDE * every]
    for threads in (grid.transpose(1, 0, 2)[::every], across[::every]):
        ax.plot(threads[:, :, 0], threads[:, :, 1], color=colour("ink-3"), linewidth=0.5)
    ax.plot(moment["cut"][:, 0], moment["cut"][:, 1], color=colour("ink"), linewidth=1.6)
    draw_points(
        ax, result, np.where(kept(result["labels"])[:, None], moment["seen_tests"], moment["seen"]), size, every
    )
    plane(ax, (-reach, reach))
    ax.set(xticks=[], yticks=[])


def kept(labels: Any) -> Any:
    """Which points are kept for a test, as the model has it."""
    return np.arange(len(labels)) % 8 >= 6


def draw_points(ax: Any, result: dict[str, Any], places: Any, size: float, every: int) -> None:
    """The points in the colours of their classes; those that are kept for a test are hollow."""
    held = kept(result["labels"])
    class_points(ax, places[~held], result["labels"][~held], size, every)
    for sign, name in ((-1, "negative"), (1, "positive")):
        x, y = places[held & (result["labels"] == sign)][::every].T
        ax.scatter(x, y, s=size, color=colour("paper"), edgecolors=colour(name), linewidths=1.3, zorder=3)


def filled(sheet: Any, field: Any, reach: float) -> Any:
    """The sheet [vertices, 2] as pixels of [-reach, reach]²: -1 to 1, as layers of the answer lie over each other."""
    side = folding.MESH
    corners = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    triangles = np.concatenate(
        [corners[:, None] + np.array([0, 1, side + 1]), corners[:, None] + np.array([0, side, side + 1])]
    )
    places = (sheet + reach) / (2 * reach) * PIXELS - 0.5
    shades = np.zeros((PIXELS, PIXELS))
    for number, triangle in enumerate(triangles):
        lay_triangle(shades, places[triangle], field[triangle], lower=number < len(corners))
    return shades


def lay_triangle(shades: Any, corners: Any, values: Any, lower: bool) -> None:
    """Lay one triangle over what is there: corners [3, 2] in pixels, a number at each; the front of the `lower` one of
    a cell turns left."""
    a, b, c = corners
    area = _cross(b - a, c - a)
    low = np.maximum(np.ceil(corners.min(axis=0)), 0).astype(int)
    high = np.minimum(np.floor(corners.max(axis=0)), PIXELS - 1).astype(int)
    if abs(area) < 1e-9 or (high < low).any():
        return
    y, x = np.mgrid[low[1] : high[1] + 1, low[0] : high[0] + 1]
    p, left = np.stack([x, y], axis=-1), area > 0
    ab, bc, ac = _cross(b - a, p - a), _cross(c - b, p - b), _cross(c - a, p - a)
    inside = ((ab >= 0) == left) & ((bc >= 0) == left) & ((ac >= 0) != left)
    there = np.sign((values[0] * bc - values[1] * ac + values[2] * ab) / area)
    cover = inside * (FRONT if left == lower else BACK)
    part = shades[low[1] : high[1] + 1, low[0] : high[0] + 1]
    part += cover * (there - part)


def _cross(a: Any, b: Any) -> Any:
    """Of vectors [..., 2]: above 0 where b lies to the left of a."""
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


@figure(
    fold,
    alt="What the last hidden layer makes of the square before training: a smooth leaf, filled by the network's answer "
    "and cut by a straight line, with most points of both arms of a spiral crowded at its left edge. No straight line "
    "parts the points of one arm from those of the other. Below, a small map for each unit of the network.",
)
def demo_folding(result: dict[str, Any]) -> Any:
    fig, panels = mosaic("text", ("a;b", 6.7, (7, 1)), ("a;b", 4.6, (7, 1)))
    draw_sheet(panels["a"], result, result["start"], 22)
    draw_maps(panels["b"], result["maps"])
    for ax in panels.values():
        ax.set_axis_off()
    return fig


def draw_maps(ax: Any, columns: list[Any]) -> None:
    """The maps of the units in a row of columns; those of wide layers in two rows."""
    wide, high = 92, 50  # of a column, in pixels
    picture = np.full((high, len(columns) * wide), np.nan)
    for number, units in enumerate(columns):
        down = 2 if len(units) > 3 else 1
        across = len(units) // down
        cell = min(wide // across, high // down)
        left = number * wide + (wide - across * cell) // 2
        for k, unit in enumerate(units):
            x, y = left + k % across * cell + 1, (high - down * cell) // 2 + k // across * cell + 1
            places = np.arange(cell - 2) * len(unit) // (cell - 2)
            picture[y : y + cell - 2, x : x + cell - 2] = unit[::-1][np.ix_(places, places)]
    heatmap(ax, picture, limit=1.0)
