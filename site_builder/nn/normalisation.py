"""Normalisation with a scale and a shift that are learnt. Features stand last; all start as 1 and 0."""

from __future__ import annotations

from collections.abc import Callable

from ..graph import (
    Model,
    Tensor,
    batch_norm,
    batch_statistics,
    group_norm,
    instance_norm,
    layer_norm,
    parameter,
    rms_norm,
    sqrt,
)
from ..graph.program import Variable
from ..graph.ranges import expect_number
from ..graph.tensor import caller, fail
from ..graph.types import Type
from .initialisers import ones, zeros
from .module import Module, is_evaluating


class LayerNorm(Module):
    """Each position to mean 0 and variance 1, then scaled and shifted: x [..., features].

    `weight` and `bias` [features]. Source: Ba, Kiros and Hinton (2016).
    """

    def __init__(self, features: int, epsilon: float = 1e-5) -> None:
        self.weight = parameter((features,), ones)
        self.bias = parameter((features,), zeros)
        expect_number(f"{type(self).__name__}: an epsilon", epsilon, 0)
        self._epsilon = epsilon

    def __call__(self, x: Tensor) -> Tensor:
        return layer_norm(x, self.weight, self.bias, self._epsilon)


class RMSNorm(Module):
    """Each position to root mean square 1, then scaled: x [..., features], `weight` [features].

    Source: Zhang and Sennrich (2019).
    """

    def __init__(self, features: int, epsilon: float = 1e-6) -> None:
        self.weight = parameter((features,), ones)
        expect_number(f"{type(self).__name__}: an epsilon", epsilon, 0)
        self._epsilon = epsilon

    def __call__(self, x: Tensor) -> Tensor:
        return rms_norm(x, self.weight, self._epsilon)


class GroupNorm(Module):
    """Each of `groups` equal parts of the features to mean 0 and variance 1 over all pixels of an example.

    Then scaled and shifted: x [batch, ..., features], `weight` and `bias` [features]. Source: Wu and He (2018).
    """

    def __init__(self, groups: int, features: int, epsilon: float = 1e-5) -> None:
        if groups < 1 or features % groups:
            raise fail(f"GroupNorm: {groups} groups cannot share {features} features equally", caller())
        expect_number("GroupNorm: an epsilon", epsilon, 0)
        self.weight = parameter((features,), ones)
        self.bias = parameter((features,), zeros)
        self._groups, self._epsilon = groups, epsilon

    def __call__(self, x: Tensor) -> Tensor:
        return group_norm(x, self._groups, self.weight, self.bias, self._epsilon)


class InstanceNorm(Module):
    """Each feature of each example to mean 0 and variance 1 over its pixels: x [batch, ..., features].

    With `affine` then scaled by `weight` and shifted by `bias` [features]; without, as in PyTorch, it learns nothing.
    Source: Ulyanov, Vedaldi and Lempitsky (2016).
    """

    def __init__(self, features: int, epsilon: float = 1e-5, affine: bool = False) -> None:
        expect_number("InstanceNorm: an epsilon", epsilon, 0)
        self.weight = parameter((features,), ones) if affine else None
        self.bias = parameter((features,), zeros) if affine else None
        self._features, self._epsilon = features, epsilon

    def __call__(self, x: Tensor) -> Tensor:
        if x.shape[-1:] != (self._features,):
            raise fail(f"InstanceNorm: expected {self._features} features, found {x.type}", caller())
        return instance_norm(x, self.weight, self.bias, self._epsilon)


class BatchNorm(Module):
    """Each feature to mean 0 and variance 1 over all of the batch, then scaled and shifted: x [..., features].

    Every call while training moves `running_mean` and `running_var` (states) by `momentum` towards the batch's own;
    within `nn.evaluating()` they take its place. Source: Ioffe and Szegedy (2015).
    """

    def __init__(self, features: int, epsilon: float = 1e-5, momentum: float = 0.1) -> None:
        self.weight = parameter((features,), ones)
        self.bias = parameter((features,), zeros)
        self.running_mean = Variable("", Type((features,)), "state", initial=0.0).tensor
        self.running_var = Variable("", Type((features,)), "state", initial=1.0).tensor
        expect_number("BatchNorm: an epsilon", epsilon, 0)
        expect_number("BatchNorm: a momentum", momentum, 0, 1)
        self._epsilon, self._momentum = epsilon, momentum

    def __call__(self, x: Tensor) -> Tensor:
        if is_evaluating():
            slope = self.weight / sqrt(self.running_var + self._epsilon)
            return (x - self.running_mean) * slope + self.bias
        self._follow(x)
        return batch_norm(x, self.weight, self.bias, self._epsilon)

    def _follow(self, x: Tensor) -> None:
        """Move the running averages, where a program is being traced; their variance is the unbiased one."""
        model = Model.tracing()
        if model is None:
            return
        mean, variance = batch_statistics(x, self._epsilon)
        count = x.size // x.shape[-1]
        for known, new in ((self.running_mean, mean), (self.running_var, variance * (count / max(count - 1, 1)))):
            model.update(known, self._towards(new))

    def _towards(self, new: Tensor) -> Callable[[Tensor], Tensor]:
        return lambda known: (1 - self._momentum) * known + self._momentum * new
