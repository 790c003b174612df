"""Ops that make one number of many."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect


def _reduce(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), axes = inputs, attributes["axes"]
    expect(x.dtype == "f32", f'expected f32, found {x}: cast it, as cast(x, "f32")')
    expect(len(axes) > 0, "nothing to reduce over")
    expect(all(0 <= axis < x.rank for axis in axes), f"{x} has no axes {list(axes)}")
    contiguous = tuple(range(axes[0], axes[0] + len(axes)))
    expect(axes == contiguous, f"axes must be neighbours in order, found {list(axes)}")
    return Type(tuple(n for axis, n in enumerate(x.shape) if axis not in axes))


def _arg_reduce(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_reduce(inputs, attributes).shape, "u32")


def _rank(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,) = inputs
    expect(x.rank >= 1 and x.dtype == "f32", f"expected f32[…,n], found {x}")
    return Type(x.shape, "u32")


def _global_norm(inputs: Sequence[Type], attributes: Attributes) -> Type:
    expect(len(inputs) > 0, "expected at least one tensor")
    expect(all(x.dtype == "f32" for x in inputs), f"expected f32, found {' and '.join(map(str, inputs))}")
    return Type(())


ROWS = (
    Op("sum", "anchor", _reduce, "sum over neighbouring axes"),
    Op("prod", "anchor", _reduce, "product over neighbouring axes"),
    Op("max", "anchor", _reduce, "maximum over neighbouring axes"),
    Op("argmax", "anchor", _arg_reduce, "index of the first maximum"),
    Op("argmin", "anchor", _arg_reduce, "index of the first minimum"),
    Op("global_norm", "anchor", _global_norm, "√ of the sum of the squares of all elements of several tensors"),
    Op("rank", "anchor", _rank, "place in order along the last axis, equal ones by index; NaN is the largest"),
)
