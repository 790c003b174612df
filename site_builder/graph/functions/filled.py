"""Tensors of one number, and of numbers in equal steps."""

from __future__ import annotations

import math

from ..ranges import expect_number
from ..tensor import Tensor, broadcast, caller, constant, fail
from .elementwise import cast
from .sources import full, iota

__all__ = ["arange", "full_like", "ones", "ones_like", "zeros", "zeros_like"]


def zeros(shape: int | tuple[int, ...], dtype: str = "f32") -> Tensor:
    """0 everywhere."""
    return full((shape,) if isinstance(shape, int) else shape, 0, dtype)


def ones(shape: int | tuple[int, ...], dtype: str = "f32") -> Tensor:
    """1 everywhere."""
    return full((shape,) if isinstance(shape, int) else shape, 1, dtype)


def zeros_like(x: Tensor) -> Tensor:
    """0 everywhere, in the shape and element type of x."""
    return full_like(x, 0)


def ones_like(x: Tensor) -> Tensor:
    """1 everywhere, in the shape and element type of x."""
    return full_like(x, 1)


def full_like(x: Tensor, value: float) -> Tensor:
    """`value` everywhere, in the shape and element type of x."""
    return broadcast(constant(value, x.dtype), x.shape)


def arange(start: float, stop: float | None = None, step: float = 1) -> Tensor:
    """start, start + step, … below `stop`; of one number n, 0 to n - 1. u32 of whole numbers from 0 on, else f32."""
    first, end = (0, start) if stop is None else (start, stop)
    for what, value in (("arange: start", first), ("arange: stop", end), ("arange: step", step)):
        expect_number(what, value)
    count = math.ceil((end - first) / step) if step else 0
    if count < 1:
        raise fail(f"arange: there is no number from {first} to {end} in steps of {step}", caller())
    whole = all(isinstance(n, int) for n in (first, end, step)) and first >= 0 and step > 0
    numbers = iota(count) if whole else cast(iota(count), "f32")
    scaled = numbers if step == 1 else numbers * step
    return scaled if first == 0 else scaled + first
