"""A multi-layer perceptron that separates points in the plane, and the plane as each of its hidden layers sees it.

In: up to 128 points in [-1, 1]² labelled -1 or +1, of which the first `count` exist, some of them kept for a test and
some of the others labelled wrongly on purpose; a probe, one more point; a learning rate; which bend is used and how
many units a wide layer has, at any time; the layer that the plane is carried to.
Out: the network's answer all over the plane, what every hidden unit gives there, the plane on its way through the
layers with the points and the flat cut, every parameter's gradient, and for the probe what every unit computes. It
knows nothing of clicks and colours.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

from .view import between, camera, cut, fitting, lattice, matrix, of_units, principal_axes

SLOTS = 128
LAYERS = 3  # that are hidden, at most
WIDTH = 8  # units of each hidden layer but the last
MESH = 41  # vertices of the sheet in each direction
VERTICES = MESH**2
STRIDE = 4  # from one line that is drawn to the next
LINES = (MESH - 1) // STRIDE + 1
FAR = 1e9  # where points are drawn that do not exist
TANH, RELU, NONE = range(3)


# region: bend
def bend(z: Tensor, kind: Tensor, units: Tensor) -> Tensor:
    """The non-linearity, 0 tanh, 1 ReLU or 2 none; of a wide layer only the first `units` give anything but 0.

    Both are numbers that may change while the model trains.
    """
    h = g.where(g.equal(kind, TANH), g.tanh(z), g.where(g.equal(kind, RELU), g.relu(z), z))
    return h * g.less(g.cast(g.iota(WIDTH), "f32"), units) if z.shape[-1] == WIDTH else h


# endregion


# region: build
def build(layers: int = LAYERS, last: int = 2) -> Model:
    """Programs: `step` takes one step of Adam on all points; `look` computes what is drawn, `inspect` what is read.

    layers: how many are hidden; last: width of the last of them, in which a straight cut must do.
    """
    model = Model("folding")
    points = model.input("points", (SLOTS, 2))
    labels = model.input("labels", (SLOTS,))
    count = model.input("count", ())
    rate = model.input("learning_rate", (), initial=0.01)
    kind = model.input("activation", (), initial=TANH)
    units = model.input("units", (), initial=WIDTH)
    noise = model.input("noise", ())
    held_out = model.input("held_out", (), initial=1.0)

    network = nn.MLP([2, *[WIDTH] * (layers - 1), last, 1], lambda z: bend(z, kind, units), initialiser=nn.he)
    for layer in network.layers[:-1]:
        layer.bias = g.parameter((layer.weight.shape[1],), nn.uniform(0.5))
    model.add("network", network)

    place = g.iota(SLOTS)
    present = g.less(g.cast(place, "f32"), count)
    tested = present * held_out * g.less_equal(6, place % 8)  # two of eight, for classes often take turns
    taught = present - tested

    def targets() -> Tensor:
        """The labels, but of the points that are learned from, a share of `noise` is turned round: [slots]."""
        wrong = g.less(g.uniform((SLOTS,), stream=1, counter=g.constant(0, "u32")), noise) * taught
        return labels * (1 - 2 * wrong)

    def margins() -> Tensor:
        """y f(x), [slots]: positive where the sign is right."""
        return targets() * g.reshape(network(points), (SLOTS,))

    def mean_loss(chosen: Tensor) -> Tensor:
        """-log of the probability given to the right side, in nats, averaged over the chosen points."""
        m = margins()
        nats = g.log(1 + g.exp(-g.absolute(m))) + g.relu(-m)  # log(1 + e^-m) without a large exponent
        return g.sum(nats * chosen) / g.maximum(g.sum(chosen), 1.0)

    @model.program(counts=True)
    def step() -> None:
        loss = mean_loss(taught)
        nn.Adam(rate).minimise(loss, model)
        model.record("loss", loss)
        model.record("test", mean_loss(tested))

    # endregion

    carried = g.clip(model.input("layer", (), initial=LAYERS), 0.0, float(layers))
    turn = model.input("turn", (), initial=30.0)
    probe = matrix([[model.input("probe_x", (), initial=0.3), model.input("probe_y", (), initial=0.4)]])

    @model.program
    def look() -> dict[str, Tensor]:
        plane = lattice(MESH)
        x = g.concatenate([plane, points, probe])
        hs = network.hidden(x)
        zs = [layer(h) for layer, h in zip(network.layers, [x, *hs[:-1]], strict=False)]
        eye = camera(turn, last)
        last_seen = of_units(hs[-1][:VERTICES], eye)
        stops = [x]
        for z, h in zip(zs[:-1], hs[:-1], strict=True):
            axes = principal_axes(h[:VERTICES], plane)
            stops += [fitting(z[:VERTICES], axes)(z), fitting(h[:VERTICES], axes)(h)]
        stops += [of_units(zs[-1][:VERTICES], eye)(zs[-1]), last_seen(hs[-1])]
        seen = between(stops, 2 * carried)
        grid = g.reshape(seen[:VERTICES], (MESH, MESH, 2))
        right = g.less(0.0, margins())
        return {
            "plane": plane,
            "field": g.reshape(network(x)[:VERTICES], (MESH, MESH)),
            **{f"units.{number}": h[:VERTICES] for number, h in enumerate(hs)},
            "sheet": seen[:VERTICES],
            "rows": g.reshape(grid[::STRIDE], (LINES * MESH, 2)),
            "columns": g.reshape(g.swapaxes(grid, 0, 1)[::STRIDE], (LINES * MESH, 2)),
            "seen": _where(taught, seen[VERTICES:-1]),
            "seen_tests": _where(tested, seen[VERTICES:-1]),
            "probe": probe,
            "probe_seen": seen[-1:],
            "cut": g.where(g.less(layers - 0.02, carried), last_seen(cut(network.layers[-1])), FAR),
            "targets": targets(),
            "right": g.sum(right * taught),
            "taught": g.sum(taught),
            "right_tests": g.sum(right * tested),
            "tests": g.sum(tested),
        }

    @model.program
    def inspect() -> dict[str, Tensor]:
        named = list(model.parameters.values())
        zs = [layer(h) for layer, h in zip(network.layers, [probe, *network.hidden(probe)], strict=True)]
        return {
            "parameters": _in_a_row(named),
            "gradients": _in_a_row(g.gradients(mean_loss(taught), named)),
            "probed": _in_a_row(zs),
        }

    return model


def _in_a_row(tensors: list[Tensor]) -> Tensor:
    """All their numbers, one tensor after the other."""
    return g.concatenate([g.reshape(each, (each.size,)) for each in tensors])


def _where(chosen: Tensor, places: Tensor) -> Tensor:
    """The places [slots, 2] of the points that are chosen; those of the others are not to be seen."""
    return g.where(g.reshape(chosen, (SLOTS, 1)), places, FAR)


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
    options={"layers": (3, 2, 1), "last": (2, 3)},
    inputs=inputs,
)
