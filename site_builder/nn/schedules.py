"""Rates that change with the steps done: scalars, computed where the model runs from `model.step`.

Steps count from 0. Cosines are a polynomial, since those of devices differ by up to 5e-4, which every curve would show.
"""

from __future__ import annotations

import math

from ..graph import Tensor, cast, clip, where
from ..graph.tensor import Operand, caller, fail


def linear_warmup(step: Tensor, steps: Operand) -> Tensor:
    """(step + 1) / steps, at most 1: f32[] from u32[]."""
    return clip((cast(step, "f32") + 1) / _some(steps, "linear_warmup"), 0.0, 1.0)


def cosine_decay(step: Tensor, steps: Operand, floor: Operand = 0.0) -> Tensor:
    """From 1 at step 0 by half a cosine to `floor` at step `steps`, and there from then on: f32[] from u32[].

    Source: Loshchilov and Hutter, SGDR (2017), equation 5.
    """
    return floor + (1 - floor) * _half_cosine(clip(cast(step, "f32") / _some(steps, "cosine_decay"), 0.0, 1.0))


def warmup_cosine(step: Tensor, rate: Operand, warmup: int, steps: int, floor: Operand = 0.0) -> Tensor:
    """Linear warm-up to `rate` in `warmup` steps, then cosine decay to floor · rate at step `steps`, as GPT-3's."""
    progress = clip((cast(step, "f32") - warmup) / _some(steps - warmup, "warmup_cosine, after warm-up"), 0.0, 1.0)
    decayed = floor + (1 - floor) * _half_cosine(progress)
    return rate * where(cast(step, "f32") < warmup, linear_warmup(step, max(warmup, 1)), decayed)


def _some(steps: Operand, what: str) -> Operand:
    """The steps, by which devices must be able to divide."""
    if not isinstance(steps, Tensor) and steps <= 0:
        raise fail(f"{what}: expected at least 1 step, found {steps}", caller())
    return steps


def _half_cosine(x: Tensor) -> Tensor:
    """(1 + cos πx) / 2 for x in [0, 1], as (1 + sin π(1/2 - x)) / 2 by its Taylor series up to the 13th power."""
    angle = math.pi * (0.5 - x)
    square = angle * angle
    series = 1 / math.factorial(13)
    for power in (11, 9, 7, 5, 3, 1):
        series = (-1) ** ((power - 1) // 2) / math.factorial(power) + square * series
    return 0.5 + 0.5 * angle * series
