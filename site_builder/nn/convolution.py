"""Windows that slide over sequences and images, with weights to learn.

Named as in PyTorch, with the channels last: [batch, time, channels] and [batch, height, width, channels].
"""

from __future__ import annotations

from typing import Literal

from ..graph import Tensor, convolution, full, pad, parameter, transposed_convolution
from ..graph.functions.convolution import Lengths, Padding, padding_of
from ..graph.program import Initialiser
from ..graph.tensor import caller, fail
from .initialisers import torch_linear, zeros
from .module import Module


class _Windows(Module):
    """What all of them have: `weight` and `bias`, made of a window and of channels that groups share."""

    axes: int

    def _make(self, window: Lengths, channels: tuple[int, int], groups: int) -> tuple[int, ...]:
        """The window's lengths; a GraphError where there are too many, or where groups cannot share the channels."""
        lengths = (window,) * self.axes if isinstance(window, int) else window
        if len(lengths) != self.axes:
            wanted = f"one number{' or two' if self.axes == 2 else ''}"
            raise fail(f"{type(self).__name__}: a window is {wanted}, found {window!r}", caller())
        if groups < 1 or any(n % groups for n in channels):
            inputs, outputs = channels
            found = f"{groups} groups cannot share {inputs} channels in and {outputs} out equally"
            raise fail(f"{type(self).__name__}: {found}", caller())
        return lengths


class _Convolution(_Windows):
    def __init__(
        self,
        inputs: int,
        outputs: int,
        window: Lengths,
        stride: Lengths = 1,
        padding: Padding = "valid",
        bias: bool = True,
        initialiser: Initialiser = torch_linear,
        *,
        dilation: Lengths = 1,
        groups: int = 1,
        padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros",
    ) -> None:
        lengths = self._make(window, (inputs, outputs), groups)
        self.weight = parameter((*lengths, inputs // groups, outputs), initialiser)
        self.bias = parameter((outputs,), zeros) if bias else None
        self._stride, self._padding, self._dilation, self._groups = stride, padding, dilation, groups
        self._mode = padding_mode
        apart = (dilation,) * self.axes if isinstance(dilation, int) else dilation
        long = (max((n - 1) * step + 1, 1) for n, step in zip(lengths, apart, strict=False))
        smallest = full((1, *long, inputs), 0.0)
        self._convolved(smallest, padding)  # refuses here, and not at the call, what never fits

    def __call__(self, x: Tensor) -> Tensor:
        if self._mode == "zeros":
            y = self._convolved(x, self._padding)
        else:
            given = (self._stride, self._padding, self._dilation)
            widths = padding_of(type(self).__name__, x, self.weight.shape[: self.axes], *given)
            y = self._convolved(pad(x, ((0, 0), *widths, (0, 0)), self._mode), "valid")
        return y if self.bias is None else y + self.bias

    def _convolved(self, x: Tensor, padding: Padding) -> Tensor:
        return convolution(x, self.weight, self._stride, padding, self._dilation, self._groups)


class Conv1d(_Convolution):
    """Over sequences: x [batch, time, inputs] -> [batch, windows, outputs].

    `weight` is [window, inputs / groups, outputs] (PyTorch has [outputs, inputs / groups, window]), `bias` [outputs].
    Stride, padding, dilation and groups as in `graph.convolution`; `padding_mode` says what the padding is, as in
    `pad`.
    """

    axes = 1


class Conv2d(_Convolution):
    """Over images: x [batch, height, width, inputs] -> [batch, …, …, outputs].

    `weight` is [height, width, inputs / groups, outputs] (PyTorch has [outputs, inputs / groups, height, width]),
    `bias` [outputs]. Stride, padding, dilation and groups as in `graph.convolution`; `padding_mode` says what the
    padding is, as in `pad`.
    """

    axes = 2


class _Transposed(_Windows):
    def __init__(
        self,
        inputs: int,
        outputs: int,
        window: Lengths,
        stride: Lengths = 1,
        padding: Padding = "valid",
        output_padding: Lengths = 0,
        bias: bool = True,
        initialiser: Initialiser = torch_linear,
        *,
        dilation: Lengths = 1,
        groups: int = 1,
    ) -> None:
        lengths = self._make(window, (inputs, outputs), groups)
        self.weight = parameter((*lengths, outputs // groups, inputs), initialiser)
        self.bias = parameter((outputs,), zeros) if bias else None
        self._asked = (stride, padding, output_padding, dilation, groups)

    def __call__(self, x: Tensor) -> Tensor:
        y = transposed_convolution(x, self.weight, *self._asked)
        return y if self.bias is None else y + self.bias


class ConvTranspose1d(_Transposed):
    """Sequences made longer: x [batch, time, inputs] -> [batch, …, outputs].

    `weight` is [window, outputs / groups, inputs] (PyTorch has [inputs, outputs / groups, window]), `bias` [outputs].
    All else as in `graph.transposed_convolution`.
    """

    axes = 1


class ConvTranspose2d(_Transposed):
    """Images made larger: x [batch, height, width, inputs] -> [batch, …, …, outputs].

    `weight` is [height, width, outputs / groups, inputs] (PyTorch has [inputs, outputs / groups, height, width]),
    `bias` [outputs]. All else as in `graph.transposed_convolution`.
    """

    axes = 2
