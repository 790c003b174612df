"""Repetition over time: a body, traced once, and at which time it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..types import Type
from .table import Attributes, Op, expect


def _scan(inputs: Sequence[Type], attributes: Attributes) -> Type:
    body: Any = attributes["body"]  # graph/scans.py's, which is made of tensors
    of_all_times = [Type((body.count, *x.shape), x.dtype) for x in body.elements]
    wanted = [*(x.type for x in body.carries), *of_all_times, *(x.type for x in body.captured)]
    expect(list(inputs) == wanted, f"expected {' and '.join(map(str, wanted))}, found {' and '.join(map(str, inputs))}")
    if "last" in attributes:
        last: Type = body.carries[attributes["last"]].type
        return last
    value = body.stacked[attributes["stack"]]
    return Type((body.count, *value.shape), value.dtype)


ROWS = (
    Op("scan", "anchor", _scan, "a body repeated over time: the last carry, or a tensor's values at all times"),
    Op("time", "source", lambda inputs, attributes: Type((), "u32"), "at which time a body is", "TIME", "time"),
)
