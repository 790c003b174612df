"""Tensors of one number everywhere, by NumPy's names; `full`, of which they are made, is a source."""

from __future__ import annotations

from ..tensor import Tensor, broadcast, constant
from .sources import full

__all__ = ["full_like", "ones", "ones_like", "zeros", "zeros_like"]


def zeros(shape: tuple[int, ...], dtype: str = "f32") -> Tensor:
    """0 everywhere."""
    return full(shape, 0, dtype)


def ones(shape: tuple[int, ...], dtype: str = "f32") -> Tensor:
    """1 everywhere."""
    return full(shape, 1, dtype)


def zeros_like(x: Tensor) -> Tensor:
    """0 everywhere, in the shape and element type of x."""
    return full_like(x, 0)


def ones_like(x: Tensor) -> Tensor:
    """1 everywhere, in the shape and element type of x."""
    return full_like(x, 1)


def full_like(x: Tensor, value: float) -> Tensor:
    """`value` everywhere, in the shape and element type of x."""
    return broadcast(constant(value, x.dtype), x.shape)
