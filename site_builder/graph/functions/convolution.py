"""Windows that slide over images and sequences."""

from __future__ import annotations

from typing import cast

from ..tensor import Tensor, caller, fail, make
from .views import concatenate, pad, reshape, slice, split, transpose

__all__ = ["average_pool", "convolution", "max_pool", "transposed_convolution"]

WIDE = 64  # so many pairs of a channel in and a channel out make a group a matrix product of its own
Lengths = int | tuple[int, ...]
Padding = str | int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]


def convolution(
    x: Tensor,
    weights: Tensor,
    stride: Lengths = 1,
    padding: Padding = "valid",
    dilation: Lengths = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation, which networks call convolution.

    Of images: x [batch, height, width, inputs], weights [height, width, inputs, outputs] -> [batch, …, …, outputs].
    Of sequences: x [batch, time, inputs], weights [time, inputs, outputs] -> [batch, …, outputs].
    padding: "valid" for none; "same" for ceil(length / stride) windows, the odd zero at the end; or how many zeros
    stand on every side, or before and after: (left, right) for sequences, ((top, bottom), (left, right)) for images.
    Other padding than zeros is `pad(x, widths, mode)` before it.
    dilation: how far apart the taps of a window lie. groups: so many equal parts of the channels, of which each part of
    the outputs sees the same part of the inputs alone, so that weights are [..., inputs / groups, outputs]; with as
    many groups as inputs the convolution is depthwise. Sources: Yu and Koltun (2016); Krizhevsky et al. (2012).
    """
    kind, axes = {3: ("a sequence", "time"), 4: ("an image", "height,width")}.get(len(x.shape), ("", ""))
    if kind and len(weights.shape) != len(x.shape):
        raise fail(
            f"convolution: {kind} {x.type} takes weights [{axes},inputs,outputs], found {weights.type}", caller()
        )
    if groups < 1:
        raise fail(f"convolution: there is at least 1 group, found {groups}", caller())
    count = len(x.shape) - 2
    apart = _steps("convolution", "dilation", dilation, count) if kind else ()
    window = tuple((n - 1) * step + 1 for n, step in zip(weights.shape, apart, strict=False))
    attributes = _attributes("convolution", x, window, stride, padding)
    if count == 2:
        return _convolved(x, weights, apart, groups, **attributes)
    y = _convolved(_image(x), reshape(weights, (1, *weights.shape)), (1, *apart), groups, **attributes)
    return reshape(y, (y.shape[0], *y.shape[2:]))


def transposed_convolution(
    x: Tensor,
    weights: Tensor,
    stride: Lengths = 1,
    padding: Padding = "valid",
    output_padding: Lengths = 0,
    dilation: Lengths = 1,
    groups: int = 1,
) -> Tensor:
    """Every pixel of x lays its window of weights on the result, `stride` apart, where these add up.

    It is what carries gradients back through a convolution with these arguments. Of images: x [batch, height, width,
    inputs], weights [height, width, outputs, inputs], the outputs first, as TensorFlow has it and PyTorch mirrored
    -> [batch, …, …, outputs]; of sequences without a height. Of lengths n come (n - 1) · stride + window pixels, less
    the padding, which is cut away, and `output_padding` more at the end, less than a stride; with "same" n · stride.
    With groups, weights are [..., outputs / groups, inputs].
    Source: Dumoulin and Visin (2016), chapter 4; Zeiler et al. (2010).
    """
    op, axes = "transposed_convolution", len(x.shape) - 2
    if axes not in (1, 2) or len(weights.shape) != len(x.shape) or weights.shape[-1] != x.shape[-1]:
        wanted = "x [batch,height,width,inputs] and weights [height,width,outputs,inputs], or both without a height"
        raise fail(f"{op}: expected {wanted}, found {x.type} and {weights.type}", caller())
    if groups < 1:
        raise fail(f"{op}: there is at least 1 group, found {groups}", caller())
    strides, apart = _steps(op, "stride", stride, axes), _steps(op, "dilation", dilation, axes)
    extra = _lengths(op, "output_padding", output_padding, axes)
    if not all(0 <= n < step for n, step in zip(extra, strides, strict=True)):
        raise fail(f"{op}: output_padding is less than the stride {strides}, found {extra}", caller())
    w = _spread(weights, apart)
    size, pairs = _laid(x, w.shape[:axes], strides, padding)
    size = tuple(n + more for n, more in zip(size, extra, strict=True))
    if min(size) < 1:
        raise fail(f"{op}: padding {padding!r} leaves {list(size)} pixels of {x.type}", caller())
    if axes == 1:
        x, w, strides, pairs, size = _image(x), reshape(w, (1, *w.shape)), (1, *strides), (0, 0, *pairs), (1, *size)
    y = _make("_input_gradient", (w, x), groups, size=size, stride=strides, padding=pairs)
    return reshape(y, (y.shape[0], *y.shape[2:])) if axes == 1 else y


def _laid(
    x: Tensor, window: tuple[int, ...], strides: tuple[int, ...], padding: Padding
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How many pixels the windows of all pixels of x cover, less what padding cuts away, and how much that is."""
    whole = tuple(n * step for n, step in zip(x.shape[1:-1], strides, strict=True))
    pairs = _pairs("transposed_convolution", whole, window, strides, padding)
    if padding == "same":
        return whole, pairs
    covered = (n - step + k for n, step, k in zip(whole, strides, window, strict=True))
    around = (before + after for before, after in zip(pairs[::2], pairs[1::2], strict=True))
    return tuple(n - cut for n, cut in zip(covered, around, strict=True)), pairs


def _make(kind: str, inputs: tuple[Tensor, Tensor], groups: int, **attributes: tuple[int, ...]) -> Tensor:
    """A convolution or the gradient of one; in groups by a kernel that knows of them, or group by group where wide.

    That kernel takes a channel at a time, others blocks of them: on lavapipe groups of 16 channels are 16 times as fast
    one by one, of 8 twice as fast, and of 2 half as fast.
    """
    if groups == 1:
        return make(f"convolution{kind}", inputs, **attributes)
    whole = make(f"grouped_convolution{kind}", inputs, groups=groups, **attributes)  # or a GraphError
    weights = inputs[0] if kind else inputs[1]
    if weights.shape[2] * (weights.shape[3] // groups) < WIDE:
        return whole
    parts = zip(*(split(x, groups) for x in inputs), strict=True)
    return concatenate([make(f"convolution{kind}", part, **attributes) for part in parts], -1)


def _convolved(
    x: Tensor, w: Tensor, apart: tuple[int, ...], groups: int, stride: tuple[int, ...], padding: tuple[int, ...]
) -> Tensor:
    """The convolution of images x with taps that lie `apart`, which no kernel knows of.

    Every so many rows and columns of x make an image of their own, on which the taps are neighbours; what comes of
    these images stands as far apart again. So each tap is computed once, as without dilation, for two copies more.
    """
    apart = tuple(1 if taps == 1 else step for taps, step in zip(w.shape, apart, strict=False))
    if apart == (1, 1):
        return _make("", (x, w), groups, stride=stride, padding=padding)
    lengths = [n + sum(padding[2 * axis : 2 * axis + 2]) for axis, n in enumerate(x.shape[1:3])]
    windows = [n - (taps - 1) * step for n, taps, step in zip(lengths, w.shape, apart, strict=False)]
    if min(windows) < 1:
        taken = " and ".join(f"{(taps - 1) * step + 1}" for taps, step in zip(w.shape, apart, strict=False))
        raise fail(f"convolution: windows of {taken} pixels do not fit the {lengths} of {x.type}", caller())
    counts = [-(-n // step) for n, step in zip(lengths, apart, strict=True)]
    ends = [n * step - length for n, step, length in zip(counts, apart, lengths, strict=True)]
    top, bottom, left, right = padding
    whole = pad(x, ((0, 0), (top, bottom + ends[0]), (left, right + ends[1]), (0, 0)))
    batch, (high, wide), (down, across) = x.shape[0], counts, apart
    parts = transpose(reshape(whole, (batch, high, down, wide, across, x.shape[3])), (2, 4, 0, 1, 3, 5))
    images = reshape(parts, (down * across * batch, high, wide, x.shape[3]))
    inner = tuple(s if step == 1 else 1 for s, step in zip(stride, apart, strict=True))
    y = _make("", (images, w), groups, stride=inner, padding=(0, 0, 0, 0))
    _, high, wide, outputs = y.shape
    y = transpose(reshape(y, (down, across, batch, high, wide, outputs)), (2, 3, 0, 4, 1, 5))
    y = reshape(y, (batch, high * down, wide * across, outputs))
    there = [y.shape[1 + axis] if step == 1 else windows[axis] for axis, step in enumerate(apart)]
    y = slice(y, (0,) * 4, (batch, *there, outputs))
    return y[:, :: stride[0] // inner[0], :: stride[1] // inner[1]]


def _spread(w: Tensor, apart: tuple[int, ...]) -> Tensor:
    """Weights with zeros between the taps, so that these lie `apart`: a step or two more than the taps, cut off."""
    for axis, step in enumerate(apart):
        before, n, after = w.shape[:axis], w.shape[axis], w.shape[axis + 1 :]
        if step > 1 and n > 1:
            wide = pad(
                reshape(w, (*before, n, 1, *after)),
                [(0, step - 1 if a == axis + 1 else 0) for a in range(len(w.shape) + 1)],
            )
            w = reshape(wide, (*before, n * step, *after))
            w = slice(w, (0,) * len(w.shape), (*before, (n - 1) * step + 1, *after))
    return w


def max_pool(x: Tensor, window: Lengths, stride: Lengths | None = None, padding: Padding = "valid") -> Tensor:
    """The largest number of each window, channel by channel; the first of equal ones gets the whole gradient.

    x [batch, height, width, channels] or [batch, time, channels]; the stride is the window if none is given; padding as
    in `convolution`, never a candidate.
    """
    return _pool("max_pool", x, window, stride, padding)


def average_pool(x: Tensor, window: Lengths, stride: Lengths | None = None, padding: Padding = "valid") -> Tensor:
    """The mean of each window, channel by channel; padding counts as zeros (PyTorch's count_include_pad=True).

    Arguments as in `max_pool`. The mean of all pixels is `mean(x, (1, 2))`.
    """
    return _pool("average_pool", x, window, stride, padding)


def _pool(op: str, x: Tensor, window: Lengths, stride: Lengths | None, padding: Padding) -> Tensor:
    lengths = _lengths(op, "window", window, len(x.shape) - 2)
    attributes = _attributes(op, x, lengths, window if stride is None else stride, padding)
    if len(x.shape) == 3:
        y = make(op, (_image(x),), window=(1, *lengths), **attributes)
        return reshape(y, (y.shape[0], *y.shape[2:]))
    return make(op, (x,), window=lengths, **attributes)


def _image(x: Tensor) -> Tensor:
    """A sequence as images of one row."""
    return reshape(x, (x.shape[0], 1, *x.shape[1:]))


def _attributes(
    op: str, x: Tensor, window: tuple[int, ...], stride: Lengths, padding: Padding
) -> dict[str, tuple[int, ...]]:
    """Stride (down, across) and padding (top, bottom, left, right) of images; sequences are images of one row."""
    axes = len(x.shape) - 2
    if axes not in (1, 2):
        wanted = "[batch,height,width,channels] or [batch,time,channels]"
        raise fail(f"{op}: expected {wanted}, found {x.type}", caller())
    strides = _steps(op, "stride", stride, axes)
    pairs = _pairs(op, x.shape[1:-1], window, strides, padding)
    return {"stride": (1,) * (2 - axes) + strides, "padding": (0, 0) * (2 - axes) + pairs}


def padding_of(
    op: str, x: Tensor, taps: tuple[int, ...], stride: Lengths, padding: Padding, dilation: Lengths
) -> tuple[tuple[int, int], ...]:
    """How much `convolution` would put before and after each axis of pixels, for what puts something else there."""
    axes = len(x.shape) - 2
    apart = _steps(op, "dilation", dilation, axes) if axes == len(taps) else ()
    window = tuple((n - 1) * step + 1 for n, step in zip(taps, apart, strict=False))
    pairs = _attributes(op, x, window, stride, padding)["padding"][-2 * axes :]
    return tuple(zip(pairs[::2], pairs[1::2], strict=True))


def _steps(op: str, name: str, given: Lengths, axes: int) -> tuple[int, ...]:
    steps = _lengths(op, name, given, axes)
    if min(steps) < 1:
        raise fail(f"{op}: a {name} is at least 1, found {given!r}", caller())
    return steps


def _lengths(op: str, name: str, given: Lengths, axes: int) -> tuple[int, ...]:
    lengths = (given,) * axes if isinstance(given, int) else tuple(given)
    if len(lengths) != axes:
        raise fail(f"{op}: a {name} here is one number or {axes}, found {given!r}", caller())
    return lengths


def _pairs(
    op: str, lengths: tuple[int, ...], window: tuple[int, ...], stride: tuple[int, ...], padding: Padding
) -> tuple[int, ...]:
    if padding == "valid":
        return (0, 0) * len(lengths)
    if padding == "same":
        missing = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(lengths, window, stride, strict=True)]
        return tuple(part for n in missing for part in (n // 2, n - n // 2))
    if isinstance(padding, int):
        return (padding,) * 2 * len(lengths)
    pairs = (padding,) if len(lengths) == 1 else padding
    if isinstance(padding, str) or len(pairs) != len(lengths) or not all(_is_pair(pair) for pair in pairs):
        wanted = "(left, right)" if len(lengths) == 1 else "((top, bottom), (left, right))"
        raise fail(f'{op}: padding here is "same", "valid", a number or {wanted}, found {padding!r}', caller())
    return tuple(part for pair in cast("tuple[tuple[int, int], ...]", pairs) for part in pair)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(n, int) for n in pair)
