"""Numbers brought to mean 0 and variance 1, or to length 1, and from there to a scale and a shift that are learnt."""

from __future__ import annotations

import math

from ..ranges import expect_number
from ..tensor import Operand, Tensor, caller, constant, fail, make
from .views import reshape, transpose

__all__ = [
    "batch_norm",
    "batch_statistics",
    "group_norm",
    "instance_norm",
    "l2_normalise",
    "layer_norm",
    "rms_norm",
    "scale_and_shift",
]


def layer_norm(x: Tensor, scale: Tensor | None = None, shift: Tensor | None = None, epsilon: Operand = 1e-5) -> Tensor:
    """(x - mean) / √(variance + epsilon) · scale + shift along the last axis.

    x [..., features], scale, shift [features]. The variance is the mean of the squares of the differences.
    Source: Ba, Kiros and Hinton (2016).
    """
    return _along_last("layer_norm", x, scale, shift, epsilon)


def rms_norm(x: Tensor, scale: Tensor | None = None, epsilon: Operand = 1e-6) -> Tensor:
    """x / √(mean of x² + epsilon) · scale along the last axis: x [..., features], scale [features].

    Source: Zhang and Sennrich (2019).
    """
    return _along_last("rms_norm", x, scale, None, epsilon)


def l2_normalise(x: Tensor, epsilon: Operand = 1e-12) -> Tensor:
    """x / |x| along the last axis, so that products of rows are cosines."""
    expect_number("l2_normalise: an epsilon", epsilon, 0)
    return rms_norm(x, epsilon=epsilon) / math.sqrt(x.shape[-1])


def batch_norm(x: Tensor, scale: Tensor | None = None, shift: Tensor | None = None, epsilon: Operand = 1e-5) -> Tensor:
    """(x - mean) / √(variance + epsilon) · scale + shift, each feature by its mean and variance over all other axes.

    x [..., features], scale, shift [features]. What these were, `batch_statistics` says.
    Source: Ioffe and Szegedy (2015).
    """
    return scale_and_shift(make("batch_norm", (x, _epsilon("batch_norm", epsilon))), scale, shift)


def batch_statistics(x: Tensor, epsilon: Operand = 1e-5) -> tuple[Tensor, Tensor]:
    """Means and variances [features] by which `batch_norm` of the same x and epsilon normalises, both at once."""
    statistics = make("batch_norm_statistics", (x, _epsilon("batch_statistics", epsilon)))
    return statistics[0], statistics[1]


def group_norm(
    x: Tensor, groups: int, scale: Tensor | None = None, shift: Tensor | None = None, epsilon: Operand = 1e-5
) -> Tensor:
    """(x - mean) / √(variance + epsilon) · scale + shift, over the pixels and channels of each of so many groups.

    x [batch, ..., features], of which each group is an equal part; scale, shift [features]. Each example has its own
    means and variances, so that they don't depend on the batch. Source: Wu and He (2018).
    """
    if len(x.shape) < 2 or groups < 1 or x.shape[-1] % groups:
        wanted = f"[batch, ..., features] with features that {groups} groups can share equally"
        raise fail(f"group_norm: expected {wanted}, found {x.type}", caller())
    batch, pixels, width = x.shape[0], x.size // (x.shape[0] * x.shape[-1]), x.shape[-1] // groups
    parts = transpose(reshape(x, (batch, pixels, groups, width)), (0, 2, 1, 3))
    y = layer_norm(reshape(parts, (batch, groups, pixels * width)), epsilon=epsilon)
    back = transpose(reshape(y, (batch, groups, pixels, width)), (0, 2, 1, 3))
    return scale_and_shift(reshape(back, x.shape), scale, shift)


def instance_norm(
    x: Tensor, scale: Tensor | None = None, shift: Tensor | None = None, epsilon: Operand = 1e-5
) -> Tensor:
    """`group_norm` with a group for each feature, which only its own pixels normalise.

    x [batch, ..., features]. Source: Ulyanov, Vedaldi and Lempitsky (2016).
    """
    if len(x.shape) < 3:
        raise fail(f"instance_norm: expected [batch, ..., features] with pixels between, found {x.type}", caller())
    return group_norm(x, x.shape[-1], scale, shift, epsilon)


def scale_and_shift(x: Tensor, scale: Tensor | None, shift: Tensor | None) -> Tensor:
    """x · scale + shift: x [..., features], scale, shift [features] or None. Both gradients are computed at once."""
    y = x if scale is None else make("scale", (x, scale))
    return y if shift is None else y + shift


def _along_last(op: str, x: Tensor, scale: Tensor | None, shift: Tensor | None, epsilon: Operand) -> Tensor:
    """x normalised along its last axis, scaled and shifted; a vector as the one row of a matrix."""
    if len(x.shape) == 1:
        return reshape(_along_last(op, reshape(x, (1, *x.shape)), scale, shift, epsilon), x.shape)
    return scale_and_shift(make(op, (x, _epsilon(op, epsilon))), scale, shift)


def _epsilon(op: str, value: Operand) -> Tensor:
    """What is added to a variance, of which the root is taken."""
    expect_number(f"{op}: an epsilon", value, 0)
    return value if isinstance(value, Tensor) else constant(value)
