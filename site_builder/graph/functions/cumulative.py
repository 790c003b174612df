"""Sums and products of all elements up to each."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..tensor import Tensor
from .elementwise import where
from .index import tril
from .reduce import prod, sum
from .sources import full
from .views import axis_of, pad, reshape, slice

__all__ = ["cumprod", "cumsum"]

BLOCK = 16  # up to so many elements, each running sum is added up from the first element


def cumsum(x: Tensor, axis: int) -> Tensor:
    """Running sums: element n along `axis` is the sum of x's elements 0 to n.

    Within blocks of √length elements, and then of what the blocks before it hold, so that many can be at work and few
    roundings follow one another; up to 16 elements are one block.
    """
    return _running("cumsum", x, axis, sum, 0.0)


def cumprod(x: Tensor, axis: int) -> Tensor:
    """Running products: element n along `axis` is the product of x's elements 0 to n, found in blocks as by `cumsum`.

    So a diffusion model's share of signal after each step is cumprod(1 - beta, 0).
    """
    return _running("cumprod", x, axis, prod, 1.0)


def _running(op: str, x: Tensor, axis: int, reduce: Callable[..., Tensor], nothing: float) -> Tensor:
    """What `reduce` gives of elements 0 to n, for each n; `nothing` is what it gives of no elements."""
    axis = axis_of(op, x, axis)
    before, length, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    width = length if length <= BLOCK else math.isqrt(length - 1) + 1
    count = -(-length // width)
    whole = pad(x, [(0, count * width - length if n == axis else 0) for n in range(len(x.shape))])
    blocks = reshape(whole, (*before, count, width, *after))
    inside = _up_to(blocks, axis + 1, 0, reduce, nothing)
    if count > 1:
        earlier = _up_to(reduce(blocks, axis + 1, keepdims=True), axis, -1, reduce, nothing)
        inside = inside + earlier if nothing == 0 else inside * earlier
    return slice(reshape(inside, whole.shape), (0,) * len(x.shape), x.shape)


def _up_to(x: Tensor, axis: int, diagonal: int, reduce: Callable[..., Tensor], nothing: float) -> Tensor:
    """What `reduce` gives of x_m over m <= n + diagonal along `axis`, for each n."""
    n, after = x.shape[axis], x.shape[axis + 1 :]
    lower = reshape(tril(full((n, n), 1.0), diagonal), (n, n, *[1] * len(after)))
    return reduce(where(lower, reshape(x, (*x.shape[:axis], 1, n, *after)), nothing), axis + 1)
