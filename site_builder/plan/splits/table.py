"""What rules of splitting share."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator

from ...graph import Tensor
from ...graph.functions.views import slice
from ..anchors import fits, passes

Split = Callable[[Tensor], Tensor | None]


def longest(y: Tensor, size: str, length: int) -> int | None:
    """The longest half, quarter, … of `length` that the kernel of y can take for `size`; None where there is none."""
    while not fits(passes(y, **{size: length})):
        if length == 1:
            return None
        length = -(-length // 2)
    return length


def ranges(length: int, part: int) -> Iterator[tuple[int, int]]:
    """Where parts of `part` elements begin, and how long each is: the last may be shorter."""
    return ((start, min(part, length - start)) for start in range(0, length, part))


def cut(x: Tensor, axis: int, start: int, length: int) -> Tensor:
    """So many elements of x along an axis."""
    starts = tuple(start if n == axis else 0 for n in range(len(x.shape)))
    return slice(x, starts, (*x.shape[:axis], length, *x.shape[axis + 1 :]))


def added(parts: Iterable[Tensor]) -> Tensor:
    """The sum of the parts: each is added where the next one is stored, so that no two need be in memory for long."""
    return functools.reduce(operator.add, parts)
