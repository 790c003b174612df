"""The same elements elsewhere."""

from __future__ import annotations

from ..tensor import Tensor, make

__all__ = ["reshape", "transpose"]


def reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same elements, in row-major order, in another shape; no copy."""
    return x if x.shape == shape else make("reshape", (x,), shape=shape)


def transpose(x: Tensor) -> Tensor:
    """[rows, columns] -> [columns, rows]."""
    return make("transpose", (x,))
