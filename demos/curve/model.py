"""A multi-layer perceptron from number to number, fitted to a curve, and what its hidden units make of the axis.

In: the curve as samples at evenly spaced x in [-1, 1]; which bend is used, at any time; a learning rate.
Out: the fitted curve, its straight pieces and knots, and what each hidden unit gives along the axis.
It knows nothing of how the curve was drawn.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo, Recording

SIZES = ("1x32", "2x16", "4x8")  # hidden layers x units in each: 32 units in all
SAMPLES = 129  # of the drawn curve, so that neighbours are 1/64 apart
FINE = 513  # of the fitted one
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
        flips, bent = _flips(network)
        return {
            "fit": g.reshape(network(axis(FINE)), (FINE,)),
            "piece": g.cast(_running_sum(flips), "u32"),
            "knots": g.sum(flips),
            "idle": sum(widths(size)[1:-1]) - bent,
            "units": _stack(network.hidden(axis(SAMPLES))),
        }

    return model


def _flips(network: nn.MLP) -> tuple[Tensor, Tensor]:
    """How many units' inputs change sign just before each fine sample [FINE]; how many units' do anywhere."""
    before = g.maximum(g.iota(FINE), 1) - 1
    flips, bent, h = g.full((FINE,), 0.0), g.constant(0.0), axis(FINE)
    for layer, after in zip(network.layers[:-1], network.hidden(axis(FINE)), strict=True):
        on = g.less(0.0, layer(h))
        changes = g.absolute(on - on[before])
        flips = flips + g.sum(changes, axis=1)
        bent = bent + g.sum(g.max(changes, axis=0))
        h = after
    return flips, bent


def _running_sum(x: Tensor) -> Tensor:
    """Σ_{j <= i} x_j for each i of a vector."""
    (n,) = x.shape
    reached = g.less_equal(g.reshape(g.iota(n), (1, n)), g.reshape(g.iota(n), (n, 1)))
    return g.sum(reached * x, axis=1)


def _stack(hidden: list[Tensor]) -> Tensor:
    """The layers' outputs [samples, width] as one picture [units, samples], each unit divided by its largest."""
    samples, width = hidden[0].shape
    units = len(hidden) * width
    picture = g.full((units, samples), 0.0)
    for number, h in enumerate(hidden):
        place = g.equal(g.reshape(g.iota(units), (units, 1)), g.reshape(g.iota(width), (1, width)) + number * width)
        scale = g.maximum(g.max(g.absolute(h), axis=0), 1e-6)  # a unit that is never on stays 0
        picture = picture + g.matmul(place, h / scale, "nt")
    return picture


def wave(x: float) -> float:
    """The curve of the default experiment."""
    return 0.8 * math.sin(2 * math.pi * x) * math.exp(-0.6 * x * x) + 0.15 * x


def inputs() -> dict[str, list[float]]:
    """The default experiment."""
    return {"target": [wave(2 * i / (SAMPLES - 1) - 1) for i in range(SAMPLES)]}


DEMO = Demo(
    title="Fit a curve of your own",
    build=build,
    options={"size": SIZES},
    inputs=inputs,
    recording=Recording(
        program="step",
        at=(0, 10, 30, 100, 200, 400, 700, 1000),
        then=("look",),
        read=("fit", "piece", "knots", "idle", "units", "loss.history", "step"),
        seed=1,
    ),
)
