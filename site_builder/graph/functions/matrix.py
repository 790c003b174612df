"""Products of matrices and vectors, and diagonals."""

from __future__ import annotations

import math

from ..tensor import Tensor, broadcast, caller, common_shape, fail, make
from .elementwise import where
from .reduce import sum
from .sources import eye
from .views import axes_of, axis_of, pad, reshape, transpose

__all__ = ["diag", "diagonal", "dot", "matmul", "outer", "trace"]


def matmul(a: Tensor, b: Tensor, form: str = "nn", single: bool = False) -> Tensor:
    """Matrix product over the last two axes; leading axes are broadcast.

    A vector left of a matrix is a row of it, one right of a matrix a column; the axis that it lacks goes again. Of two
    vectors it is the sum of their products, f32[].
    form "nn": a[…,m,k] b[…,k,n]; "nt": a[…,m,k] b[…,n,k]ᵀ; "tn": a[…,k,m]ᵀ b[…,k,n]. Gives [*, m, n].
    `single`: in single precision also where the model asks for half.
    """
    if form == "nn" and 1 in (len(a.shape), len(b.shape)) and a.shape and b.shape:
        return _with_vector(a, b, single)
    precision = {"single": True} if single else {}
    if len(a.shape) == len(b.shape) == 2 or min(len(a.shape), len(b.shape)) < 2:
        return make("matmul", (a, b), form=form, **precision)
    if len(b.shape) == 2 and form != "tn":  # one matrix for all rows: one product
        rows = make("matmul", (reshape(a, (math.prod(a.shape[:-1]), a.shape[-1])), b), form=form, **precision)
        return reshape(rows, (*a.shape[:-1], rows.shape[-1]))
    leading = common_shape("matmul", a.shape[:-2], b.shape[:-2])
    together = leading if len(leading) <= 2 else (math.prod(leading[:-1]), leading[-1])
    operands = (broadcast(x, (*leading, *x.shape[-2:])) for x in (a, b))
    y = make("batched_matmul", tuple(reshape(x, (*together, *x.shape[-2:])) for x in operands), form=form)
    return reshape(y, (*leading, *y.shape[-2:]))


def _with_vector(a: Tensor, b: Tensor, single: bool) -> Tensor:
    inner = b.shape[-2] if len(b.shape) > 1 else b.shape[0]
    if a.shape[-1] != inner:
        raise fail(f"matmul: {a.type} and {b.type} do not fit: {a.shape[-1]} against {inner}", caller())
    if len(a.shape) == len(b.shape):
        return sum(a * b)
    if len(b.shape) == 1:
        y = matmul(a, reshape(b, (inner, 1)), single=single)
        return reshape(y, y.shape[:-1])
    y = matmul(reshape(a, (1, inner)), b, single=single)
    return reshape(y, (*y.shape[:-2], y.shape[-1]))


def dot(a: Tensor, b: Tensor) -> Tensor:
    """The sum of the products of two vectors, f32[]. For matrices, of which NumPy's `dot` takes some, there is `@`."""
    if len(a.shape) != 1 or a.shape != b.shape:
        hint = "The product of matrices is a @ b, and of rows with rows sum(a * b, -1)"
        raise fail(f"dot: expected two vectors of one length, found {a.type} and {b.type}", caller(), hint=hint)
    return sum(a * b)


def outer(a: Tensor, b: Tensor) -> Tensor:
    """The products of each element of one vector with each of another: a [n], b [m] -> [n, m]."""
    if len(a.shape) != 1 or len(b.shape) != 1:
        raise fail(f"outer: expected two vectors, found {a.type} and {b.type}", caller())
    return reshape(a, (a.size, 1)) * b


def diagonal(x: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The elements of x whose places along two axes are equal, or differ by `offset`: those axes go, a last one comes.

    Of a matrix with an offset of 1, the elements just right of its diagonal; of a batch of matrices, axes -2 and -1.
    """
    if len(x.shape) < 2:
        raise fail(f"diagonal: expected two axes or more, found {x.type}", caller())
    axes_of("diagonal", x, (axis1, axis2))
    first, second = axis_of("diagonal", x, axis1), axis_of("diagonal", x, axis2)
    x = transpose(x, (*(n for n in range(len(x.shape)) if n not in (first, second)), first, second))
    rows, columns = x.shape[-2:]
    if not -rows < offset < columns:
        raise fail(f"diagonal: {rows} rows of {columns} have no diagonal with an offset of {offset}", caller())
    x = x[..., max(-offset, 0) :, max(offset, 0) :]
    rows, columns = x.shape[-2:]
    rows = min(rows, columns)  # of a row's elements in a line, every one after a row and one further
    return reshape(x[..., :rows, :], (*x.shape[:-2], rows * columns))[..., :: columns + 1]


def diag(x: Tensor, offset: int = 0) -> Tensor:
    """The diagonal of a matrix, as a vector; of a vector, the matrix that has it there and zeros elsewhere."""
    if len(x.shape) == 2:
        return diagonal(x, offset)
    if len(x.shape) != 1:
        raise fail(f"diag: expected a matrix or a vector, found {x.type}", caller(), hint="For a batch see diagonal")
    square = where(eye(x.size), reshape(x, (x.size, 1)), 0.0)
    below, right = max(-offset, 0), max(offset, 0)
    return pad(square, [(below, right), (right, below)])


def trace(x: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of `diagonal`: of a matrix f32[]."""
    return sum(diagonal(x, offset, axis1, axis2), -1)
