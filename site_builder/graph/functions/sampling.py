"""Chance as a part of a model: what is dropped, and what is drawn from a distribution."""

from __future__ import annotations

from ..ops.elementwise import less, log, log1p, maximum
from ..ranges import expect_number
from ..tensor import Operand, Tensor, constant
from .elementwise import where
from .order import rank
from .reduce import argmax
from .sources import uniform

__all__ = ["categorical", "dropout", "gumbel"]

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
