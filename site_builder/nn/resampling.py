"""A layer that learns nothing: images of other sizes, for networks that are written as a list of layers."""

from __future__ import annotations

from typing import Literal

from ..graph import Tensor, interpolate
from ..graph.functions.convolution import Lengths
from ..graph.tensor import caller, fail
from .module import Module


class Upsample(Module):
    """x [batch, height, width, channels] or [batch, time, channels] with other lengths, as `graph.interpolate`."""

    def __init__(
        self,
        size: Lengths | None = None,
        scale_factor: float | tuple[float, ...] | None = None,
        mode: Literal["nearest", "linear", "bilinear"] = "nearest",
    ) -> None:
        if (size is None) == (scale_factor is None):
            raise fail("Upsample: expected either a size or a scale_factor", caller())
        self._size, self._scale_factor, self._mode = size, scale_factor, mode

    def __call__(self, x: Tensor) -> Tensor:
        return interpolate(x, self._size, self._scale_factor, self._mode)
