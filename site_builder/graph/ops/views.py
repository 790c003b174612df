"""Ops that move elements without changing them."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect, shape_of


def _broadcast(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), shape = inputs, shape_of(attributes)
    tail = shape[len(shape) - x.rank :]
    fits = x.rank <= len(shape) and all(n in (1, m) for n, m in zip(x.shape, tail, strict=True))
    expect(fits, f"{x} cannot be broadcast to {list(shape)}")
    return Type(shape, x.dtype)


def _reshape(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), result = inputs, Type(shape_of(attributes), inputs[0].dtype)
    expect(x.size == result.size, f"{x} has {x.size} elements, {list(result.shape)} has {result.size}")
    return result


def _transpose(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), axes = inputs, attributes["axes"]
    expect(sorted(axes) == list(range(x.rank)), f"axes of {x} are a permutation of 0 to {x.rank - 1}, found {axes}")
    return Type(tuple(x.shape[axis] for axis in axes), x.dtype)


def _slice(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), starts, shape = inputs, attributes["starts"], shape_of(attributes)
    expect(len(starts) == len(shape) == x.rank, f"a slice of {x} has a start and a length for each axis")
    fits = all(start >= 0 and start + n <= m for start, n, m in zip(starts, shape, x.shape, strict=True))
    expect(fits, f"{x} has no {list(shape)} from {list(starts)} on")
    return Type(shape, x.dtype)


def _pad(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), before, shape = inputs, attributes["before"], shape_of(attributes)
    expect(len(before) == len(shape) == x.rank, f"padding of {x} has a width for each axis")
    fits = all(start >= 0 and start + n <= m for start, n, m in zip(before, x.shape, shape, strict=True))
    expect(fits, f"{x} does not fit into {list(shape)} from {list(before)} on")
    return Type(shape, x.dtype)


def _concatenate(inputs: Sequence[Type], attributes: Attributes) -> Type:
    first, axis = inputs[0], attributes["axis"]
    expect(0 <= axis < first.rank, f"{first} has no axis {axis}")
    others = [(x.dtype, x.shape[:axis], x.shape[axis + 1 :]) for x in inputs]
    expect(others.count(others[0]) == len(others), f"{', '.join(map(str, inputs))} differ off axis {axis} or in dtype")
    length = sum(x.shape[axis] for x in inputs)
    return Type((*first.shape[:axis], length, *first.shape[axis + 1 :]), first.dtype)


ROWS = (
    Op("broadcast", "view", _broadcast, "repeated along new axes and axes of length 1"),
    Op("reshape", "view", _reshape, "the same elements in the same order"),
    Op("transpose", "view", _transpose, "axes in another order"),
    Op("slice", "view", _slice, "a box of neighbouring elements"),
    Op("pad", "view", _pad, "zeros around a tensor"),
    Op("concatenate", "view", _concatenate, "tensors one after the other along an axis"),
)
