"""Cases of the family `softmax`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import graph as g
from ...graph import Tensor
from ...graph.tensor import make
from .table import Case, Input


def _rows(op: str, build: Callable[..., Tensor], *more: Callable[..., Input], **kept: Any) -> list[Case]:
    shapes = [(1, 1), (3, 5), (64, 10), (65, 3), (2, 3, 4)]
    return [Case(op, build, (Input(s), *(m(*s) for m in more)), **kept) for s in shapes]


def _labels(*shape: int) -> Input:
    return Input(shape[:-1], below=shape[-1])


CASES: list[Case] = [
    *_rows("softmax", g.softmax),
    *_rows("softmax_gradient", lambda x, d: make("softmax_gradient", (x, d)), lambda *s: Input(s)),
    *_rows("logsumexp", g.logsumexp),
    *_rows("cross_entropy", g.cross_entropy, _labels),
    *_rows("cross_entropy", lambda x, y: g.cross_entropy(x, y, 0.2), _labels, tags=("smoothed",)),
    *_rows(
        "cross_entropy_gradient",
        lambda x, y, d: make("cross_entropy_gradient", (x, y, d)),
        _labels,
        lambda *s: Input(s[:-1]),
    ),
]
