"""A small network that learns to tell two spirals apart: what the first page of the blog opens with.

In: up to 128 points in [-1, 1]² labelled -1 or +1, of which the first `count` exist. Out: what the network answers
over the plane. It knows nothing of clicks and colours.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

SLOTS = 128
FIELD = 41  # samples of the answer in each direction
WIDTH = 12


def build() -> Model:
    """Programs: `step` takes one step of Adam on all points, `look` gives the answers over the plane."""
    model = Model("spiral")
    points = model.input("points", (SLOTS, 2))
    labels = model.input("labels", (SLOTS,))
    count = model.input("count", ())
    network = model.add("network", nn.MLP([2, WIDTH, WIDTH, 1], g.tanh, initialiser=nn.he))
    present = g.less(g.cast(g.iota(SLOTS), "f32"), count)

    def agreement() -> Tensor:
        """y f(x) of each point, [SLOTS]: positive where the sign is right."""
        return labels * g.reshape(network(3 * points), (SLOTS,))

    @model.program(counts=True)
    def step() -> None:
        loss = g.sum(g.softplus(-agreement()) * present) / g.maximum(count, 1.0)  # -ln of the right side's probability
        nn.Adam(0.006).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> dict[str, Tensor]:
        axis = g.cast(g.iota(FIELD), "f32") * (2 / (FIELD - 1)) - 1
        across = g.broadcast(g.reshape(axis, (1, FIELD, 1)), (FIELD, FIELD, 1))
        up = g.broadcast(g.reshape(axis, (FIELD, 1, 1)), (FIELD, FIELD, 1))
        plane = g.reshape(g.concatenate([across, up], axis=2), (FIELD * FIELD, 2))
        return {
            "field": g.reshape(network(3 * plane), (FIELD, FIELD)),
            "right": g.sum(g.less(0.0, agreement()) * present),
        }

    return model


def spirals(count: int = 96, turns: float = 1.1) -> list[tuple[float, float, float]]:
    """Two arms, point by point: x and y in [-1, 1], and the label, by turns -1 and +1."""
    found = []
    for n in range(count):
        along, arm = (n // 2 + 0.5) / (count // 2), n % 2
        angle = 2 * math.pi * turns * along + math.pi * arm
        radius = 0.1 + 0.82 * along
        found.append((radius * math.cos(angle), radius * math.sin(angle), 1.0 if arm else -1.0))
    return found


def inputs() -> dict[str, object]:
    """The default experiment."""
    rows = spirals()
    spare = SLOTS - len(rows)
    return {
        "points": [[x, y] for x, y, _ in rows] + [[0.0, 0.0]] * spare,
        "labels": [label for *_, label in rows] + [0.0] * spare,
        "count": float(len(rows)),
    }


DEMO = Demo(title="Two spirals", build=build, inputs=inputs)
