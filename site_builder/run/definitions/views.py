"""Elements moved, as NumPy defines it."""

from __future__ import annotations

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _box(starts: tuple[int, ...], shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(start, start + n) for start, n in zip(starts, shape, strict=True))


def _pad(y: Tensor, x: Array) -> Array:
    result = np.zeros(y.shape, x.dtype)
    result[_box(y.attributes["before"], x.shape)] = x
    return result


DEFINITIONS: dict[str, Definition] = {
    "broadcast": lambda y, x: np.broadcast_to(x, y.shape),
    "reshape": lambda y, x: x.reshape(y.shape),
    "transpose": lambda y, x: x.transpose(y.attributes["axes"]),
    "slice": lambda y, x: x[_box(y.attributes["starts"], y.shape)],
    "pad": _pad,
    "concatenate": lambda y, *parts: np.concatenate(parts, axis=y.attributes["axis"]),
}
