"""Many numbers made one, and their order."""

from __future__ import annotations

from collections.abc import Sequence

from ..ops.reduce import NORMED
from ..tensor import Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, equal, where
from .sources import iota
from .views import reshape

__all__ = ["argmax", "argmin", "global_norm", "max", "mean", "rank", "sum", "top_k"]

Axis = int | tuple[int, ...] | None


def sum(x: Tensor, axis: Axis = None) -> Tensor:
    """Sum over one axis, neighbouring axes, or all; those axes go."""
    return _reduce("sum", x, axis)


def mean(x: Tensor, axis: Axis = None, weights: Tensor | None = None) -> Tensor:
    """Mean over one axis, neighbouring axes, or all; those axes go.

    With `weights` of x's shape, Σ w x / Σ w: with weights of 0 and 1, the mean of what is kept (NaN of nothing).
    """
    if weights is not None:
        return _reduce("sum", x * weights, axis) / _reduce("sum", broadcast(weights, x.shape), axis)
    total = _reduce("sum", x, axis)
    return total * (total.size / x.size)


def max(x: Tensor, axis: Axis = None) -> Tensor:
    """Maximum over one axis, neighbouring axes, or all; equal maxima share the gradient."""
    return _reduce("max", x, axis)


def argmax(x: Tensor, axis: int = -1) -> Tensor:
    """u32 index of the first maximum along one axis, which goes."""
    return _reduce("argmax", x, axis)


def argmin(x: Tensor, axis: int = -1) -> Tensor:
    """u32 index of the first minimum along one axis, which goes."""
    return _reduce("argmin", x, axis)


def global_norm(tensors: Sequence[Tensor]) -> Tensor:
    """√ Σ x² over all elements of all the tensors, f32[]. No gradient passes.

    One dispatch, and one more for every six tensors where more of them do not lie in an optimiser's arenas.
    """
    norms = list(tensors)
    if not norms:
        raise fail("global_norm: expected at least one tensor", caller())
    while len(norms) > 1 or norms[0] is tensors[0]:  # of norms, the norm is that of all
        norms = [make("global_norm", tuple(norms[n : n + NORMED])) for n in range(0, len(norms), NORMED)]
    return norms[0]


def rank(x: Tensor) -> Tensor:
    """u32 place of each element in descending order along the last axis, 0 for the largest; equal ones by index.

    `less(rank(x), k)` marks the k largest; k may be an input, say a slider's. Every pair of a row is compared.
    """
    return make("rank", (x,))


def top_k(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest elements along the last axis in descending order, and their indices: f32 and u32[..., k].

    Equal elements come in the order in which they stand. The gradient reaches the elements that were taken.
    """
    length = x.shape[-1] if x.shape else 0
    if not 1 <= k <= length:
        raise fail(f"top_k: k is between 1 and {length} for {x.type}, found {k}", caller())
    wide = (*x.shape[:-1], k, length)
    place = broadcast(reshape(rank(x), (*x.shape[:-1], 1, length)), wide)
    taken = equal(place, broadcast(reshape(iota(k), (k, 1)), wide))
    values = broadcast(reshape(x, (*x.shape[:-1], 1, length)), wide)
    indices = broadcast(cast(iota(length), "f32"), wide)
    return sum(where(taken, values, constant(0.0)), -1), cast(sum(taken * indices, -1), "u32")


def _reduce(op: str, x: Tensor, axis: Axis) -> Tensor:
    rank = len(x.shape)
    if axis is None:
        if rank == 0 and op in ("sum", "max"):
            return x
        axes = tuple(range(rank))
    else:
        axes = tuple(n + rank if n < 0 else n for n in ((axis,) if isinstance(axis, int) else axis))
    return make(op, (x,), axes=axes)
