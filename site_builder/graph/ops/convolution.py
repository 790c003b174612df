"""Convolutions, pools and their gradients. Images are [batch, height, width, channels], weights [height, width, inputs,
outputs], strides (down, across), padding (top, bottom, left, right).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Type
from .table import Attributes, Op, expect


def _windows(x: Type, window: tuple[int, int], attributes: Attributes) -> tuple[int, int]:
    """How many windows fit below one another, and side by side."""
    stride, padding = attributes["stride"], attributes["padding"]
    expect(x.rank == 4 and x.dtype == "f32", f"images are f32[batch,height,width,channels], found {x}")
    expect(min(stride) >= 1, f"a stride is at least 1, found {list(stride)}")
    expect(min(padding) >= 0, f"padding is at least 0, found {list(padding)}")
    counts = []
    for length, taps, step, before, after in zip(
        x.shape[1:3], window, stride, padding[::2], padding[1::2], strict=True
    ):
        padded = length + before + after
        expect(1 <= taps <= padded, f"a window of {taps} does not fit {length} pixels with {before} and {after} around")
        counts.append((padded - taps) // step + 1)
    return counts[0], counts[1]


def _weights(w: Type, inputs: int, outputs: int) -> tuple[int, int]:
    """The window of a convolution's weights, which must have as many channels as their images."""
    expect(w.rank == 4 and w.dtype == "f32", f"weights are f32[height,width,inputs,outputs], found {w}")
    expect(w.shape[2:] == (inputs, outputs), f"weights {w} do not fit {inputs} channels in and {outputs} out")
    return w.shape[0], w.shape[1]


def _convolution(inputs: Sequence[Type], attributes: Attributes) -> Type:
    x, w = inputs
    expect(x.rank == 4, f"images are f32[batch,height,width,channels], found {x}")
    window = _weights(w, x.shape[3], w.shape[-1])
    return Type((x.shape[0], *_windows(x, window, attributes), w.shape[3]))


def _input_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    w, d = inputs
    height, width = attributes["size"]
    x = Type((d.shape[0], height, width, w.shape[2]))
    expected = _convolution((x, w), attributes)
    expect(d == expected, f"the gradient of the convolution of {x} with {w} is {expected}, found {d}")
    return x


def _weight_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x, d), parts = inputs, attributes["parts"]
    w = Type((*attributes["window"], x.shape[-1], d.shape[-1]))
    expect(parts >= 1, f"a sum has at least 1 part, found {parts}")
    expected = _convolution((x, w), attributes)
    expect(d == expected, f"the gradient of the convolution of {x} with {w} is {expected}, found {d}")
    return Type((parts, *w.shape))


def _of_a_group(x: Type, w: Type, attributes: Attributes) -> Type:
    """The images of which a convolution in groups makes, with these weights, as many windows: those of one group."""
    groups = attributes["groups"]
    expect(x.rank == 4 and w.rank == 4, f"images and weights have four axes, found {x} and {w}")
    shared = groups >= 1 and x.shape[3] % groups == 0 and w.shape[3] % groups == 0
    expect(shared, f"{groups} groups cannot share {x.shape[3]} channels in and {w.shape[3]} out equally")
    return Type((*x.shape[:3], x.shape[3] // groups), x.dtype)


def _grouped(inputs: Sequence[Type], attributes: Attributes) -> Type:
    x, w = inputs
    return _convolution((_of_a_group(x, w, attributes), w), attributes)


def _grouped_input_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    w = inputs[0]
    of_a_group = _input_gradient(inputs, attributes)
    x = Type((*of_a_group.shape[:3], w.shape[2] * attributes["groups"]))
    _grouped((x, w), attributes)
    return x


def _grouped_weight_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    x, d = inputs
    expect(x.rank == 4 and d.rank == 4, f"images and windows have four axes, found {x} and {d}")
    return _weight_gradient((_of_a_group(x, d, attributes), d), attributes)


def _pool(inputs: Sequence[Type], attributes: Attributes) -> Type:
    (x,), window, padding = inputs, attributes["window"], attributes["padding"]
    counts = _windows(x, window, attributes)
    narrow = all(n < window[axis // 2] for axis, n in enumerate(padding))
    expect(narrow, f"padding {list(padding)} is not less than the window {list(window)}")
    return Type((x.shape[0], *counts, x.shape[3]))


def _max_pool_index(inputs: Sequence[Type], attributes: Attributes) -> Type:
    return Type(_pool(inputs, attributes).shape, "u32")


def _pool_gradient(inputs: Sequence[Type], attributes: Attributes) -> Type:
    d, (height, width) = inputs[-1], attributes["size"]
    x = Type((d.shape[0], height, width, d.shape[-1]))
    expected = _pool((x,), attributes)
    expect(d == expected, f"the gradient of the pool of {x} is {expected}, found {d}")
    expect(all(i.shape == d.shape for i in inputs), f"{' and '.join(map(str, inputs))} do not fit")
    return x


ROWS = (
    Op("convolution", "anchor", _convolution, "Σ over taps and channels of a window of x, times the weights"),
    Op("convolution_input_gradient", "anchor", _input_gradient, "the transposed convolution: from w and d to dL/dx"),
    Op("convolution_weight_gradient", "anchor", _weight_gradient, "from x and d to dL/dw, in parts: of windows each"),
    Op("grouped_convolution", "anchor", _grouped, "the same of each group of channels, by weights of its own"),
    Op("grouped_convolution_input_gradient", "anchor", _grouped_input_gradient, "from w and d to dL/dx"),
    Op("grouped_convolution_weight_gradient", "anchor", _grouped_weight_gradient, "from x and d to dL/dw, in parts"),
    Op("max_pool", "anchor", _pool, "the largest number of each window"),
    Op("max_pool_index", "anchor", _max_pool_index, "the tap at which it stands first, u32, row by row"),
    Op("max_pool_gradient", "anchor", _pool_gradient, "d where the maximum stood, from index and d"),
    Op("average_pool", "anchor", _pool, "the mean of each window, padding counted as zeros"),
    Op("average_pool_gradient", "anchor", _pool_gradient, "d / taps at every pixel of a window"),
)
