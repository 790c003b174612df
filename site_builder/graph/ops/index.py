"""Ops that read or write where another tensor says."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect


def _gather(inputs: Sequence[Type], attributes: Attributes) -> Type:
    table, rows = inputs
    expect(table.rank >= 1, "a scalar has no rows")
    expect(rows.dtype == "u32", f'rows are chosen by u32, found {rows}: cast them, as cast(x, "u32")')
    return Type(rows.shape + table.shape[1:], table.dtype)


def _scatter_add(inputs: Sequence[Type], attributes: Attributes) -> Type:
    rows, values = inputs
    expect(rows.dtype == "u32" and values.dtype == "f32", f"expected u32 rows and f32 values, found {rows}, {values}")
    expect(values.shape[: rows.rank] == rows.shape, f"{values} has no row for each of {rows}")
    return Type((attributes["count"], *values.shape[rows.rank :]))


def _update_at(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x, index, value), axis = inputs, attributes["axis"]
    expect(0 <= axis < x.rank, f"{x} has no axis {axis}")
    expect(index == Type((), "u32"), f"the index is a scalar of whole numbers, found {index}")
    row = Type(x.shape[:axis] + x.shape[axis + 1 :], x.dtype)
    expect(value == row, f"what stands at one index of axis {axis} of {x} is {row}, found {value}")
    return x


ROWS = (
    Op("gather", "anchor", _gather, "rows of a table; an index past the end takes the last row"),
    Op("scatter_add", "anchor", _scatter_add, "rows added into a table of zeros; past the end means the last"),
    Op("update_at", "anchor", _update_at, "a tensor with what stands at one index of an axis replaced"),
)
