"""Products of matrices, and what equations are solved by."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect

SIZE = 32  # rows of the matrices that equations are solved with


def _matmul(inputs: Sequence[Type], attributes: Attributes) -> Type:
    a, b = inputs
    advice = "" if a.dtype == b.dtype == "f32" else ': cast them, as cast(x, "f32")'
    expect(a.rank == b.rank == 2 and not advice, f"expected two f32 matrices, found {a} and {b}{advice}")
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


def _matrices(x: Type) -> None:
    """Expect matrices as large as an invocation has room for: see shaders/matrix/triangular_solve.wgsl."""
    fits = x.dtype == "f32" and x.rank >= 2 and x.shape[-1] == x.shape[-2] <= SIZE
    expect(fits, f"expected f32[…,n,n] with n up to {SIZE}, found {x}")


def _lu(inputs: Sequence[Type], attributes: Attributes) -> Type:
    """Of a whole matrix; of one `step`, as the lowering makes it, of what the step before gives."""
    (a,) = inputs
    if "step" in attributes:
        return a
    _matrices(a)
    return Type((*a.shape[:-1], a.shape[-1] + 1))


def _triangular_solve(inputs: Sequence[Type], attributes: Attributes) -> Type:
    t, b = inputs
    _matrices(t)
    fits = b.dtype == "f32" and b.rank == t.rank and b.shape[:-1] == t.shape[:-1]
    expect(fits, f"expected as many rows as {t} has, found {b}")
    return b


ROWS = (
    Op("matmul", "anchor", _matmul, "matrix product; form nn, nt or tn says which operand is transposed"),
    Op("batched_matmul", "anchor", _batched_matmul, "a matrix product for each index of the leading axes"),
    Op("lu", "anchor", _lu, "P a = L U: L without its diagonal and U in one matrix, and which rows P takes beside it"),
    Op("triangular_solve", "anchor", _triangular_solve, "y in t y = b or tᵀ y = b, of t but one triangle being read"),
)
