"""Cases of the family `normalisation`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import graph as g
from ...graph import Tensor
from ...graph.tensor import make
from .table import Case, Input

_SHAPES = ((1, 4), (3, 5), (64, 8), (65, 7), (2, 3, 6))


def _cases(op: str, build: Callable[..., Tensor], *more: Callable[..., Input], **kept: Any) -> list[Case]:
    return [Case(op, build, (Input(s), *(m(*s) for m in more)), **kept) for s in _SHAPES]


def _op(op: str) -> Callable[..., Tensor]:
    return lambda *inputs: make(op, inputs)


def _epsilon(*shape: int) -> Input:
    return Input((), 0.005, 0.02)


def _same(*shape: int) -> Input:
    return Input(shape)


def _features(*shape: int) -> Input:
    return Input(shape[-1:])


def _positive_rows(*shape: int) -> Input:
    return Input(shape[:-1], 0.5, 2)


CASES: list[Case] = [
    *_cases("layer_norm", _op("layer_norm"), _epsilon),
    *_cases("layer_norm", g.layer_norm, _features, _features, tags=("scaled",)),
    *_cases("layer_norm_rstd", _op("layer_norm_rstd"), _epsilon),
    *_cases("layer_norm_gradient", _op("layer_norm_gradient"), _positive_rows, _same),
    *_cases("rms_norm", _op("rms_norm"), _epsilon),
    *_cases("rms_norm", g.rms_norm, _features, tags=("scaled",)),
    *_cases("rms_norm_rstd", _op("rms_norm_rstd"), _epsilon),
    *_cases("rms_norm_gradient", _op("rms_norm_gradient"), _positive_rows, _same),
    *_cases("batch_norm", _op("batch_norm"), _epsilon),
    *_cases("batch_norm_statistics", _op("batch_norm_statistics"), _epsilon),
    *_cases("batch_norm_gradient", _op("batch_norm_gradient"), lambda *s: Input((2, s[-1]), 0.5, 2), _epsilon, _same),
    *_cases("scale", _op("scale"), _features),
    *[Case("scale", _op("scale"), (Input(s), _features(*s))) for s in ((256, 4), (128, 10), (1024, 1))],
    *_cases("scale_gradient", _op("scale_gradient"), _same),
]
