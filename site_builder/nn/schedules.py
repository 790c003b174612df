"""Rates that change with the steps done: scalars, computed where the model runs from `model.step`.

Steps count from 0. Cosines are a polynomial, since those of devices differ by up to 5e-4, which every curve would show.
"""

from __future__ import annotations

import math

from ..graph import Tensor, cast, clip, where
from ..graph.ranges import expect_number
from ..graph.tensor import Operand


def linear_warmup(step: Tensor, steps: Operand) -> Tensor:
    """(step + 1) / steps, at most 1: f32[] from u32[]."""
    expect_number("linear_warmup: a number of steps", steps, above=0)
    return clip((cast(step, "f32") + 1) / steps, 0.0, 1.0)


def cosine_decay(step: Tensor, steps: Operand, floor: Operand = 0.0) -> Tensor:
    """From 1 at step 0 by half a cosine to `floor` at step `steps`, and there from then on: f32[] from u32[].

    Source: Loshchilov and Hutter, SGDR (2017), equation 5.
    """
    expect_number("cosine_decay: a number of steps", steps, above=0)
    expect_number("cosine_decay: a floor", floor, 0, 1)
    return floor + (1 - floor) * _half_cosine(clip(cast(step, "f32") / steps, 0.0, 1.0))


def warmup_cosine(step: Tensor, rate: Operand, warmup: int, steps: int, floor: Operand = 0.0) -> Tensor:
    """Linear warm-up to `rate` in `warmup` steps, then cosine decay to floor · rate at step `steps`, as GPT-3's."""
    expect_number("warmup_cosine: a rate", rate, 0)
    expect_number("warmup_cosine: a number of steps of warm-up", warmup, 0)
    expect_number("warmup_cosine: a number of steps, those of warm-up among them,", steps, above=warmup)
    expect_number("warmup_cosine: a floor", floor, 0, 1)
    progress = clip((cast(step, "f32") - warmup) / (steps - warmup), 0.0, 1.0)
    decayed = floor + (1 - floor) * _half_cosine(progress)
    return rate * where(cast(step, "f32") < warmup, linear_warmup(step, max(warmup, 1)), decayed)


def _half_cosine(x: Tensor) -> Tensor:
    """(1 + cos πx) / 2 for x in [0, 1], as (1 + sin π(1/2 - x)) / 2 by its Taylor series up to the 13th power."""
    angle = math.pi * (0.5 - x)
    square = angle * angle
    series = 1 / math.factorial(13)
    for power in (11, 9, 7, 5, 3, 1):
        series = (-1) ** ((power - 1) // 2) / math.factorial(power) + square * series
    return 0.5 + 0.5 * angle * series
