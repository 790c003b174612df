"""Images and sequences of other sizes: larger, smaller, or with channels in the place of pixels.

Made of views where an element goes to whole blocks, else of a product along each axis: its matrix, computed from
counters, says which share of each element goes where, so that a gradient is a product as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, TypeVar

from ..ops.elementwise import absolute, relu
from ..tensor import Tensor, broadcast, caller, fail
from .convolution import Lengths, average_pool
from .elementwise import cast, clip
from .matrix import matmul
from .sources import iota
from .views import indexed, moved, reshape, transpose

__all__ = ["adaptive_average_pool", "interpolate", "pixel_shuffle"]

Number = TypeVar("Number", int, float)


def interpolate(
    x: Tensor,
    size: Lengths | None = None,
    scale_factor: float | tuple[float, ...] | None = None,
    mode: Literal["nearest", "linear", "bilinear"] = "nearest",
) -> Tensor:
    """x with other numbers of pixels: of images [batch, height, width, channels], of sequences [batch, time, channels].

    Either `size`, the new lengths, or `scale_factor`, by which the old ones are multiplied to whole numbers; each one
    number for all axes or one for each. "nearest": pixel i is ⌊i · old / new⌋ of x. "bilinear", of a sequence "linear":
    between the two pixels around (i + 0.5) · old / new - 0.5, as PyTorch with align_corners=False; at the edges the
    outermost one. Lengths may shrink too; then pixels are left out, as in PyTorch without antialias.
    """
    lengths = _sizes(x, size, scale_factor)
    straight = {1: "linear", 2: "bilinear"}[len(lengths)]
    if mode not in ("nearest", straight):
        raise fail(f'interpolate: the modes of {x.type} are "nearest" and "{straight}", found "{mode}"', caller())
    for axis, length in enumerate(lengths, 1):
        x = _nearest(x, axis, length) if mode == "nearest" else _along(x, axis, length, _between)
    return x


def adaptive_average_pool(x: Tensor, size: Lengths) -> Tensor:
    """The means of `size` windows that cover the pixels evenly, window i from ⌊i · n / size⌋ to ⌈(i + 1) · n / size⌉.

    Of images [batch, height, width, channels] or sequences [batch, time, channels]; size 1 is the mean of all pixels.
    """
    lengths = _lengths("adaptive_average_pool", x, size, "size")
    if min(lengths) < 1:
        raise fail(f"adaptive_average_pool: a size is at least 1, found {size!r}", caller())
    old = x.shape[1:-1]
    if all(n % m == 0 for n, m in zip(old, lengths, strict=True)):
        return average_pool(x, tuple(n // m for n, m in zip(old, lengths, strict=True)))
    for axis, length in enumerate(lengths, 1):
        x = _along(x, axis, length, _evenly)
    return x


def pixel_shuffle(x: Tensor, factor: int) -> Tensor:
    """Channels become pixels: [batch, height, width, channels · factor²] -> [batch, height · factor, …, channels].

    Channel c · factor² + y · factor + x goes to channel c of pixel (y, x) of each block, as in PyTorch.
    Source: Shi et al. (2016), section 3.2.
    """
    if len(x.shape) != 4 or factor < 1 or x.shape[3] % factor**2:
        wanted = f"[batch,height,width,channels] with a multiple of {factor}² channels"
        raise fail(f"pixel_shuffle: expected {wanted}, found {x.type}", caller())
    batch, height, width, channels = x.shape
    blocks = reshape(x, (batch, height, width, channels // factor**2, factor, factor))
    turned = transpose(blocks, (0, 1, 4, 2, 5, 3))
    return reshape(turned, (batch, height * factor, width * factor, channels // factor**2))


def _lengths(op: str, x: Tensor, given: Number | tuple[Number, ...], name: str) -> tuple[Number, ...]:
    """As given for each axis of pixels, or the same for all."""
    axes = len(x.shape) - 2
    if axes not in (1, 2):
        wanted = "[batch,height,width,channels] or [batch,time,channels]"
        raise fail(f"{op}: expected {wanted}, found {x.type}", caller())
    lengths = given if isinstance(given, tuple) else (given,) * axes
    if len(lengths) != axes:
        raise fail(f"{op}: a {name} of {x.type} is one number or {axes}, found {given!r}", caller())
    return lengths


def _sizes(x: Tensor, size: Lengths | None, scale_factor: float | tuple[float, ...] | None) -> tuple[int, ...]:
    lengths: tuple[float, ...]
    if size is not None and scale_factor is None:
        lengths = _lengths("interpolate", x, size, "size")
    elif scale_factor is not None and size is None:
        factors = _lengths("interpolate", x, scale_factor, "scale_factor")
        lengths = tuple(n * factor for n, factor in zip(x.shape[1:-1], factors, strict=True))
    else:
        raise fail("interpolate: expected either a size or a scale_factor", caller())
    if not all(1 <= n < math.inf and n == int(n) for n in lengths):
        found = f"{list(lengths)} of {x.type}"
        raise fail(f"interpolate: pixels are whole numbers from 1 on, found {found}", caller(), hint="Give a size")
    return tuple(map(int, lengths))


def _nearest(x: Tensor, axis: int, length: int) -> Tensor:
    n = x.shape[axis]
    if length % n == 0:
        blocks = reshape(x, (*x.shape[: axis + 1], 1, *x.shape[axis + 1 :]))
        repeated = broadcast(blocks, (*x.shape[: axis + 1], length // n, *x.shape[axis + 1 :]))
        return reshape(repeated, (*x.shape[:axis], length, *x.shape[axis + 1 :]))
    if n % length == 0:
        return indexed(x, (*(slice(None),) * axis, slice(None, None, n // length)))
    return _along(x, axis, length, _at)


def _along(x: Tensor, axis: int, length: int, shares: Callable[[int, int], Tensor]) -> Tensor:
    """x with `length` elements along the axis, each a sum of the old ones by its row of `shares(length, old)`."""
    n = x.shape[axis]
    if n == length:
        return x
    rows = moved(x, axis, 1)
    flat = reshape(rows, (x.shape[0], n, rows.size // (x.shape[0] * n)))
    y = matmul(broadcast(shares(length, n), (x.shape[0], length, n)), flat)
    return moved(reshape(y, (x.shape[0], length, *rows.shape[2:])), 1, axis)


def _places(length: int, n: int) -> tuple[Tensor, Tensor]:
    """u32 [length, 1] and [n]: the number of each new element, and of each old one."""
    return reshape(iota(length), (length, 1)), iota(n)


def _at(length: int, n: int) -> Tensor:
    new, old = _places(length, n)
    return new * n // length == old


def _between(length: int, n: int) -> Tensor:
    """1 less the distance to each old element, where that is not negative."""
    new, old = (cast(places, "f32") for places in _places(length, n))
    at = clip((new + 0.5) * (n / length) - 0.5, 0, n - 1)
    return relu(1 - absolute(at - old))


def _evenly(length: int, n: int) -> Tensor:
    """1 / width for the elements of each window."""
    new, old = _places(length, n)
    start, end = new * n // length, ((new + 1) * n + (length - 1)) // length
    return (start <= old) * (old < end) / cast(end - start, "f32")
