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


def update_at(vector: Tensor, index: Tensor, value: Tensor) -> Tensor:
    """`vector` with the element at `index` replaced; to be assigned to the variable that `vector` reads."""
    return make("update_at", (vector, index, value))
