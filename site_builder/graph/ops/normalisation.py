"""Ops that bring numbers to mean 0 and variance 1, or to length 1: shape rules and rows."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect


def _normalised(inputs: Sequence[Type], attributes: Attributes) -> Type:
    x, epsilon = inputs
    expect(x.rank >= 2 and x.dtype == "f32", f"expected f32[batch,…,features], found {x}")
    expect(epsilon == Type(()), f"epsilon is a scalar, found {epsilon}")
    return x


def _of_rows(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_normalised(inputs, attributes).shape[:-1])


def _of_features(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type((2, _normalised(inputs, attributes).shape[-1]))


def _rows_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    y, rstd, dy = inputs
    expect(y == dy and rstd == Type(y.shape[:-1]), f"{y}, {rstd} and {dy} do not fit")
    return y


def _features_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    y, statistics, epsilon, dy = inputs
    fits = y == dy and statistics == Type((2, y.shape[-1])) and epsilon == Type(())
    expect(fits, f"{y}, {statistics}, {epsilon} and {dy} do not fit")
    return y


def _scale(inputs: Sequence[Type], attributes: Attributes) -> Type:
    x, factors = inputs
    expect(x.rank >= 2 and factors == Type(x.shape[-1:]), f"{x} wants f32[{x.shape[-1:]}] factors, found {factors}")
    return x


def _scale_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    x, d = inputs
    expect(x == d and x.rank >= 2, f"{x} and {d} do not fit")
    return Type(x.shape[-1:])


ROWS = (
    Op("layer_norm", "anchor", _normalised, "(x - mean) / √(variance + epsilon) along the last axis"),
    Op("layer_norm_rstd", "anchor", _of_rows, "1 / √(variance + epsilon) along the last axis"),
    Op("layer_norm_gradient", "anchor", _rows_gradient, "the gradient of layer_norm, from its result, rstd and dy"),
    Op("rms_norm", "anchor", _normalised, "x / √(mean of x² + epsilon) along the last axis"),
    Op("rms_norm_rstd", "anchor", _of_rows, "1 / √(mean of x² + epsilon) along the last axis"),
    Op("rms_norm_gradient", "anchor", _rows_gradient, "the gradient of rms_norm, from its result, rstd and dy"),
    Op("batch_norm", "anchor", _normalised, "(x - mean) / √(variance + epsilon) along all axes but the last"),
    Op("batch_norm_statistics", "anchor", _of_features, "mean and variance along all axes but the last"),
    Op("batch_norm_gradient", "anchor", _features_gradient, "the gradient of batch_norm, from its result and dy"),
    Op("scale", "elementwise", _scale, "every feature of the last axis times its own factor"),
    Op("scale_gradient", "anchor", _scale_gradient, "Σ x d along all axes but the last: the gradient of the factors"),
)
