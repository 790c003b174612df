"""Which kernel computes softmax and its losses."""

from __future__ import annotations

from collections.abc import Callable

from ...graph import Tensor
from .table import Anchor, Sizes, along, loop, looping


def _rows_sizes(y: Tensor) -> Sizes:
    classes = y.inputs[0].shape[-1]
    return {"ROWS": y.inputs[0].size // classes, "CLASSES": classes}


def _times(count: int) -> Callable[[str, Sizes], int]:
    """The passes of so many loops over a row."""
    return looping(lambda s: count * loop(s["CLASSES"]))


_CROSS_ENTROPY = Anchor(
    file=lambda y: "shaders/softmax/cross_entropy.wgsl",
    feeds={"logits": (0, "light"), "labels": (1, "light"), "upstream": (2, "light")},
    sizes=_rows_sizes,
    stores={"cross_entropy": "loss", "cross_entropy_gradient": "gradient"},
    cells=along(lambda s: s["ROWS"]),
    passes=_times(3),
)


ANCHORS: dict[str, Anchor] = {
    "softmax": Anchor(
        file=lambda y: "shaders/softmax/softmax.wgsl",
        feeds={"x": (0, "light")},
        sizes=_rows_sizes,
        stores={"softmax": "y"},
        cells=along(lambda s: s["ROWS"]),
        passes=_times(3),
    ),
    "softmax_gradient": Anchor(
        file=lambda y: "shaders/softmax/softmax_gradient.wgsl",
        feeds={"y": (0, "light"), "dy": (1, "light")},
        sizes=_rows_sizes,
        stores={"softmax_gradient": "dx"},
        cells=along(lambda s: s["ROWS"]),
        passes=_times(2),
    ),
    "logsumexp": Anchor(
        file=lambda y: "shaders/softmax/logsumexp.wgsl",
        feeds={"x": (0, "light")},
        sizes=_rows_sizes,
        stores={"logsumexp": "y"},
        cells=along(lambda s: s["ROWS"]),
        passes=_times(2),
    ),
    "cross_entropy": _CROSS_ENTROPY,
    "cross_entropy_gradient": _CROSS_ENTROPY,
}


def pair(loss: Tensor, gradient: Tensor) -> Anchor | None:
    """The loss and its gradient."""
    if loss.op != "cross_entropy" or gradient.op != "cross_entropy_gradient":
        return None
    same = all(x is y for x, y in zip(loss.inputs, gradient.inputs[:2], strict=True))  # == would compare their elements
    return _CROSS_ENTROPY if same else None
