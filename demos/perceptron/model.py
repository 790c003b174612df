"""Rosenblatt's perceptron on points in the plane, with the quantities of Novikoff's bound; and a softer rule.

In: up to 64 points in [-1, 1]², labels -1 or +1, of which the first `count` exist; a seed, which picks mistakes.
Out: the weights after each mistake, how many there were, and a bracket around the margin of the points.
Lengths and margins are those of augmented points (x, 1), because the bias is the weight of a constant 1.
It knows nothing of clicks and colours.
"""

from __future__ import annotations

from dataclasses import dataclass

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

SLOTS = 64
TRAIL = 128  # mistakes whose weights are remembered
GHOSTS = 5  # earlier boundaries drawn behind the present one
FAR = 1e9  # beyond every score, so that an empty slot is never the smallest nor the largest
TINY = 1e-12  # added to squared lengths that may be 0; real ones are above 1e-6
REACH = 4.0  # half the length of a drawn boundary: more than the plane's diagonal

# Two clouds with a gap between them: the experiment that the figure shows and the demo starts with.
# fmt: off
NEGATIVE = [
    (0.51, 0.79), (-0.27, 0.30), (0.03, 0.59), (-0.87, 0.32), (0.72, 0.86), (0.83, 0.71),
    (-0.54, 0.18), (-0.12, 0.38),
]
POSITIVE = [
    (0.51, 0.22), (0.82, -0.30), (0.27, -0.73), (0.75, -0.80), (-0.50, -0.14), (-0.34, -0.23),
    (0.89, 0.13), (-0.20, -0.67), (0.86, -0.61), (-0.07, 0.08), (-0.46, -0.84), (0.19, -0.88),
    (-0.81, -0.20), (-0.40, -0.46),
]
# fmt: on


@dataclass(frozen=True)
class Points:
    """The reader's points."""

    position: Tensor  # [slots, 2]
    label: Tensor  # [slots], -1 or +1
    present: Tensor  # [slots], 1 where there is a point, else 0

    def agreement(self, weights: Tensor, bias: Tensor) -> Tensor:
        """y (w·x + b), [slots]: positive where the sign is right."""
        return self.label * (g.sum(self.position * weights, axis=1) + bias)

    def least_agreement(self, weights: Tensor, bias: Tensor) -> Tensor:
        """The smallest agreement of all points that are there."""
        return -g.max(g.where(self.present, -self.agreement(weights, bias), -FAR))


def add_points(model: Model) -> Points:
    """The inputs that hold the points."""
    position = model.input("points", (SLOTS, 2))
    label = model.input("labels", (SLOTS,))
    count = model.input("count", (), dtype="u32")
    return Points(position, label, g.less(g.iota(SLOTS), count))


def build() -> Model:
    """Programs: `step` corrects one mistake, `look` judges every point, `tighten` and `measure` bracket the margin."""
    model = Model("perceptron")
    points = add_points(model)
    weights = model.state("weights", (2,))
    bias = model.state("bias", ())
    mistakes = model.state("mistakes", ())
    trail = model.state("trail", (TRAIL, 2))
    bias_trail = model.state("bias_trail", (TRAIL,))

    # region: rule
    def choose() -> tuple[Tensor, Tensor, Tensor]:
        """Which points are wrong (1 or 0 each), whether any is, and one of them, at random."""
        wrong = g.less_equal(points.agreement(weights, bias), 0.0) * points.present
        lottery = g.uniform((SLOTS,), stream=1, low=1.0, high=2.0)
        return wrong, g.max(wrong), g.argmax(wrong * lottery)

    @model.program(counts=True)
    def step() -> None:
        _, any_wrong, chosen = choose()
        x, y = points.position[chosen], points.label[chosen]
        corrected, corrected_bias = weights + any_wrong * y * x, bias + any_wrong * y
        model.assign(weights, corrected)
        model.assign(bias, corrected_bias)
        model.assign(mistakes, mistakes + any_wrong)
        model.assign(trail, _appended(trail, corrected, any_wrong))
        model.assign(bias_trail, _appended(bias_trail, corrected_bias, any_wrong))
        model.record("length", g.sqrt(g.sum(corrected * corrected) + corrected_bias * corrected_bias))

    # endregion

    @model.program
    def look() -> dict[str, Tensor]:
        wrong, any_wrong, chosen = choose()
        offender = g.where(any_wrong, points.position[chosen], FAR)  # out of sight when all is well
        earlier = g.iota(GHOSTS) + (TRAIL - 1 - GHOSTS)
        length = g.sqrt(g.sum(weights * weights) + bias * bias)
        least = points.least_agreement(weights, bias)
        return {
            "wrong": g.sum(wrong),
            "offender": g.reshape(offender, (1, 2)),
            "margin": least / g.maximum(length, TINY),  # of the present line; negative while it misses a point
            "street": _lines(g.broadcast(weights, (2, 2)), bias + _signs((2,)) * g.maximum(least, 0.0)),
            "distance": _distance_at_corners(weights, bias),
            "boundary": _lines(g.reshape(weights, (1, 2)), g.reshape(bias, (1,))),
            "ghosts": _lines(trail[earlier], bias_trail[earlier]),
        }

    _add_margin(model, points)
    return model


def _add_margin(model: Model, points: Points) -> None:
    """The best margin is the distance from 0 to the hull of the rows z = y (x, 1); `tighten` walks towards that point.

    A step takes share from the row furthest along the present point and gives it to the row least far along.
    Source: Mitchell, Demyanov and Malozemov, Finding the point of a polyhedron closest to the origin (1974).
    """
    shares = model.state("shares", (SLOTS,))
    count = g.sum(points.present)
    signed = points.position * g.reshape(points.label, (SLOTS, 1))

    def nearest() -> tuple[Tensor, Tensor, Tensor]:
        """Shares that add up to 1, and the point of the hull they make: weights and bias."""
        kept = shares * points.present
        total = g.sum(kept)
        share = g.where(g.less(0.0, total), kept / g.maximum(total, TINY), points.present / g.maximum(count, 1.0))
        return share, g.sum(signed * g.reshape(share, (SLOTS, 1)), axis=0), g.sum(points.label * share)

    # region: margin
    @model.program
    def tighten() -> None:
        share, weights, bias = nearest()
        along = points.agreement(weights, bias)  # z·v
        least = g.argmin(g.where(points.present, along, FAR))
        most = g.argmax(g.where(g.less(0.0, share), along, -FAR))
        apart = signed[least] - signed[most]
        apart_bias = points.label[least] - points.label[most]
        squared = g.sum(apart * apart) + apart_bias * apart_bias + TINY
        moved = g.minimum(share[most], (along[most] - along[least]) / squared)
        model.assign(shares, share + moved * (g.one_hot(least, SLOTS) - g.one_hot(most, SLOTS)))

    @model.program
    def measure() -> dict[str, Tensor]:
        _, weights, bias = nearest()
        squared = g.sum(weights * weights) + bias * bias
        length = g.sqrt(squared + TINY)
        least = points.least_agreement(weights, bias)
        reach = g.sqrt(g.max((g.sum(points.position * points.position, axis=1) + 1.0) * points.present))
        edges = g.cast(g.iota(3), "f32") - 1.0  # -1, 0, 1: the separator and both edges of its empty band
        return {
            "radius": reach,
            "margin_at_least": least / length,  # attained by this very v
            "margin_at_most": length,  # every point of the hull is at least as far as the nearest
            "band": _lines(g.broadcast(weights, (3, 2)), bias + edges * squared),
        }

    # endregion


def build_softer() -> Model:
    """Softmax regression with two classes on the same points: a gradient step on all of them at once."""
    model = Model("softer")
    points = add_points(model)
    rate = model.input("learning_rate", (), initial=1.0)
    affine = model.add("affine", nn.Linear(2, 2, initialiser=nn.zeros))
    side = g.cast(g.less(0.0, points.label), "u32")

    @model.program(counts=True)
    def step() -> None:
        costs = g.cross_entropy(affine(points.position), side)
        loss = g.sum(costs * points.present) / g.sum(points.present)
        nn.SGD(rate).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> dict[str, Tensor]:
        return {"probabilities": g.softmax(affine(points.position))}

    return model


def _appended(trail: Tensor, newest: Tensor, happened: Tensor) -> Tensor:
    """`trail` with its oldest row dropped and `newest` at its end, if it happened."""
    row = g.iota(TRAIL)
    moved_up = trail[g.minimum(row + 1, TRAIL - 1)]
    last = g.reshape(g.equal(row, TRAIL - 1), (TRAIL,) + (1,) * len(newest.shape))
    return g.where(happened, g.where(last, newest, moved_up), trail)


def _lines(weights: Tensor, biases: Tensor) -> Tensor:
    """End points, [2 n, 2], of the lines w·x + b = 0 for weights [n, 2], biases [n]; one point where w is 0."""
    n = biases.size
    w = g.reshape(weights, (n, 1, 2))
    squared = g.reshape(g.sum(weights * weights, axis=1), (n, 1, 1)) + TINY
    foot = -1.0 * g.reshape(biases, (n, 1, 1)) * w / squared  # the line's point nearest to the origin
    turned = g.reshape(g.gather(g.transpose(weights), 1 - g.iota(2)), (2, n))
    along = g.reshape(g.transpose(turned), (n, 1, 2)) * _signs((1, 1, 2)) / g.sqrt(squared)
    return g.reshape(foot + along * _signs((1, 2, 1)) * REACH, (2 * n, 2))


def _signs(shape: tuple[int, ...]) -> Tensor:
    """-1 and +1 along the axis of length 2."""
    return g.cast(g.iota(*shape), "f32") * 2.0 - 1.0


def _distance_at_corners(weights: Tensor, bias: Tensor) -> Tensor:
    """Signed distance from the boundary at the plane's corners, [2, 2], lower left first; linear in between."""
    corner, axis = g.iota(4, 2) // 2, g.iota(4, 2) % 2
    corners = g.cast(g.where(g.cast(axis, "f32"), corner // 2, corner % 2), "f32") * 2.0 - 1.0  # [4, 2]: x runs fastest
    scores = g.sum(corners * weights, axis=1) + bias
    return g.reshape(scores / g.sqrt(g.sum(weights * weights) + TINY), (2, 2))


def inputs() -> dict[str, object]:
    """The default experiment: two clouds that a line can separate."""
    return slots(NEGATIVE, POSITIVE)


def slots(negative: list[tuple[float, float]], positive: list[tuple[float, float]]) -> dict[str, object]:
    """Points of two classes as the model's inputs."""
    points = [list(point) for point in [*negative, *positive]]
    labels = [-1.0] * len(negative) + [1.0] * len(positive)
    empty = SLOTS - len(points)
    return {"points": points + [[0.0, 0.0]] * empty, "labels": labels + [0.0] * empty, "count": len(points)}


DEMO = Demo(title="A perceptron corrects itself", build=build, inputs=inputs)
