"""Windows that slide over images and sequences."""

from __future__ import annotations

from typing import cast

from ..tensor import Tensor, caller, fail, make
from .views import reshape

__all__ = ["average_pool", "convolution", "max_pool"]

Lengths = int | tuple[int, ...]
Padding = str | int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]


def convolution(x: Tensor, weights: Tensor, stride: Lengths = 1, padding: Padding = "valid") -> Tensor:
    """Cross-correlation, which networks call convolution.

    Of images: x [batch, height, width, inputs], weights [height, width, inputs, outputs] -> [batch, …, …, outputs].
    Of sequences: x [batch, time, inputs], weights [time, inputs, outputs] -> [batch, …, outputs].
    padding: "valid" for none; "same" for ceil(length / stride) windows, the odd zero at the end; or how many zeros
    stand on every side, or before and after: (left, right) for sequences, ((top, bottom), (left, right)) for images.
    """
    kind, axes = {3: ("a sequence", "time"), 4: ("an image", "height,width")}.get(len(x.shape), ("", ""))
    if kind and len(weights.shape) != len(x.shape):
        raise fail(
            f"convolution: {kind} {x.type} takes weights [{axes},inputs,outputs], found {weights.type}", caller()
        )
    if len(x.shape) == 3:
        attributes = _attributes("convolution", x, weights.shape[:1], stride, padding)
        y = make("convolution", (_image(x), reshape(weights, (1, *weights.shape))), **attributes)
        return reshape(y, (y.shape[0], *y.shape[2:]))
    return make("convolution", (x, weights), **_attributes("convolution", x, weights.shape[:2], stride, padding))


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
    strides = _lengths(op, "stride", stride, axes)
    if min(strides) < 1:
        raise fail(f"{op}: a stride is at least 1, found {stride!r}", caller())
    pairs = _pairs(op, x.shape[1:-1], window, strides, padding)
    return {"stride": (1,) * (2 - axes) + strides, "padding": (0, 0) * (2 - axes) + pairs}


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
