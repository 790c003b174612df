"""Tensors made of nothing: constants, counters, random numbers.

Those are drawn from (seed, stream, step, index): a program that does not count draws the same ones in every run. One
that should not count, as it trains nothing, counts its own draws: `counter`, a u32 scalar, stands in for the step.
Two draws of one program from the same stream and counter would be made of the same numbers, and are refused; layers and
parameters number their streams by their names.
"""

from __future__ import annotations

from ..model import Model
from ..ranges import expect_number
from ..tensor import Tensor, broadcast, caller, constant, fail, make

__all__ = ["full", "iota", "normal", "random_index", "uniform"]


def iota(*shape: int) -> Tensor:
    """u32 numbers 0, 1, 2, … filling `shape` in row-major order."""
    return make("iota", (), shape=shape)


def full(shape: tuple[int, ...], value: float, dtype: str = "f32") -> Tensor:
    """`value` everywhere."""
    return broadcast(constant(value, dtype), shape)


def uniform(
    shape: tuple[int, ...], stream: int, low: float = 0.0, high: float = 1.0, counter: Tensor | None = None
) -> Tensor:
    """Independent uniform numbers in [low, high), drawn from (seed, stream, step or counter, index)."""
    expect_number("uniform: high", high)
    expect_number("uniform: low", low, most=high)
    drawn = make("uniform", _counters(stream, counter), shape=shape, stream=stream)
    return drawn if (low, high) == (0.0, 1.0) else drawn * (high - low) + low


def normal(shape: tuple[int, ...], stream: int, counter: Tensor | None = None) -> Tensor:
    """Independent standard normal numbers (Box and Muller's), drawn from (seed, stream, step or counter, index)."""
    return make("normal", _counters(stream, counter), shape=shape, stream=stream)


def random_index(shape: tuple[int, ...], bound: int | Tensor, stream: int, counter: Tensor | None = None) -> Tensor:
    """u32 numbers below `bound`, drawn with replacement from (seed, stream, step or counter, index).

    `bound`: a number, or u32 that broadcasts to the shape, say how long each row is; 0 in a tensor counts as 1. Their
    bias is below bound / 2^32.
    """
    if isinstance(bound, Tensor):
        if bound.dtype != "u32":
            raise fail(f'random_index: a bound is u32, found {bound.type}: cast it, as cast(bound, "u32")', caller())
        return broadcast(random_index(shape, 2**32 - 1, stream, counter) % bound, shape)
    return make("random_index", _counters(stream, counter), shape=shape, stream=stream, bound=bound)


def _counters(stream: int, counter: Tensor | None) -> tuple[Tensor, Tensor]:
    model = Model.tracing()
    if model is None:
        raise fail("random numbers need a program: they are drawn by its model's seed and step", caller())
    model.draws(stream, counter)
    return model.seed, model.step if counter is None else counter
