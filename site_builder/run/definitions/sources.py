"""Constants, counters and random numbers, as NumPy defines them."""

from __future__ import annotations

import math

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def pcg4d(seed: Array, stream: int, step: Array, index: Array) -> list[Array]:
    """Four u32 for each (seed, stream, step, index).

    Source: Jarzynski and Olano, Hash functions for GPU rendering (2020).
    """
    v = [np.broadcast_to(np.asarray(x, np.uint32), index.shape).copy() for x in (seed, stream, step, index)]
    v = [x * np.uint32(1664525) + np.uint32(1013904223) for x in v]
    for shifted in (False, True):
        if shifted:
            v = [x ^ (x >> np.uint32(16)) for x in v]
        for a, b, c in ((0, 1, 3), (1, 2, 0), (2, 0, 1), (3, 1, 2)):
            v[a] = v[a] + v[b] * v[c]
    return v


def _bits(y: Tensor, seed: Array, step: Array) -> list[Array]:
    index = np.arange(y.size, dtype=np.uint32).reshape(y.shape)
    stream = y.attributes["stream"]
    return pcg4d(seed, stream, step, index)


def _unit(bits: Array) -> Array:
    """The upper 24 bits as a multiple of 2^-24 in [0, 1): exact in float32."""
    return np.asarray((bits >> np.uint32(8)).astype(np.float64) * 2.0**-24)


def _normal(y: Tensor, seed: Array, step: Array) -> Array:
    a, b, _, _ = _bits(y, seed, step)
    return np.asarray(np.sqrt(-2 * np.log(1 - _unit(a))) * np.cos(2 * math.pi * (_unit(b) - 0.5)))


DEFINITIONS: dict[str, Definition] = {
    "constant": lambda y: y.attributes["value"],
    "read": lambda y, value: value,
    "iota": lambda y: np.arange(y.size, dtype=np.uint32).reshape(y.shape),
    "uniform": lambda y, seed, step: _unit(_bits(y, seed, step)[0]),
    "normal": _normal,
    "random_index": lambda y, seed, step: _bits(y, seed, step)[0] % np.uint32(y.attributes["bound"]),
}
