"""What stands around a tensor: zeros, or more of the tensor itself, made of views.

In: a tensor and how many elements stand before and after it along each axis. Out: the longer tensor. Knows nothing of
the windows that slide over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from ..tensor import Tensor, broadcast, caller, fail
from . import views
from .views import concatenate, flip, slice

__all__ = ["pad"]

Mode = Literal["constant", "reflect", "replicate", "circular"]


def pad(x: Tensor, widths: Sequence[tuple[int, int]], mode: Mode = "constant") -> Tensor:
    """x with more elements around it: widths has (before, after) for each axis; modes are named as in PyTorch.

    "constant": zeros. "reflect": x mirrored in its outermost elements, which are not repeated (NumPy's "reflect").
    "replicate": the outermost elements again and again (NumPy's "edge"). "circular": x goes on from its other end
    (NumPy's "wrap").
    """
    if mode == "constant":
        return views.pad(x, widths)
    if len(widths) != len(x.shape):
        raise fail(f"pad: {x.type} has {len(x.shape)} axes, found {len(widths)} widths", caller())
    for axis, (before, after) in enumerate(widths):
        n = x.shape[axis]
        most = {"reflect": n - 1, "circular": n}.get(mode, max(before, after))
        if not 0 <= min(before, after) <= max(before, after) <= most:
            expected = "at least 0" if mode == "replicate" else f"from 0 to {most}"
            raise fail(
                f'pad: in mode "{mode}" widths along axis {axis} of {x.type} are {expected}, found {(before, after)}',
                caller(),
            )
        first, last = MODES[mode](x, axis, before, after)
        x = concatenate([*first, x, *last], axis)
    return x


Around = tuple[list[Tensor], list[Tensor]]  # what stands before and after: one tensor each, or none for a width of 0


def _reflected(x: Tensor, axis: int, before: int, after: int) -> Around:
    first, last = _cut(x, axis, 1, before), _cut(x, axis, x.shape[axis] - 1 - after, after)
    return [flip(part, axis) for part in first], [flip(part, axis) for part in last]


def _replicated(x: Tensor, axis: int, before: int, after: int) -> Around:
    def again(start: int, count: int) -> list[Tensor]:
        shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
        return [broadcast(part, shape) for part in _cut(x, axis, start, 1)] if count else []

    return again(0, before), again(x.shape[axis] - 1, after)


def _circular(x: Tensor, axis: int, before: int, after: int) -> Around:
    return _cut(x, axis, x.shape[axis] - before, before), _cut(x, axis, 0, after)


MODES: dict[str, Callable[[Tensor, int, int, int], Around]] = {
    "reflect": _reflected,
    "replicate": _replicated,
    "circular": _circular,
}


def _cut(x: Tensor, axis: int, start: int, count: int) -> list[Tensor]:
    """So many elements along an axis, or none."""
    starts = tuple(start if n == axis else 0 for n in range(len(x.shape)))
    return [slice(x, starts, (*x.shape[:axis], count, *x.shape[axis + 1 :]))] if count else []
