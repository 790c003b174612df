"""Whether a number that an author gives is one that can be right: a rate, a share, a temperature.

In: what it is called, the number, where it may lie. Out: nothing, or a GraphError at the author's line. Tensors pass,
since their numbers are known only where they run, and so does what is left out.
"""

from __future__ import annotations

import math

from .tensor import Operand, Tensor, caller, fail


def expect_number(
    what: str,
    value: Operand | None,
    least: float = -math.inf,
    most: float = math.inf,
    *,
    above: float = -math.inf,
    below: float = math.inf,
) -> None:
    """GraphError unless `value` is finite, at least `least`, at most `most`, above `above` and below `below`."""
    if value is None or isinstance(value, Tensor):
        return
    bounds = {"at least": least, "above": above, "below": below, "at most": most}
    said = " and ".join(f"{word} {bound:g}" for word, bound in bounds.items() if math.isfinite(bound))
    if not math.isfinite(value):
        raise fail(f"{what} is a finite number, found {value}", caller())
    if not (least <= value <= most and above < value < below):
        raise fail(f"{what} is {said}, found {value}", caller())
