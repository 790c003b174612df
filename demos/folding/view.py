"""Where what a layer gives is drawn on a page: flat views of many dimensions, and the flat cut through the last layer.

In: tensors of places [n, dimensions], an affine map to one number. Out: places on the page [n, 2], within [-1, 1]². It
knows nothing of training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Tensor

SIDE = 1.7  # half a diagonal of the square that shows a cut in three dimensions


@dataclass(frozen=True)
class Projection:
    """From places in a layer to the page."""

    axes: Tensor  # [dimensions, 2]
    centre: Tensor | float = 0.0  # what lies in the middle of the page
    scale: Tensor | float = 1.0  # what lies at its edge

    def __call__(self, h: Tensor) -> Tensor:
        """h [n, dimensions] -> [n, 2]."""
        return (h - self.centre) @ self.axes / self.scale


def fitting(h: Tensor, axes: Tensor) -> Projection:
    """Along these axes, with the mean of h in the middle, and all of h on the page."""
    seen = Projection(axes, g.mean(h, axis=0, keepdims=True))
    return Projection(axes, seen.centre, g.max(g.absolute(seen(h))) + 1e-6)


def of_units(h: Tensor, axes: Tensor) -> Projection:
    """Along these axes, zero in the middle; the box [-1, 1] of tanh stays as it is, what is larger shrinks to fit."""
    return Projection(axes, scale=g.maximum(g.max(g.absolute(h)), 1.0))


# region: axes
def principal_axes(h: Tensor, plane: Tensor) -> Tensor:
    """Nearly the two directions [dimensions, 2] in which h [n, dimensions] spreads most, turned as little as can be.

    Two rounds of orthogonal iteration, begun with the directions in which h follows the plane's own axes; plane [n, 2]
    has mean 0. A pair is orthonormalised as a whole, which prefers neither, so that it moves smoothly when h does.
    """
    away = h - g.mean(h, axis=0, keepdims=True)
    spread = g.transpose(away) @ away
    axes = _orthonormal(g.transpose(away) @ plane)
    for _ in range(2):
        axes = _orthonormal(spread @ axes)
    return axes


def _orthonormal(m: Tensor) -> Tensor:
    """m (mᵀm)^(-1/2): of all pairs of orthonormal columns the nearest to the columns of m [dimensions, 2].

    The root of a 2 x 2 matrix A is (A + s) / t with s = √det A and t = √(tr A + 2 s), by Cayley and Hamilton.
    """
    m = m / (g.max(g.absolute(m)) + 1e-20)
    gram = g.transpose(m) @ m
    trace = gram[0, 0] + gram[1, 1]
    s = g.sqrt(g.maximum(gram[0, 0] * gram[1, 1] - gram[0, 1] * gram[1, 0], 1e-8)) + 1e-4 * trace
    t = g.sqrt(trace + 2 * s)
    return m @ ((trace + s) * identity() - gram) / (s * t)


# endregion


def identity() -> Tensor:
    """[2, 2]: two dimensions as they are."""
    return matrix([[1.0, 0.0], [0.0, 1.0]])


def between(stops: list[Tensor], at: Tensor) -> Tensor:
    """The stop of number `at`; between whole numbers, on the straight way from one stop to the next."""
    total = stops[0] * g.relu(1 - at)
    for number, stop in enumerate(stops[1:], start=1):
        total = total + stop * g.relu(1 - g.absolute(at - number))
    return total


def lattice(side: int) -> Tensor:
    """The plane [-1, 1]² sampled on its corners, row by row from below: [side * side, 2]."""
    index = g.iota(side * side, 1)
    x = g.cast(index % side, "f32") * (2 / (side - 1)) - 1
    y = g.cast(index // side, "f32") * (2 / (side - 1)) - 1
    return g.where(g.equal(g.iota(1, 2), 0), x, y)


def matrix(rows: list[list[Tensor | float]]) -> Tensor:
    """A small matrix of scalars."""
    shape = (len(rows), len(rows[0]))
    index, entries = g.iota(*shape), g.full(shape, 0.0)
    for number, entry in enumerate(e for row in rows for e in row):
        entries = g.where(g.equal(index, number), entry, entries)
    return entries


def camera(turn: Tensor, dimensions: int) -> Tensor:
    """From the last layer to the page: [dimensions, 2]. Two dimensions stay as they are, three turn by degrees."""
    if dimensions == 2:
        return identity()
    c, s = g.cos(turn * (math.pi / 180)), g.sin(turn * (math.pi / 180))
    tilt, zoom = math.radians(20), 0.75
    return zoom * matrix([[c, s * math.sin(tilt)], [0.0, math.cos(tilt)], [-s, c * math.sin(tilt)]])


def cut(affine: nn.Linear) -> Tensor:
    """Where w·h + b = 0: in two dimensions the ends of a line [2, 2], in three the outline of a square [5, 3]."""
    size = affine.weight.shape[0]
    w = g.reshape(affine.weight, (1, size))
    length2 = g.sum(g.square(w)) + 1e-12
    assert affine.bias is not None
    nearest = w * (-affine.bias / length2)
    if size == 2:
        across = w @ matrix([[0.0, 1.0], [-1.0, 0.0]]) / g.sqrt(length2)
        return nearest + g.reshape(g.cast(g.iota(2), "f32") * 6 - 3, (2, 1)) * across
    up = matrix([[0.0, 1.0, 0.0]])
    across = _unit(w @ matrix([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]))
    along = _unit(up - w * (g.sum(w * up) / length2))
    angle = g.reshape(g.cast(g.iota(5), "f32"), (5, 1)) * (math.pi / 2) + math.pi / 4
    return nearest + SIDE * (g.cos(angle) * across + g.sin(angle) * along)


def _unit(v: Tensor) -> Tensor:
    return v / g.sqrt(g.sum(g.square(v)) + 1e-12)
