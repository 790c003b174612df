"""Probabilities, and the losses made of them."""

from __future__ import annotations

import math

from ..ops.elementwise import equal, exp, less, softplus, stop_gradient
from ..program import bound_of
from ..ranges import expect_number
from ..tensor import Operand, Tensor, broadcast, caller, constant, fail, make
from .elementwise import cast, where
from .index import one_hot
from .normalisation import l2_normalise
from .order import rank
from .reduce import argmax, max, mean, sum
from .sources import iota
from .views import axes_of, axis_of, reshape, transpose

__all__ = [
    "accuracy",
    "binary_cross_entropy",
    "cross_entropy",
    "info_nce",
    "log_softmax",
    "logsumexp",
    "softmax",
    "symmetric_info_nce",
    "top_k_accuracy",
]


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    """e^x_k / Σ_j e^x_j along `axis`; no e^x overflows. One op along the last axis, several along others."""
    if _is_last("softmax", x, axis):
        return make("softmax", (x,))
    e = exp(x - stop_gradient(max(x, axis, keepdims=True)))
    return e / sum(e, axis, keepdims=True)


def logsumexp(x: Tensor, axis: int | tuple[int, ...] = -1, keepdims: bool = False) -> Tensor:
    """log Σ e^x over one axis or several; those axes go, or with `keepdims` stay with length 1; no e^x overflows."""
    axes = axes_of("logsumexp", x, axis)
    others = tuple(n for n in range(len(x.shape)) if n not in axes)
    last = transpose(x, (*others, *axes))
    total = make("logsumexp", (reshape(last, (*last.shape[: len(others)], math.prod(x.shape[n] for n in axes))),))
    return reshape(total, tuple(1 if n in axes else length for n, length in enumerate(x.shape))) if keepdims else total


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """x_k - log Σ_j e^x_j along `axis`, with all its digits: of x - max, so that nothing large cancels."""
    below = x - stop_gradient(max(x, axis, keepdims=True))
    return below - logsumexp(below, axis, keepdims=True)


def cross_entropy(logits: Tensor, labels: Tensor, label_smoothing: Operand = 0.0) -> Tensor:
    """-log softmax(logits)[label] in nats: logits f32[..., classes], labels u32[...] -> f32[...].

    A label that is none of the classes, as one of i32 below 0, makes loss and gradient NaN; labels whose `bound` lets
    them be are refused.
    `label_smoothing` gives that much of the probability to all classes alike: Szegedy et al. (2016), section 7.
    To leave some labels out, or to weigh classes, take the losses' mean with `weights`: `not_equal(labels, padding)`,
    or `class_weights[labels]`.
    """
    expect_number("cross_entropy: label_smoothing", label_smoothing, 0, 1)
    if labels.dtype == "i32":
        labels = cast(where(less(labels, 0), logits.shape[-1] if logits.shape else 0, labels), "u32")
    losses = make("cross_entropy", (logits, labels))
    classes, bound = logits.shape[-1], bound_of(labels)
    if bound is not None and bound > classes:
        raise fail(f"cross_entropy: labels are below {bound}, and the logits have {classes} classes", caller())
    if not isinstance(label_smoothing, Tensor) and label_smoothing == 0:
        return losses
    below = logits - stop_gradient(max(logits, -1, keepdims=True))  # of which nothing large cancels
    return losses + label_smoothing * sum(below * (one_hot(labels, classes) - 1 / classes), -1)


def binary_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """-t log σ(x) - (1 - t) log(1 - σ(x)) in nats, element by element: logits x, probabilities t in [0, 1].

    As t softplus(-x) + (1 - t) softplus(x), of which both parts are positive: nothing cancels.
    """
    return targets * softplus(-logits) + (1 - targets) * softplus(logits)


def info_nce(scores: Tensor) -> Tensor:
    """The mean of -log (e^s_nn / Σ_j e^s_nj), f32[]: scores [..., rows, rows] by which row n is to find its own column.

    Column n belongs to row n, say the future that a context foretells, and the others are what it is told from.
    Source: van den Oord, Li and Vinyals (2018), equation 4.
    """
    rows = scores.shape[-1] if scores.shape else 0
    if len(scores.shape) < 2 or scores.shape[-2] != rows:
        raise fail(f"info_nce: expected as many rows as columns, found {scores.type}", caller())
    return mean(cross_entropy(scores, broadcast(iota(rows), scores.shape[:-1])))


def symmetric_info_nce(a: Tensor, b: Tensor, temperature: Operand) -> Tensor:
    """The contrastive loss of pairs, f32[]: row n of a [rows, features] belongs to row n of b and to no other.

    The mean of two `info_nce`, of finding b's row by a's and a's by b's, where the scores are the cosines divided by
    the temperature. Source: Radford et al., Learning transferable visual models (2021), figure 3.
    """
    if a.shape != b.shape or len(a.shape) != 2:
        raise fail(f"symmetric_info_nce: expected two matrices of one shape, found {a.type} and {b.type}", caller())
    expect_number("symmetric_info_nce: a temperature", temperature, above=0)
    scores = l2_normalise(a) @ transpose(l2_normalise(b)) / temperature
    return 0.5 * (info_nce(scores) + info_nce(transpose(scores)))


def accuracy(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """The share of rows whose largest logit is the label's, f32[]: logits [..., classes], labels u32[...].

    A label that is none of the classes is never right.
    `weights` [...], if given, says how much each row counts.
    """
    return mean(equal(argmax(logits), labels), weights=weights)


def top_k_accuracy(logits: Tensor, labels: Tensor, k: Operand, weights: Tensor | None = None) -> Tensor:
    """The share of rows whose label is among the k largest logits, f32[]; k may be a u32 scalar tensor."""
    place = rank(logits)
    expect_number("top_k_accuracy: k", k, 1, logits.shape[-1])
    within = less(place, k if isinstance(k, Tensor) else constant(k, "u32"))
    return mean(sum(one_hot(labels, logits.shape[-1]) * within, -1), weights=weights)


def _is_last(op: str, x: Tensor, axis: int) -> bool:
    """Whether `axis` is the last, along which softmax is one op."""
    return axis_of(op, x, axis) == len(x.shape) - 1
