"""Many numbers made one."""

from __future__ import annotations

from ..tensor import Tensor, make

__all__ = ["argmax", "argmin", "max", "mean", "sum"]

Axis = int | tuple[int, ...] | None


def sum(x: Tensor, axis: Axis = None) -> Tensor:
    """Sum over one axis, neighbouring axes, or all; those axes go."""
    return _reduce("sum", x, axis)


def mean(x: Tensor, axis: Axis = None) -> Tensor:
    """Mean over one axis, neighbouring axes, or all; those axes go."""
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


def _reduce(op: str, x: Tensor, axis: Axis) -> Tensor:
    rank = len(x.shape)
    if axis is None:
        if rank == 0 and op in ("sum", "max"):
            return x
        axes = tuple(range(rank))
    else:
        axes = tuple(n + rank if n < 0 else n for n in ((axis,) if isinstance(axis, int) else axis))
    return make(op, (x,), axes=axes)
