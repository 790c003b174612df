"""Cases of the family `convolution`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ... import graph as g
from ...graph import Tensor
from ...graph.tensor import make
from .table import Case, Input


@dataclass(frozen=True)
class _Shape:
    """Images [batch, height, width, inputs]; stride (down, across), padding (top, bottom, left, right)."""

    images: tuple[int, int, int, int]
    window: tuple[int, int]
    outputs: int
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def weights(self) -> tuple[int, int, int, int]:
        return (*self.window, self.images[3], self.outputs)

    @property
    def windows(self) -> tuple[int, int, int, int]:
        (top, bottom, left, right), (down, across) = self.padding, self.stride
        high = (self.images[1] + top + bottom - self.window[0]) // down + 1
        wide = (self.images[2] + left + right - self.window[1]) // across + 1
        return (self.images[0], high, wide, self.outputs)

    def __str__(self) -> str:
        return f"stride{self.stride}padding{self.padding}".replace(" ", "")

    def convolution(self, x: Tensor, w: Tensor) -> Tensor:
        top, bottom, left, right = self.padding
        return g.convolution(x, w, self.stride, ((top, bottom), (left, right)))

    def input_gradient(self, w: Tensor, d: Tensor) -> Tensor:
        size = self.images[1:3]
        return make("convolution_input_gradient", (w, d), size=size, stride=self.stride, padding=self.padding)

    def weight_gradient(self, x: Tensor, d: Tensor) -> Tensor:
        """The sum of its parts: which windows belong to which is left open."""
        window, stride, padding = self.window, self.stride, self.padding
        parts = make("convolution_weight_gradient", (x, d), parts=3, window=window, stride=stride, padding=padding)
        return g.sum(parts, 0)


_SHAPES = (
    _Shape((1, 1, 1, 1), (1, 1), 1),
    _Shape((2, 5, 7, 3), (3, 3), 5, padding=(1, 1, 1, 1)),
    _Shape((3, 6, 5, 1), (3, 2), 4, stride=(2, 1), padding=(1, 0, 0, 1)),
    _Shape((2, 7, 7, 2), (2, 3), 3, stride=(3, 2), padding=(2, 1, 0, 2)),
    _Shape((1, 4, 9, 5), (4, 4), 2, stride=(1, 5)),
    # large enough for blocks in registers, within a row of images, across rows, and past the edges of blocks
    _Shape((5, 8, 8, 16), (3, 3), 32, padding=(1, 1, 1, 1)),
    _Shape((2, 13, 11, 12), (5, 3), 36, padding=(2, 2, 1, 1)),
    _Shape((3, 15, 14, 20), (3, 3), 44, stride=(2, 2), padding=(1, 1, 0, 1)),
    _Shape((9, 1, 61, 28), (1, 4), 20, padding=(0, 0, 3, 0)),
)
_SUMS = (
    "the weights' gradients are f32 sums over all windows, of either sign, so that they are small beside their terms"
)


def _convolutions() -> list[Case]:
    cases = []
    for s in _SHAPES:
        x, w, d = Input(s.images), Input(s.weights), Input(s.windows)
        cases += [
            Case("convolution", s.convolution, (x, w), tags=(str(s),)),
            Case("convolution_input_gradient", s.input_gradient, (w, d), tags=(str(s),)),
            Case("convolution_weight_gradient", s.weight_gradient, (x, d), 5e-6, _SUMS, (str(s),)),
        ]
    return cases


@dataclass(frozen=True)
class _Groups(_Shape):
    """Of several groups, of which each has as many channels of the images."""

    groups: int = 1

    @property
    def weights(self) -> tuple[int, int, int, int]:
        return (*self.window, self.images[3] // self.groups, self.outputs)

    def __str__(self) -> str:
        return f"groups{self.groups}{super().__str__()}"

    def convolution(self, x: Tensor, w: Tensor) -> Tensor:
        return make("grouped_convolution", (x, w), **self._attributes)

    def input_gradient(self, w: Tensor, d: Tensor) -> Tensor:
        size = self.images[1:3]
        return make("grouped_convolution_input_gradient", (w, d), size=size, **self._attributes)

    def weight_gradient(self, x: Tensor, d: Tensor) -> Tensor:
        window = self.window
        return make("grouped_convolution_weight_gradient", (x, d), parts=3, window=window, **self._attributes)

    @property
    def _attributes(self) -> dict[str, Any]:
        return {"stride": self.stride, "padding": self.padding, "groups": self.groups}


_GROUPS = (
    _Groups((1, 1, 1, 1), (1, 1), 1),
    _Groups((2, 5, 7, 3), (3, 3), 3, padding=(1, 1, 1, 1), groups=3),
    _Groups((2, 7, 6, 6), (2, 3), 4, stride=(3, 2), padding=(2, 1, 0, 2), groups=2),
    _Groups((3, 6, 5, 4), (3, 2), 12, stride=(2, 1), padding=(1, 0, 0, 1), groups=4),
    _Groups((5, 1, 67, 16), (1, 7), 16, padding=(0, 0, 6, 0), groups=16),
)


def _grouped() -> list[Case]:
    cases = []
    for s in _GROUPS:
        x, w, d = Input(s.images), Input(s.weights), Input(s.windows)
        cases += [
            Case("grouped_convolution", s.convolution, (x, w), tags=(str(s),)),
            Case("grouped_convolution_input_gradient", s.input_gradient, (w, d), tags=(str(s),)),
            Case("grouped_convolution_weight_gradient", s.weight_gradient, (x, d), 5e-6, _SUMS, (str(s),)),
        ]
    return cases


def _with_bias(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return g.convolution(x, w, padding="same") + b


def _pools(op: str) -> list[Case]:
    build = g.max_pool if op == "max_pool" else g.average_pool
    shapes = (
        ((1, 1, 1, 1), 1, None, "valid"),
        ((2, 6, 8, 3), 2, None, "valid"),
        ((2, 7, 5, 3), 2, None, "valid"),
        ((2, 7, 9, 2), 3, 2, ((1, 1), (1, 1))),
        ((1, 5, 6, 4), (3, 2), 1, "same"),
        ((1, 9, 8, 1), (2, 1), (3, 4), "valid"),
    )
    return [
        Case(op, lambda x, w=w, s=s, p=p: build(x, w, s, p), (Input(x),), tags=(f"window{w}stride{s}padding{p}",))
        for x, w, s, p in shapes
    ]


_POOL = {"window": (3, 3), "stride": (2, 2), "padding": (1, 0, 0, 1)}  # of [2, 7, 9, 3], giving [2, 3, 4, 3]


CASES: list[Case] = [
    *_convolutions(),
    *_grouped(),
    Case("convolution", lambda x, w: g.convolution(x, w, 2, "same"), (Input((2, 7, 3)), Input((4, 3, 5)))),
    Case("convolution", lambda x, w: g.convolution(x, w, 1, (3, 0)), (Input((2, 1, 3)), Input((4, 3, 5)))),
    Case("convolution", _with_bias, (Input((2, 4, 5, 3)), Input((3, 3, 3, 6)), Input((6,)))),
    Case("convolution", _with_bias, (Input((7, 8, 8, 16)), Input((3, 3, 16, 24)), Input((24,)))),
    Case("convolution", _with_bias, (Input((2, 9, 3)), Input((3, 3, 6)), Input((6,)))),
    *_pools("max_pool"),
    Case("max_pool", lambda x: g.max_pool(x, 3, 2, "same"), (Input((2, 9, 3)),)),
    Case("max_pool_index", lambda x: make("max_pool_index", (x,), **_POOL), (Input((2, 7, 9, 3)),)),
    Case(
        "max_pool_gradient",
        lambda index, d: make("max_pool_gradient", (index, d), size=(7, 9), **_POOL),
        (Input((2, 3, 4, 3), below=9), Input((2, 3, 4, 3))),
    ),
    *_pools("average_pool"),
    Case(
        "average_pool_gradient",
        lambda d: make("average_pool_gradient", (d,), size=(7, 9), **_POOL),
        (Input((2, 3, 4, 3)),),
    ),
]
