"""Windows that slide over sequences and images, with weights to learn.

Named as in PyTorch, with the channels last: [batch, time, channels] and [batch, height, width, channels].
"""

from __future__ import annotations

from ..graph import Tensor, convolution, full, parameter
from ..graph.functions.convolution import Lengths, Padding
from ..graph.program import Initialiser
from ..graph.tensor import caller, fail
from .initialisers import torch_linear, zeros
from .module import Module


class _Convolution(Module):
    axes: int

    def __init__(
        self,
        inputs: int,
        outputs: int,
        window: Lengths,
        stride: Lengths = 1,
        padding: Padding = "valid",
        bias: bool = True,
        initialiser: Initialiser = torch_linear,
    ) -> None:
        lengths = (window,) * self.axes if isinstance(window, int) else window
        if len(lengths) != self.axes:
            wanted = f"one number{' or two' if self.axes == 2 else ''}"
            raise fail(f"{type(self).__name__}: a window is {wanted}, found {window!r}", caller())
        self.weight = parameter((*lengths, inputs, outputs), initialiser)
        self.bias = parameter((outputs,), zeros) if bias else None
        self._stride, self._padding = stride, padding
        smallest = full((1, *lengths, inputs), 0.0)
        convolution(smallest, self.weight, stride, padding)  # refuses here, and not at the call, what never fits

    def __call__(self, x: Tensor) -> Tensor:
        y = convolution(x, self.weight, self._stride, self._padding)
        return y if self.bias is None else y + self.bias


class Conv1d(_Convolution):
    """Over sequences: x [batch, time, inputs] -> [batch, windows, outputs].

    `weight` is [window, inputs, outputs] (PyTorch has [outputs, inputs, window]), `bias` [outputs]. Stride and padding
    as in `graph.convolution`.
    """

    axes = 1


class Conv2d(_Convolution):
    """Over images: x [batch, height, width, inputs] -> [batch, …, …, outputs].

    `weight` is [height, width, inputs, outputs] (PyTorch has [outputs, inputs, height, width]), `bias` [outputs].
    Stride and padding as in `graph.convolution`.
    """

    axes = 2
