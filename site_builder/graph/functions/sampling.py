"""Chance as a part of a model: what is dropped, what is drawn from a distribution, and in which order.

All by counter, as `sources` says. What is made of uniform numbers and comparisons alone has the same bits on every
device: `bernoulli`, `permutation`, and `choice` without weights. The others take logarithms, which differ in the last.
"""

from __future__ import annotations

import math

from ..ops.elementwise import less, log, log1p, maximum
from ..ranges import expect_number
from ..tensor import Operand, Tensor, broadcast, caller, constant, fail
from .elementwise import where
from .order import EXACT, rank, top_k
from .reduce import argmax
from .sources import nearest, random_index, uniform
from .views import reshape

__all__ = ["bernoulli", "categorical", "choice", "dropout", "exponential", "gumbel", "permutation"]

LEAST = 2.0**-24  # of the uniform numbers but 0, for which it stands: about the logarithm of 0 devices disagree
NEVER = -3e38  # a logit that no noise lifts


def dropout(x: Tensor, rate: Operand, stream: int) -> Tensor:
    """x with each element set to 0 with probability `rate`, the others divided by 1 - rate, which is below 1.

    Nothing is kept for the gradient: the same numbers are drawn again from (seed, stream, step, index).
    Source: Srivastava et al. (2014), in the form that leaves evaluation alone.
    """
    expect_rate(rate)
    kept = 1 - less(uniform(x.shape, stream), rate)
    return x * (kept / (1 - rate))


def expect_rate(rate: Operand) -> None:
    """GraphError where a number is no rate of dropout."""
    expect_number("dropout: a rate", rate, 0, below=1)


def bernoulli(shape: tuple[int, ...], p: Operand, stream: int, counter: Tensor | None = None) -> Tensor:
    """1.0 with probability p, else 0.0, independently: f32 of `shape`, to which p broadcasts. No gradient passes.

    p is rounded to the next multiple of 2^-24 above, since uniform numbers are such multiples; 0 is never, 1 always.
    """
    expect_number("bernoulli: p", p, 0, 1)
    share = broadcast(p if isinstance(p, Tensor) else constant(nearest(p)), shape)
    return less(uniform(shape, stream, counter=counter), share)


def exponential(shape: tuple[int, ...], stream: int, scale: Operand = 1.0, counter: Tensor | None = None) -> Tensor:
    """Independent numbers of the exponential distribution whose mean is `scale`; up to 16.64 times it.

    The waiting times of what happens 1 / scale times in a unit of time. NumPy's, where PyTorch takes the rate.
    """
    expect_number("exponential: a scale", scale, 0)
    spread = broadcast(scale if isinstance(scale, Tensor) else constant(scale), shape)
    return spread * -log1p(-uniform(shape, stream, counter=counter))


def permutation(n: int, stream: int, counter: Tensor | None = None) -> Tensor:
    """The numbers 0 to n - 1 in an order of chance, u32[n]: the places of n uniform numbers when they are sorted.

    So that each epoch of 10 batches takes each of 1000 rows once, and in another order than the last:

        order = g.permutation(1000, stream=1, counter=model.step // 10)
        rows = order[model.step % 10 * 100 + g.iota(100)]

    Every pair is compared: for up to some ten thousand. Of two equal numbers the first comes first, which makes an
    order likelier than another by 2^-25 for a pair.
    """
    _expect_count("permutation: n", n, EXACT)
    return rank(uniform((n,), stream, counter=counter))


def choice(
    n: int,
    shape: int | tuple[int, ...],
    stream: int,
    replace: bool = True,
    weights: Tensor | None = None,
    counter: Tensor | None = None,
) -> Tensor:
    """Numbers below n: u32 of `shape`, or u32[shape].

    replace  whether one may be drawn again; without, every number is drawn once at most, in an order of chance
    weights  f32[n], not negative, of any sum: how likely each is, and what is left at each draw; all alike unless given

    Rows of data are `data[choice(len, 100, stream)]`. NumPy's `Generator.choice`, whose p sums to 1; PyTorch's
    `multinomial`. A weight of 0 is drawn when nothing else is left. Without `replace` each number is compared to each:
    by weights, the largest of log weight + noise are drawn (Efraimidis and Spirakis, 2006; Kool et al., 2019).
    """
    shape = (shape,) if isinstance(shape, int) else shape
    _expect_count("choice: n", n)
    count = math.prod(shape)
    if not replace and count > n:
        hint = "With replace=True numbers are drawn again"
        raise fail(f"choice: {count} cannot be drawn from {n} without replacement", caller(), hint=hint)
    if weights is None:
        return (
            reshape(permutation(n, stream, counter)[:count], shape)
            if not replace
            else random_index(shape, n, stream, counter)
        )
    if weights.shape != (n,):
        raise fail(f"choice: weights of {n} numbers are f32[{n}], found {weights.type}", caller())
    logits = where(weights > 0, log(weights), NEVER)
    if replace:
        return categorical(broadcast(logits, (*shape, n)), stream, counter=counter)
    return reshape(top_k(logits + gumbel((n,), stream, counter), count)[1], shape)


def _expect_count(what: str, n: int, most: int = 2**32 - 1) -> None:
    """GraphError where n is no number of things to draw from."""
    if not isinstance(n, int) or not 1 <= n <= most:
        raise fail(f"{what} is a whole number from 1 to {most}, found {n!r}", caller())


def gumbel(shape: tuple[int, ...], stream: int, counter: Tensor | None = None) -> Tensor:
    """Independent numbers of Gumbel's standard distribution: where logit + number is largest is a draw from softmax.

    They lie between -2.82 and 16.64, since uniform numbers are multiples of 2^-24.
    """
    drawn = maximum(uniform(shape, stream, counter=counter), LEAST)
    return -log(-log1p(drawn - 1))  # log(drawn), of which devices lose the digits near 1


def categorical(
    logits: Tensor,
    stream: int,
    temperature: Operand = 1.0,
    top_k: Operand | None = None,
    counter: Tensor | None = None,
) -> Tensor:
    """A draw from softmax(logits / temperature) along the last axis, which goes: u32 indices.

    temperature  may be an input; 0 takes the largest logit
    top_k        if given, a number or a u32 scalar tensor: only the so many largest logits are drawn from
    counter      u32[], say a position: what a program that does not count draws by, else always the same

    It is the index of the largest logit + temperature · noise: Gumbel (1954); Maddison, Tarlow and Minka (2014).
    """
    expect_number("categorical: a temperature", temperature, 0)
    expect_number("categorical: top_k", top_k, 1)
    scores = logits + temperature * gumbel(logits.shape, stream, counter)
    if top_k is not None:
        most = top_k if isinstance(top_k, Tensor) else constant(top_k, "u32")
        scores = where(less(rank(logits), most), scores, NEVER)
    return argmax(scores)
