"""Softmax, the losses made of it, and their gradients."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect, same_f32


def _rows_of_logits(inputs: Sequence[Type], attributes: Attributes) -> Type:
    logits, labels = inputs[0], inputs[1]
    expect(logits.rank >= 2 and logits.dtype == "f32", f"logits are f32[…,classes], found {logits}")
    wanted = Type(logits.shape[:-1], "u32")
    expect(labels == wanted, f"labels of {logits} are {wanted}, found {labels}")
    return Type(logits.shape[:-1])


def _cross_entropy_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    losses = _rows_of_logits(inputs, attributes)
    expect(inputs[2] == losses, f"the gradient of the losses is {losses}, found {inputs[2]}")
    return inputs[0]


def _softmax(inputs: Sequence[Type], attributes: Attributes) -> Type:
    expect(inputs[0].rank >= 1, "a scalar has no last axis")
    return same_f32(inputs, attributes)


def _logsumexp(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_softmax(inputs, attributes).shape[:-1])


ROWS = (
    Op("softmax", "anchor", _softmax, "e^x_k / Σ_j e^x_j along the last axis"),
    Op("softmax_gradient", "anchor", same_f32, "y (dy - Σ_k y_k dy_k), from softmax y and gradient dy"),
    Op("logsumexp", "anchor", _logsumexp, "log Σ_k e^x_k along the last axis"),
    Op("cross_entropy", "anchor", _rows_of_logits, "-log softmax(logits)[label], in nats, a row each"),
    Op("cross_entropy_gradient", "anchor", _cross_entropy_gradient, "(softmax(logits) - onehot(label)) d"),
)
