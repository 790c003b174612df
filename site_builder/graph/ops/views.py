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
    (x,) = inputs
    expect(x.rank == 2, f"expected a matrix, found {x}")
    return Type((x.shape[1], x.shape[0]), x.dtype)


ROWS = (
    Op("broadcast", "view", _broadcast, "repeated along new axes and axes of length 1"),
    Op("reshape", "view", _reshape, "the same elements in the same order"),
    Op("transpose", "anchor", _transpose, "rows become columns"),
)
