"""The sum over all times of a gradient that a body gives at each time, from what it is made of, stacked.

For example, the gradients of weights are products, and a sum of products is one product of stacked operands,

    Σ_t aₜᵀ bₜ = [a_1; a_2; …]ᵀ [b_1; b_2; …],

so that no time adds to a whole matrix: as `totals.py` has it of what is not repeated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .functions.reduce import sum
from .functions.views import reshape
from .tensor import Tensor, make


@dataclass(frozen=True)
class OverTime:
    """Operands of the body, and what makes the sum of their values at all times, [count, …] each."""

    operands: tuple[Tensor, ...]
    finish: Callable[[Sequence[Tensor]], Tensor]


def over_time(part: Tensor) -> OverTime | None:
    """The sum of `part` over all times; None where it has no form that is shorter than adding at each time."""
    if part.op == "matmul" and part.attributes["form"] == "tn":
        return OverTime(part.inputs, lambda all_: make("matmul", tuple(map(_rows, all_)), **part.attributes))
    if part.op == "sum" and part.attributes["axes"] == tuple(range(len(part.attributes["axes"]))):
        return OverTime(part.inputs, lambda all_: sum(all_[0], tuple(range(len(part.attributes["axes"]) + 1))))
    if part.op == "scatter_add":
        return OverTime(part.inputs, lambda all_: make("scatter_add", tuple(all_), **part.attributes))
    if part.op not in ("reshape", "transpose", "pad"):
        return None
    inside = over_time(part.inputs[0])
    return inside and OverTime(inside.operands, lambda all_: _viewed(part, inside.finish(all_)))


def _rows(matrices: Tensor) -> Tensor:
    """Matrices [count, rows, columns] below one another."""
    return reshape(matrices, (math.prod(matrices.shape[:2]), matrices.shape[2]))


def _viewed(view: Tensor, x: Tensor) -> Tensor:
    return make(view.op, (x,), **view.attributes)
