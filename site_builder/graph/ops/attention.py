"""Scaled dot-product attention in one op, and what its gradients are computed by: shape rules and rows."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect


def _operands(inputs: Sequence[Type]) -> tuple[Type, Type]:
    """The types of y and of a number for each of its rows; q, k and v come first."""
    q, k, v = inputs[:3]
    fits = all(x.rank == 4 and x.dtype == "f32" for x in (q, k, v)) and k.shape[:3] == v.shape[:3]
    fits = fits and (q.shape[0], *q.shape[2:]) == (k.shape[0], *k.shape[2:])
    expect(
        fits,
        "expected q f32[batch,queries,heads,head_dim], k f32[batch,keys,heads,head_dim] and "
        f"v f32[batch,keys,heads,value_dim], found {q}, {k} and {v}",
    )
    return Type((*q.shape[:3], v.shape[3])), Type(q.shape[:3])


def _forward(inputs: Sequence[Type], attributes: Attributes) -> Type:
    y, _ = _operands(inputs)
    lengths = Type(y.shape[:1], "u32")
    expect(inputs[3] == lengths, f"the lengths of {inputs[1]} are {lengths}, found {inputs[3]}")
    return y


def _statistics(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type((*_forward(inputs, attributes).shape[:3], 2))


def _rows(inputs: Sequence[Type]) -> Type:
    y, row = _operands(inputs)
    fits = list(inputs[3:]) == [y, Type((*row.shape, 2)), y]
    expect(fits, f"expected {y}, two numbers for each of its rows and {y}, found {', '.join(map(str, inputs[3:]))}")
    return row


def _columns(inputs: Sequence[Type]) -> None:
    y, row = _operands(inputs)
    fits = list(inputs[3:]) == [Type((*row.shape, 2)), row, y]
    expect(fits, f"expected three numbers for each row of {y} and {y}, found {', '.join(map(str, inputs[3:]))}")


def _query_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    _rows(inputs)
    return inputs[0]


def _delta(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return _rows(inputs)


def _key_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    _columns(inputs)
    return inputs[1]


def _value_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    _columns(inputs)
    return inputs[2]


ROWS = (
    Op("attention", "anchor", _forward, "softmax(q kᵀ / √head_dim) v over the keys that a query sees; 0 if none"),
    Op(
        "attention_statistics",
        "anchor",
        _statistics,
        "of each query: log Σ exp of its scores, and how many keys it sees",
    ),
    Op("attention_query_gradient", "anchor", _query_gradient, "dq, from q, k, v, y, the statistics and dy"),
    Op("attention_delta", "anchor", _delta, "y · dy of each query, which dk wants"),
    Op("attention_key_gradient", "anchor", _key_gradient, "dk, from q, k, v, the statistics, delta and dy"),
    Op("attention_value_gradient", "anchor", _value_gradient, "dv, from the same"),
)
