"""The cells into which ReLU networks of two inputs cut the plane, as exact polygons; and which networks part two rings.

In: a network's affine maps. Out: its cells, which are convex since a cell is where a list of affine functions has given
signs; the creases between them, by layer; and where its answer is positive, which is a part of each cell cut off by one
straight line. Nothing is sampled.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from demos.folding.model import spiral
from site_builder import graph as g
from site_builder.figures import canvas, class_points, colour, experiment, figure, on_phone, plane

from .shared import TEN, joined, maps, separator

SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
STEPS = 500
NEAR = 1e-6  # places closer than this are one


class Cell(NamedTuple):
    """A convex polygon [corners, 2] on which what the layers so far give is `x @ weight + bias`."""

    corners: Any
    weight: Any
    bias: Any


def halves(corners: Any, side: Any) -> tuple[Any, Any, Any]:
    """A convex polygon cut where an affine function with the values `side` at its corners is 0.

    Gives what lies on the positive side, what on the other, and the cut's two ends. Of a polygon that is not cut, one
    half has no corners, and there are no ends.
    """
    if not side.min() < 0 < side.max():
        none = np.zeros((0, 2))
        return (corners, none, none) if side.max() > 0 else (none, corners, none)
    parts: tuple[list[Any], list[Any]] = ([], [])
    ends = []
    for corner, value, after, later in zip(corners, side, np.roll(corners, -1, axis=0), np.roll(side, -1), strict=True):
        for part, inside in zip(parts, (value >= 0, value <= 0), strict=True):
            if inside:
                part.append(corner)
        if value == 0:
            ends.append(corner)
        elif value * later < 0:
            ends.append(corner + (after - corner) * value / (value - later))
            for part in parts:
                part.append(ends[-1])
    return np.array(parts[0]), np.array(parts[1]), np.array(ends)


def cut(layers: Sequence[tuple[Any, Any]]) -> tuple[list[Cell], list[list[list[Any]]]]:
    """The cells of a ReLU network in the square, with its output as their map, and the crease of each hidden unit.

    layers: (weight, bias) of each affine map. A crease is a list of the ends [2, 2] of straight stretches.
    """
    cells, creases = [Cell(SQUARE, np.eye(2), np.zeros(2))], []
    for weight, bias in layers[:-1]:
        seen: list[list[Any]] = [[] for _ in bias]
        cells = [part for cell in cells for part in _cut_by_layer(cell, weight, bias, seen)]
        creases.append(seen)
    weight, bias = layers[-1]
    return [Cell(c.corners, c.weight @ weight, c.bias @ weight + bias) for c in cells], creases


def _cut_by_layer(cell: Cell, weight: Any, bias: Any, creases: list[list[Any]]) -> Iterator[Cell]:
    """The parts of a cell on which no unit of the next layer switches, behind that layer and its ReLU."""
    weight, bias = cell.weight @ weight, cell.bias @ weight + bias
    parts = [cell.corners]
    for unit in range(len(bias)):
        both = [halves(part, part @ weight[:, unit] + bias[unit]) for part in parts]
        creases[unit] += [ends for _, _, ends in both if len(ends) == 2]
        parts = [half for on, off, _ in both for half in (on, off) if len(half)]
    for part in parts:
        on = part.mean(axis=0) @ weight + bias > 0
        yield Cell(part, weight * on, bias * on)


def positive(cells: Sequence[Cell]) -> list[Any]:
    """The parts of cells where the network's answer is above 0."""
    parts = [halves(c.corners, (c.corners @ c.weight + c.bias)[:, 0])[0] for c in cells]
    return [part for part in parts if len(part)]


@experiment
def cells(lab: Any) -> dict[str, Any]:
    """The cells of ReLU networks 2 -> 8 -> 8 -> 2 -> 1 before and after they learn the spiral: ten seeds, one shown."""
    points, labels = spiral()
    model = separator((2, 8, 8, 2, 1), g.relu, len(labels), 0.01)
    counts, right = [], []
    result: dict[str, Any] = {"bound": (1 + 8 + 28) ** 2 * (1 + 2 + 1), "steps": STEPS}
    for seed in TEN:
        run = lab.run(model, seed=seed, writes={"points": points, "labels": labels})
        before = maps(run, 4)
        run.run("step", times=STEPS)
        run.run("look")
        after = maps(run, 4)
        counts.append([len(cut(before)[0]), len(cut(after)[0])])
        right.append(int(run.read("right")))
        if right[-1] == len(labels) and "shown" not in result:
            result |= {"shown": seed, "layers": {"start": before, "trained": after}}
            result["replay"] = run.record(program="step", times=200, series=["loss.history"])
    starts, ends = np.array(counts).T
    return {
        **result,
        "start": int(starts[result["shown"] - 1]),
        "trained": int(ends[result["shown"] - 1]),
        "least": int(ends.min()),
        "most": int(ends.max()),
        "typical_start": float(np.median(starts)),
        "typical": float(np.median(ends)),
        "solved": sum(n == len(labels) for n in right),
        "more": int((ends > starts).sum()),
        "points": np.array(points),
        "labels": np.array(labels),
    }


@figure(
    cells,
    alt="The square with two arms of a spiral, cut into cells by the lines on which the units of a trained network "
    "switch. The first layer's lines are straight, the second layer's bend where they cross them. The border of the "
    "answer follows the spiral, straight in every cell.",
    replay="cells",
)
def spiral_cells(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=5.2)
    draw_cells(ax, result["layers"]["trained"])
    class_points(ax, result["points"], result["labels"], 24 if on_phone() else 44)
    ax.set_axis_off()
    return fig


def chained(ends: Sequence[Any]) -> list[Any]:
    """Stretches [2, 2] that meet, joined to lines [points, 2] without the points that lie straight between others."""
    left = [tuple(each) for each in ends]
    lines = []
    while left:
        line = list(left.pop())
        while (found := _next(line, left)) is not None:
            number, point, last = found
            del left[number]
            line.insert(len(line) if last else 0, point)
        lines.append(_straightened(np.array(line)))
    return lines


def _next(line: list[Any], left: list[tuple[Any, Any]]) -> tuple[int, Any, bool] | None:
    """Which stretch goes on at an end of the line, to which point, and whether at its last end."""
    for number, (a, b) in enumerate(left):
        for here, there in ((a, b), (b, a)):
            for end, last in ((line[-1], True), (line[0], False)):
                if np.abs(end - here).max() < NEAR:
                    return number, there, last
    return None


def _straightened(line: Any) -> Any:
    before, after = line[1:-1] - line[:-2], line[2:] - line[1:-1]
    turns = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > NEAR
    return line[np.concatenate([[True], turns, [True]])]


def outline(parts: Sequence[Any]) -> list[Any]:
    """The border of what polygons cover together: their edges without those that two of them share."""
    edges = [(a, b) for part in parts for a, b in zip(part, np.roll(part, -1, axis=0), strict=True)]
    keys = [frozenset(tuple(np.round(end / NEAR).astype(int)) for end in edge) for edge in edges]
    count = Counter(keys)
    return chained([np.array(edge) for edge, key in zip(edges, keys, strict=True) if count[key] == 1 and len(key) == 2])


def draw_cells(ax: Any, layers: Sequence[tuple[Any, Any]]) -> None:
    """What the network answers in two shades, and where its units switch in a colour for each layer."""
    found, creases = cut(layers)
    ax.fill(*joined(SQUARE[None]).T, color=colour("negative"), alpha=0.12, linewidth=0)
    ax.fill(*joined(outline(positive(found))).T, color=colour("positive"), alpha=0.3, linewidth=0)
    for layer, units in enumerate(creases):
        if lines := [line for ends in units if ends for line in chained(ends)]:
            ax.plot(*joined(lines).T, color=colour(f"cat-{(3, 4, 6)[layer]}"), linewidth=1.2)
    plane(ax)


# Which networks part two rings


def rings(count: int = 48) -> tuple[Any, Any]:
    """A disc of two circles, and a ring around it: points [3 count, 2], labels -1 and +1."""
    angle = np.arange(count) * 2 * math.pi / count
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([0.15 * circle, 0.3 * circle, 0.8 * circle]), np.repeat([-1.0, -1.0, 1.0], count)


@experiment
def lifted(lab: Any) -> dict[str, Any]:
    """Tanh networks 2 -> n -> n -> 1 on a disc and the ring around it, with n = 2 and n = 3: ten seeds each."""
    points, labels = rings()
    result: dict[str, Any] = {"points": len(labels), "steps": 1000}
    for name, width in (("two", 2), ("three", 3)):
        right = []
        for seed in TEN:
            run = lab.run(
                separator((2, width, width, 1), g.tanh, len(labels), 0.01),
                seed=seed,
                writes={"points": points, "labels": labels},
            )
            run.run("step", times=1000)
            run.run("look")
            right.append(int(run.read("right")))
        result[name] = {"solved": sum(n == len(labels) for n in right), "best": max(right), "worst": min(right)}
    return result
