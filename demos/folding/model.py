"""A multi-layer perceptron that separates points in the plane, and the plane as its last hidden layer sees it.

In: up to 128 points in [-1, 1]² labelled -1 or +1, of which the first `count` exist; a probe, one more point; a
learning rate; an angle from which the hidden space is seen.
Out: the decision field, the plane's grid lines and the points inside the hidden layer, the flat cut through it, every
parameter's gradient, and for the probe what every unit computes. It knows nothing of clicks and colours.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

SLOTS = 128
FIELD = 33  # samples of the decision field in each direction
LINES, BEADS = 11, 41  # grid lines in each direction, samples of each
FAR = 1e9  # where points are drawn that do not exist
BENDS = {"tanh": g.tanh, "relu": g.relu, "none": g.identity}


# region: build
def build(activation: str = "tanh", last: int = 2) -> Model:
    """Programs: `step` takes one step of Adam on all points; `look` computes what is drawn, `inspect` what is read.

    last: width of the last hidden layer, in which a straight cut must do.
    """
    model = Model("folding")
    points = model.input("points", (SLOTS, 2))
    labels = model.input("labels", (SLOTS,))
    count = model.input("count", ())
    rate = model.input("learning_rate", (), initial=0.01)
    network = nn.MLP([2, 8, 8, last, 1], BENDS[activation], initialiser=nn.he)
    for layer in network.layers[:-1]:
        layer.bias = g.parameter((layer.weight.shape[1],), nn.uniform(0.5))
    model.add("network", network)
    present = g.less(g.cast(g.iota(SLOTS), "f32"), count)

    def margins() -> Tensor:
        """y f(x), [slots]: positive where the sign is right."""
        return labels * g.reshape(network(points), (SLOTS,))

    def objective() -> Tensor:
        """-log of the probability given to the right side, in nats, averaged over the points that exist."""
        m = margins()
        nats = g.log(1 + g.exp(-g.absolute(m))) + g.relu(-m)  # log(1 + e^-m) without a large exponent
        return g.sum(nats * present) / g.maximum(count, 1.0)

    @model.program(counts=True)
    def step() -> None:
        loss = objective()
        nn.Adam(rate).minimise(loss, model)
        model.record("loss", loss)

    # endregion

    turn = model.input("turn", (), initial=30.0)
    probe = _matrix([[model.input("probe_x", (), initial=0.3), model.input("probe_y", (), initial=0.4)]])

    @model.program
    def look() -> dict[str, Tensor]:
        camera = _camera(turn, last)
        rows, columns = (network.hidden(x)[-1] for x in (_sheet(False), _sheet(True)))
        scale = g.maximum(g.max(g.absolute(rows)), 1.0)  # tanh stays in its box; what grows larger is shrunk to fit
        seen = network.hidden(points)[-1] @ camera / scale
        right = g.less(0.0, margins()) * present
        return {
            "field": g.reshape(network(_lattice(FIELD, FIELD)), (FIELD, FIELD)),
            "rows": rows @ camera / scale,
            "columns": columns @ camera / scale,
            "seen": g.where(g.reshape(present, (SLOTS, 1)), seen, FAR),
            "cut": _cut(network.layers[-1]) @ camera / scale,
            "right": g.sum(right),
            "probe": probe,
            "probe_seen": network.hidden(probe)[-1] @ camera / scale,
        }

    @model.program
    def inspect() -> None:
        named = model.parameters
        for name, gradient in zip(named, g.gradients(objective(), list(named.values())), strict=True):
            model.watch(f"{name}.gradient", gradient)
        h = probe
        for number, layer in enumerate(network.layers):
            z = model.watch(f"probe.{number}", layer(h))
            h = BENDS[activation](z)

    return model


def _lattice(rows: int, columns: int) -> Tensor:
    """The plane [-1, 1]² sampled on its corners, row by row from below: [rows * columns, 2]."""
    index = g.reshape(g.iota(rows * columns), (rows * columns, 1))
    x = g.cast(index % columns, "f32") * (2 / (columns - 1)) - 1
    y = g.cast(index // columns, "f32") * (2 / (rows - 1)) - 1
    return g.where(g.equal(g.reshape(g.iota(2), (1, 2)), 0), x, y)


def _sheet(upright: bool) -> Tensor:
    """The plane's grid lines, one after the other, with their beads: [lines * beads, 2]."""
    level = _lattice(LINES, BEADS)
    if not upright:
        return level
    swapped = g.equal(g.reshape(g.iota(2), (2, 1)) + g.reshape(g.iota(2), (1, 2)), 1)
    return level @ swapped


def _matrix(rows: list[list[Tensor | float]]) -> Tensor:
    """A small matrix of scalars."""
    shape = (len(rows), len(rows[0]))
    index, matrix = g.iota(*shape), g.full(shape, 0.0)
    for number, entry in enumerate(e for row in rows for e in row):
        matrix = g.where(g.equal(index, number), entry, matrix)
    return matrix


def _camera(turn: Tensor, dimensions: int) -> Tensor:
    """From hidden space to page: [dimensions, 2]. Two dimensions stay as they are, three turn by `turn` degrees."""
    if dimensions == 2:
        return _matrix([[1.0, 0.0], [0.0, 1.0]])
    c, s = g.cos(turn * (math.pi / 180)), g.sin(turn * (math.pi / 180))
    tilt, zoom = math.radians(20), 0.75
    return zoom * _matrix([[c, s * math.sin(tilt)], [0.0, math.cos(tilt)], [-s, c * math.sin(tilt)]])


def _cut(affine: nn.Linear) -> Tensor:
    """Where w·h + b = 0: in two dimensions the ends of a line [2, 2], in three the outline of a square [5, 3]."""
    size = affine.weight.shape[0]
    w = g.reshape(affine.weight, (1, size))
    length2 = g.sum(g.square(w)) + 1e-12
    assert affine.bias is not None
    nearest = w * (-affine.bias / length2)
    if size == 2:
        across = w @ _matrix([[0.0, 1.0], [-1.0, 0.0]]) / g.sqrt(length2)
        return nearest + g.reshape(g.cast(g.iota(2), "f32") * 6 - 3, (2, 1)) * across
    up = _matrix([[0.0, 1.0, 0.0]])
    across = _unit(w @ _matrix([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]))
    along = _unit(up - w * (g.sum(w * up) / length2))
    angle = g.reshape(g.cast(g.iota(5), "f32"), (5, 1)) * (math.pi / 2) + math.pi / 4
    return nearest + 1.7 * (g.cos(angle) * across + g.sin(angle) * along)


def _unit(v: Tensor) -> Tensor:
    return v / g.sqrt(g.sum(g.square(v)) + 1e-12)


def spiral(count: int = 96, turns: float = 1.25) -> tuple[list[list[float]], list[float]]:
    """Two arms, point by point: positions in [-1, 1]² and labels, in turns -1 and +1."""
    positions, labels = [], []
    for n in range(count):
        along, arm = (n // 2 + 0.5) / (count // 2), n % 2
        angle = 2 * math.pi * turns * along + math.pi * arm
        radius = 0.1 + 0.85 * along
        positions.append([radius * math.cos(angle), radius * math.sin(angle)])
        labels.append(1.0 if arm else -1.0)
    return positions, labels


def inputs() -> dict[str, object]:
    """The default experiment."""
    positions, labels = spiral()
    spare = SLOTS - len(labels)
    return {
        "points": positions + [[0.0, 0.0]] * spare,
        "labels": labels + [0.0] * spare,
        "count": float(len(labels)),
    }


DEMO = Demo(
    title="Watch the plane fold",
    build=build,
    options={"activation": tuple(BENDS), "last": (2, 3)},
    inputs=inputs,
)
