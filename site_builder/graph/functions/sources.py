"""Tensors made of nothing: constants, counters, random numbers.

Those are drawn from (seed, stream, step, index): a program that does not count draws the same ones in every run. One
that should not count, as it trains nothing, counts its own draws: `counter`, a u32 scalar, stands in for the step.
Two draws of one program from the same stream and counter would be made of the same numbers, and are refused; layers and
parameters number their streams by their names.
"""

from __future__ import annotations

import math
import struct

from ..model import Model
from ..ops.elementwise import equal, minimum
from ..ranges import expect_number
from ..scans import being_traced
from ..tensor import Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, where

__all__ = ["arange", "eye", "full", "iota", "linspace", "normal", "random_index", "uniform"]


def iota(*shape: int) -> Tensor:
    """u32 numbers 0, 1, 2, … filling `shape` in row-major order."""
    return make("iota", (), shape=shape)


def full(shape: tuple[int, ...], value: float, dtype: str = "f32") -> Tensor:
    """`value` everywhere."""
    return broadcast(constant(value, dtype), shape)


def eye(rows: int, columns: int | None = None) -> Tensor:
    """f32 [rows, columns], or [rows, rows], with 1.0 on the diagonal and 0.0 elsewhere."""
    shape = (rows, rows if columns is None else columns)
    return equal(broadcast(make("reshape", (iota(rows),), shape=(rows, 1)), shape), broadcast(iota(shape[1]), shape))


def arange(start: float, stop: float | None = None, step: float = 1) -> Tensor:
    """start, start + step, … below `stop` (above it where the step is negative); with one number, from 0 up to it.

    f32 where a number has a fraction; else u32, as `iota` gives, or i32 where one of them is negative.
    """
    start, stop = (0, start) if stop is None else (start, stop)
    for name, value in (("start", start), ("stop", stop), ("step", step)):
        expect_number(f"arange: {name}", value)
    count = math.ceil((stop - start) / step) if step else 0
    if count < 1:
        raise fail(f"arange: there is no number from {start} to {stop} in steps of {step}", caller())
    if all(isinstance(n, int) for n in (start, stop, step)):
        numbers = iota(count) if step == 1 else iota(count) * step
        numbers = numbers + start if start else numbers
        return cast(numbers, "u32" if min(start, start + (count - 1) * step) >= 0 else "i32")
    return cast(iota(count), "f32") * step + start


def linspace(start: float, stop: float, num: int) -> Tensor:
    """f32 [num]: numbers at equal distances from `start` to `stop`, both of which are exact."""
    expect_number("linspace: start", start)
    expect_number("linspace: stop", stop)
    expect_number("linspace: num", num, 1)
    if num == 1:
        return full((1,), start)
    step, half = (stop - start) / (num - 1), num // 2
    number = cast(iota(num), "f32")
    fore, back = start + number * step, stop - (num - 1 - number) * step  # each exact at its own end
    return where(iota(num) < half, fore, back)


def uniform(
    shape: tuple[int, ...], stream: int, low: float = 0.0, high: float = 1.0, counter: Tensor | None = None
) -> Tensor:
    """Independent uniform numbers in [low, high), drawn from (seed, stream, step or counter, index)."""
    expect_number("uniform: high", high)
    expect_number("uniform: low", low, most=high)
    drawn = _drawn("uniform", shape, stream, counter)
    if (low, high) == (0.0, 1.0):
        return drawn
    scaled = drawn * (high - low) + low
    return minimum(scaled, _below(high)) if _reaches(low, high) else scaled


def normal(shape: tuple[int, ...], stream: int, counter: Tensor | None = None) -> Tensor:
    """Independent standard normal numbers (Box and Muller's), drawn from (seed, stream, step or counter, index)."""
    return _drawn("normal", shape, stream, counter)


def random_index(shape: tuple[int, ...], bound: int | Tensor, stream: int, counter: Tensor | None = None) -> Tensor:
    """u32 numbers below `bound`, drawn with replacement from (seed, stream, step or counter, index).

    `bound`: a number, or u32 that broadcasts to the shape, say how long each row is; 0 in a tensor counts as 1. Their
    bias is below bound / 2^32.
    """
    if isinstance(bound, Tensor):
        if bound.dtype == "f32":
            raise fail(f'random_index: a bound is u32, found {bound.type}: cast it, as cast(bound, "u32")', caller())
        drawn = random_index(shape, 2**32 - 1, stream, counter)
        return broadcast(drawn % cast(bound, "u32"), shape)
    return _drawn("random_index", shape, stream, counter, bound=bound)


def nearest(x: float) -> float:
    """The f32 that is nearest to x."""
    return float(struct.unpack("<f", struct.pack("<f", x))[0])


def _below(x: float) -> float:
    """The largest f32 below the one that is nearest to x, which is not 0."""
    (bits,) = struct.unpack("<i", struct.pack("<f", x))
    return float(struct.unpack("<f", struct.pack("<i", bits - 1 if x > 0 else bits + 1))[0])


def _reaches(low: float, high: float) -> bool:
    """Whether low + (high - low) u is rounded to `high` for the largest u: rounded once, as devices may, or twice."""
    product = (1 - 2.0**-24) * nearest(high - low)
    largest = max(nearest(product + nearest(low)), nearest(nearest(product) + nearest(low)))
    return nearest(low) < nearest(high) <= largest


def _drawn(op: str, shape: tuple[int, ...], stream: int, counter: Tensor | None, **bound: int) -> Tensor:
    """A draw; in the function of a scan, the row of the time out of a draw for all times."""
    bodies, counters = being_traced(), _counters(stream, counter)
    drawn = make(op, counters, shape=(*(body.count for body in bodies), *shape), stream=stream, **bound)
    for body in bodies:
        drawn = make("gather", (drawn, body.time))
    return drawn


def _counters(stream: int, counter: Tensor | None) -> tuple[Tensor, Tensor]:
    model = Model.tracing()
    if model is None:
        raise fail("random numbers need a program: they are drawn by its model's seed and step", caller())
    model.draws(stream, counter)
    return model.seed, model.step if counter is None else counter
