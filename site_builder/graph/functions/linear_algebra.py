"""Equations with small matrices solved, and what they are solved by: LU, Cholesky and triangles.

Matrices are f32 [..., n, n] with n up to 32, and leading axes are so many problems. Columns are eliminated one by one.
No device says that a matrix is singular: the solution is NaN then, where NumPy and PyTorch raise an error.
"""

from __future__ import annotations

from ..ops.elementwise import absolute, equal, log, sign, sqrt
from ..ops.matrix import SIZE
from ..tensor import Tensor, broadcast, caller, common_shape, fail, make
from .elementwise import cast, where
from .index import triu
from .matrix import diagonal, matmul
from .reduce import prod, sum
from .sources import eye, iota
from .views import reshape, swapaxes

__all__ = ["cholesky", "det", "inv", "slogdet", "solve", "solve_triangular"]


def solve(a: Tensor, b: Tensor) -> Tensor:
    """x in a x = b: a [..., n, n], b [..., n, m] or one vector [n] -> as b, leading axes broadcast.

    By LU with partial pivoting. NaN where a is singular, and far off where it nearly is: by some 1e-7 times the ratio
    of its largest to its smallest singular value. Source: Golub and Van Loan, Matrix Computations (2013), section 3.4.
    """
    if len(b.shape) == 1:
        x = solve(a, reshape(b, (b.size, 1)))
        return reshape(x, x.shape[:-1])
    leading = _leading("solve", a, b)
    both, b = _wide(_lu("solve", a), leading), _wide(b, leading)
    y = solve_lower(both[..., :-1], matmul(rows_of(both), b, single=True), unit=True)
    return solve_triangular(both[..., :-1], y, upper=True)


def inv(a: Tensor) -> Tensor:
    """The inverse of a [..., n, n], as `solve` finds it. `solve(a, b)` is nearer than inv(a) @ b, and faster."""
    _lu("inv", a)  # which says what does not fit
    return solve(a, eye(a.shape[-1]))


def det(a: Tensor) -> Tensor:
    """The determinant of each of a [..., n, n]. Of a singular matrix 0 without a gradient (NaN).

    It overflows early, as the product of n numbers: log |det| is the second of `slogdet`.
    """
    both = _lu("det", a)
    return _sign(both) * prod(_pivots(both), -1)


def slogdet(a: Tensor) -> tuple[Tensor, Tensor]:
    """The sign and log |det| of each of a [..., n, n]; of a singular matrix 0 and a logarithm of 0."""
    both = _lu("slogdet", a)
    pivots = _pivots(both)
    return _sign(both) * prod(sign(pivots), -1), sum(log(absolute(pivots)), -1)


def cholesky(a: Tensor) -> Tensor:
    """L in L Lᵀ = a, with zeros above its diagonal: a [..., n, n] is symmetric and positive definite.

    Of another a, the symmetric part is taken; NaN where that is not positive definite. The gradient is symmetric, as
    PyTorch's. By elimination, U being D Lᵀ. Source: Golub and Van Loan, Matrix Computations (2013), section 4.2.3.
    """
    turned = swapaxes(a, -1, -2) if len(a.shape) > 1 and a.shape[-1] == a.shape[-2] else a
    both = _lu("cholesky", 0.5 * (a + turned), pivoting=False)
    pivots = _pivots(both)
    roots = sqrt(where(pivots > 0, pivots, -1.0))
    return swapaxes(triu(both[..., :-1]) / roots[..., None], -1, -2)


def solve_triangular(a: Tensor, b: Tensor, *, upper: bool) -> Tensor:
    """x in a x = b for b [..., n, m]: of a [..., n, n] only one triangle is read, the upper or the lower one.

    NaN where its diagonal has a 0. With L = cholesky(c), x in c x = b is
    `solve_triangular(swapaxes(L, -1, -2), solve_triangular(L, b, upper=False), upper=True)`.
    """
    leading = _leading("solve_triangular", a, b)
    return make(
        "triangular_solve", (_wide(a, leading), _wide(b, leading)), lower=not upper, transposed=False, unit=False
    )


def _lu(op: str, a: Tensor, pivoting: bool = True) -> Tensor:
    """L without its diagonal and U in one, and beside them which row of a each row is: [..., n, n + 1]."""
    if a.dtype != "f32" or len(a.shape) < 2 or a.shape[-1] != a.shape[-2] or a.shape[-1] > SIZE:
        raise fail(f"{op}: expected f32[..., n, n] with n up to {SIZE}, found {a.type}", caller())
    return make("lu", (a,), pivoting=pivoting)


def solve_lower(a: Tensor, b: Tensor, *, transposed: bool = False, unit: bool = False) -> Tensor:
    """x in L x = b, or in Lᵀ x = b, of the lower triangle L of a, whose diagonal may be taken to be ones."""
    return make("triangular_solve", (a, b), lower=not transposed, transposed=transposed, unit=unit)


def rows_of(both: Tensor) -> Tensor:
    """P, of ones and zeros, in P a = L U: from the op `lu`, whose last column says which row of a comes where."""
    shape = (*both.shape[:-1], both.shape[-2])
    taken = cast(both[..., -1:], "u32")
    return equal(broadcast(taken, shape), broadcast(iota(shape[-1]), shape))


def _pivots(both: Tensor) -> Tensor:
    return diagonal(both[..., :-1], 0, -2, -1)


def _sign(both: Tensor) -> Tensor:
    """det P: 1 where the rows are exchanged an even number of times, else -1; as there are pairs in the wrong order."""
    row = both[..., -1]
    wrong = cast(sum(triu(row[..., None, :] < row[..., None], 1), (-2, -1)), "u32")
    return 1 - 2 * cast(wrong % 2, "f32")


def _leading(op: str, a: Tensor, b: Tensor) -> tuple[int, ...]:
    """The leading axes of a and b together, where b has as many rows as a."""
    if len(a.shape) < 2 or len(b.shape) < 2 or a.shape[-1] != a.shape[-2] or b.shape[-2] != a.shape[-1]:
        hint = "A vector for each of several matrices is a column: b[..., None]" if len(a.shape) > 2 else None
        raise fail(f"{op}: expected [..., n, n] and [..., n, m], found {a.type} and {b.type}", caller(), hint=hint)
    return common_shape(op, a.shape[:-2], b.shape[:-2])


def _wide(x: Tensor, leading: tuple[int, ...]) -> Tensor:
    return broadcast(x, (*leading, *x.shape[-2:]))
