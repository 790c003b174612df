"""Probabilities, and the losses made of them."""

from __future__ import annotations

from ..tensor import Tensor, make

__all__ = ["cross_entropy", "softmax"]


def softmax(x: Tensor) -> Tensor:
    """e^x_k / Σ_j e^x_j along the last axis."""
    return make("softmax", (x,))


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """-log softmax(logits)[label] in nats: logits f32[rows, classes], labels u32[rows] -> f32[rows]."""
    return make("cross_entropy", (logits, labels))
