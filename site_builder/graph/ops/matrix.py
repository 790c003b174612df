"""Products of matrices."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect


def _matmul(inputs: Sequence[Type], attributes: Attributes) -> Type:
    a, b = inputs
    expect(a.rank == b.rank == 2 and a.dtype == b.dtype == "f32", f"expected two f32 matrices, found {a} and {b}")
    rows, inner = a.shape if attributes["form"] != "tn" else a.shape[::-1]
    other, columns = b.shape if attributes["form"] != "nt" else b.shape[::-1]
    expect(inner == other, f"{a} and {b} do not fit: {inner} against {other}")
    return Type((rows, columns))


def _batched_matmul(inputs: Sequence[Type], attributes: Attributes) -> Type:
    a, b = inputs
    fits = a.rank == b.rank > 2 and a.shape[:-2] == b.shape[:-2]
    expect(fits, f"expected equally many products along the leading axes, found {a} and {b}")
    one = _matmul([Type(a.shape[-2:], a.dtype), Type(b.shape[-2:], b.dtype)], attributes)
    return Type((*a.shape[:-2], *one.shape))


ROWS = (
    Op("matmul", "anchor", _matmul, "matrix product; form nn, nt or tn says which operand is transposed"),
    Op("batched_matmul", "anchor", _batched_matmul, "a matrix product for each index of the leading axes"),
)
