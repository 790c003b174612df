"""Reading and writing where another tensor says."""

from __future__ import annotations

from ..tensor import Tensor, broadcast, make
from .elementwise import equal
from .sources import iota
from .views import reshape

__all__ = ["gather", "one_hot", "update_at"]


def gather(table: Tensor, rows: Tensor) -> Tensor:
    """table[rows]: table [n, …], rows u32[…] -> [*rows, …]; an index past the end takes the last row."""
    return make("gather", (table, rows))


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """1.0 at each label and 0.0 elsewhere: labels u32[…] -> f32[…, classes]; a label past the end gives zeros."""
    shape = (*labels.shape, classes)
    return equal(broadcast(reshape(labels, (*labels.shape, 1)), shape), broadcast(iota(classes), shape))


def update_at(x: Tensor, index: Tensor, value: Tensor, axis: int = 0) -> Tensor:
    """x with what stands at `index` (u32 scalar) of `axis` replaced: value has x's shape without that axis.

    It is written in place, so it is to be assigned to the variable (a state) that x reads; whoever uses the result
    sees the new value. An index past the end means the last.
    """
    return make("update_at", (x, index, value), axis=axis + len(x.shape) if axis < 0 else axis)
