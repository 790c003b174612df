"""A multi-layer perceptron from number to number, fitted to a curve, and what its hidden units make of the axis.

In: the curve as samples at evenly spaced x in [-1, 1]; which bend is used, at any time; a learning rate.
Out: the fitted curve, its straight pieces and knots, what each hidden unit gives along the axis, and how many are dead.
It knows nothing of how the curve was drawn.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

SIZES = ("1x32", "2x16", "4x8")  # hidden layers x units in each: 32 units in all
SAMPLES = 129  # of the drawn curve, so that neighbours are 1/64 apart
FINE = 513  # of the fitted one
FAR = 9.0  # where a tick is drawn that is not there
RELU, TANH, GELU, NONE = range(4)


# region: bend
def bend(z: Tensor, kind: Tensor) -> Tensor:
    """The non-linearity, chosen by a number that may change while the model trains: 0 ReLU, 1 tanh, 2 GELU, 3 none."""
    smooth = g.where(g.equal(kind, TANH), g.tanh(z), g.where(g.equal(kind, GELU), g.gelu(z), z))
    return g.where(g.equal(kind, RELU), g.relu(z), smooth)


# endregion


def widths(size: str) -> list[int]:
    """ "2x16" -> [1, 16, 16, 1]."""
    depth, width = map(int, size.split("x"))
    return [1, *[width] * depth, 1]


def axis(samples: int) -> Tensor:
    """`samples` evenly spaced numbers from -1 to 1, as a column [samples, 1]."""
    return g.reshape(g.cast(g.iota(samples), "f32") * (2 / (samples - 1)) - 1, (samples, 1))


# region: build
def build(size: str = "1x32") -> Model:
    """Programs: `step` takes one step of Adam on the whole curve, `look` samples what the network computes."""
    model = Model("curve")
    target = model.input("target", (SAMPLES,))
    kind = model.input("activation", (), initial=RELU)
    rate = model.input("learning_rate", (), initial=0.01)
    network = nn.MLP(widths(size), lambda z: bend(z, kind), initialiser=nn.he)
    for layer in network.layers[:-1]:  # a hinge sits where its unit's input is 0: spread them, or all start at x = 0
        layer.bias = g.parameter((layer.weight.shape[1],), nn.uniform(1.0))
    model.add("network", network)

    @model.program(counts=True)
    def step() -> None:
        error = g.reshape(network(axis(SAMPLES)), (SAMPLES,)) - target
        loss = g.mean(g.square(error))
        nn.Adam(rate).minimise(loss, model)
        model.record("loss", loss)

    # endregion

    @model.program
    def look() -> dict[str, Tensor]:
        by_layer = _switches(network)
        flips = [g.sum(changes, axis=1) for changes in by_layer]
        before = _running_sum(_total(flips))
        return {
            "fit": g.reshape(network(axis(FINE)), (FINE,)),
            "piece": g.cast(before * g.equal(kind, RELU), "u32"),
            "knots": g.max(before),
            "ticks": _ticks(flips),
            "dead": _total([g.sum(_dead(h, kind)) for h in network.hidden(axis(SAMPLES))]),
            "units": _stack(network.hidden(axis(SAMPLES)), kind),
        }

    return model


def _switches(network: nn.MLP) -> list[Tensor]:
    """For each hidden layer [FINE, width]: 1 where a unit's input changes its sign just before that sample, else 0."""
    before = g.maximum(g.iota(FINE), 1) - 1
    layers, h = [], axis(FINE)
    for layer, after in zip(network.layers[:-1], network.hidden(axis(FINE)), strict=True):
        on = g.less(0.0, layer(h))
        layers.append(g.absolute(on - on[before]))
        h = after
    return layers


def _ticks(flips: list[Tensor]) -> Tensor:
    """An upright line where a unit switches, a row for each layer: two ends [2 * layers * FINE, 2], else far away."""
    layers = len(flips)
    rows = g.full((layers, FINE, 1, 1), 0.0)
    for number, flip in enumerate(flips):
        here = g.equal(g.reshape(g.iota(layers), (layers, 1, 1, 1)), number)
        rows = rows + here * g.reshape(flip, (1, FINE, 1, 1))
    top = -1.1 - 0.12 * g.cast(g.reshape(g.iota(layers), (layers, 1, 1, 1)), "f32")
    y = top - 0.08 * g.cast(g.reshape(g.iota(2), (1, 1, 2, 1)), "f32")
    x = g.reshape(axis(FINE), (1, FINE, 1, 1)) - 1 / (FINE - 1)
    point = g.where(g.equal(g.reshape(g.iota(2), (1, 1, 1, 2)), 0), x, y)
    return g.reshape(g.where(g.less(0.0, rows), point, FAR), (layers * FINE * 2, 2))


def _total(tensors: list[Tensor]) -> Tensor:
    first, *rest = tensors
    for each in rest:
        first = first + each
    return first


def _running_sum(x: Tensor) -> Tensor:
    """Σ_{j <= i} x_j for each i of a vector."""
    (n,) = x.shape
    reached = g.less_equal(g.reshape(g.iota(n), (1, n)), g.reshape(g.iota(n), (n, 1)))
    return g.sum(reached * x, axis=1)


def _dead(h: Tensor, kind: Tensor) -> Tensor:
    """1 for each ReLU that gives 0 at all samples, so that no gradient reaches its weights; h [samples, width]."""
    return g.less_equal(g.max(h, axis=0), 0.0) * g.equal(kind, RELU)


def _stack(hidden: list[Tensor], kind: Tensor) -> Tensor:
    """The layers' outputs [samples, width] as one picture [units, samples], each unit divided by its largest.

    ReLU gives nothing negative, so that a whole row of -1 is free to say that a unit is dead.
    """
    samples, width = hidden[0].shape
    units = len(hidden) * width
    picture = g.full((units, samples), 0.0)
    for number, h in enumerate(hidden):
        place = g.equal(g.reshape(g.iota(units), (units, 1)), g.reshape(g.iota(width), (1, width)) + number * width)
        scale = g.maximum(g.max(g.absolute(h), axis=0), 1e-6)
        picture = picture + g.matmul(place, h / scale - _dead(h, kind), "nt")
    return picture


def wave(x: float) -> float:
    """The curve of the default experiment."""
    return 0.8 * math.sin(2 * math.pi * x) * math.exp(-0.6 * x * x) + 0.15 * x


def inputs() -> dict[str, list[float]]:
    """The default experiment."""
    return {"target": [wave(2 * i / (SAMPLES - 1) - 1) for i in range(SAMPLES)]}


DEMO = Demo(title="Fit a curve of your own", build=build, options={"size": SIZES}, inputs=inputs)
