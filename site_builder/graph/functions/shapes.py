"""Shapes with axes of length 1 more or fewer, with several axes as one, or with one elsewhere."""

from __future__ import annotations

import math

from ..tensor import Tensor, caller, fail
from .views import axes_of, axis_of, moved, reshape

__all__ = ["expand_dims", "flatten", "moveaxis", "squeeze"]


def squeeze(x: Tensor, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """x without the axes of length 1, or without those that `axis` names, whose length is 1."""
    gone = axes_of("squeeze", x, axis) if axis is not None else [n for n, length in enumerate(x.shape) if length == 1]
    longer = [n for n in gone if x.shape[n] != 1]
    if longer:
        raise fail(f"squeeze: axis {longer[0]} of {x.type} has length {x.shape[longer[0]]}, expected 1", caller())
    return reshape(x, tuple(length for n, length in enumerate(x.shape) if n not in gone))


def expand_dims(x: Tensor, axis: int) -> Tensor:
    """x with a new axis of length 1, which is axis `axis` of the result."""
    rank = len(x.shape) + 1
    if not -rank <= axis < rank:
        raise fail(f"expand_dims: {x.type} with one axis more has no axis {axis}", caller())
    at = axis % rank
    return reshape(x, (*x.shape[:at], 1, *x.shape[at:]))


def flatten(x: Tensor, start: int = 0) -> Tensor:
    """The axes from `start` on as one, in row-major order: flatten(x, 1) keeps the batch."""
    if not x.shape:
        return reshape(x, (1,))
    at = axis_of("flatten", x, start)
    return reshape(x, (*x.shape[:at], math.prod(x.shape[at:])))


def moveaxis(x: Tensor, source: int, destination: int) -> Tensor:
    """x with axis `source` as axis `destination`, the others in their order."""
    return moved(x, axis_of("moveaxis", x, source), axis_of("moveaxis", x, destination))
