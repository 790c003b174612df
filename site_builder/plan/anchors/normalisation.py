"""Which kernel normalises."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...graph import Tensor
from ..kernels import Kernel
from .table import Anchor, Sizes, along, loop, looping

# Columns that share a workgroup.
BATCH_BESIDE = 4
SCALE_BESIDE = 32


def _sizes(y: Tensor) -> Sizes:
    x = y.inputs[0]
    return {"ROWS": x.size // x.shape[-1], "COLUMNS": x.shape[-1]}


def _shared(beside: int) -> Callable[[Kernel, Sizes], int]:
    return lambda kernel, sizes: math.ceil(sizes["COLUMNS"] / beside) * kernel.workgroup_size[0]


def _along_rows(sums: int) -> Callable[[str, Sizes], int]:
    """The passes of so many sums along a row, of four numbers at once, and of storing it."""
    return looping(lambda s: sums * (loop(s["COLUMNS"] // 4) + loop(3)) + loop(s["COLUMNS"]))


def _down_columns(times: int) -> Callable[[str, Sizes], int]:
    """The passes of going so many times down a column that 32 invocations share, and of adding up what they have."""
    return looping(lambda s: times * (loop(math.ceil(s["ROWS"] / 32)) + loop(32)))


def _forward(op: str) -> Anchor:
    return Anchor(
        file=lambda y: f"shaders/normalisation/{op}.wgsl",
        feeds={"x": (0, "light"), "epsilon": (1, "light")},
        sizes=_sizes,
        stores={op: "y", f"{op}_rstd": "rstd"},
        cells=along(lambda s: s["ROWS"]),
        passes=_along_rows(2),
    )


def _backward(op: str) -> Anchor:
    return Anchor(
        file=lambda y: f"shaders/normalisation/{op}_gradient.wgsl",
        # dy is read twice, but it is seldom more than a product with the scale.
        feeds={"y": (0, "light"), "rstd": (1, "light"), "dy": (2, "inline")},
        sizes=_sizes,
        stores={f"{op}_gradient": "dx"},
        cells=along(lambda s: s["ROWS"]),
        passes=_along_rows(1),
    )


_LAYER_NORM, _RMS_NORM = _forward("layer_norm"), _forward("rms_norm")
_BATCH_NORM = Anchor(
    file=lambda y: "shaders/normalisation/batch_norm.wgsl",
    feeds={"x": (0, "light"), "epsilon": (1, "light")},
    sizes=_sizes,
    stores={"batch_norm": "y", "batch_norm_statistics": "statistics"},
    cells=_shared(BATCH_BESIDE),
    passes=_down_columns(3),
)
_SCALE_GRADIENT = Anchor(
    file=lambda y: "shaders/normalisation/scale_gradient.wgsl",
    feeds={"x": (0, "inline"), "d": (1, "inline")},
    sizes=_sizes,
    stores={"scale_gradient": "scale", "sum": "shift"},
    cells=_shared(SCALE_BESIDE),
    passes=looping(lambda s: loop(math.ceil(s["ROWS"] / 8)) + 2 * loop(7) + loop(4)),
)

ANCHORS: dict[str, Anchor] = {
    "layer_norm": _LAYER_NORM,
    "layer_norm_rstd": _LAYER_NORM,
    "layer_norm_gradient": _backward("layer_norm"),
    "rms_norm": _RMS_NORM,
    "rms_norm_rstd": _RMS_NORM,
    "rms_norm_gradient": _backward("rms_norm"),
    "batch_norm": _BATCH_NORM,
    "batch_norm_statistics": _BATCH_NORM,
    "batch_norm_gradient": Anchor(
        file=lambda y: "shaders/normalisation/batch_norm_gradient.wgsl",
        feeds={"y": (0, "light"), "statistics": (1, "light"), "epsilon": (2, "light"), "dy": (3, "inline")},
        sizes=_sizes,
        stores={"batch_norm_gradient": "dx"},
        cells=_shared(BATCH_BESIDE),
        passes=_down_columns(2),
    ),
    "scale_gradient": _SCALE_GRADIENT,
}


def pair(first: Tensor, second: Tensor) -> Anchor | None:
    """A normalisation and its statistics, or the gradients of scale and shift."""
    if first.op == "scale_gradient" and second.op == "sum":
        d = first.inputs[1]
        leading = tuple(range(len(d.shape) - 1))
        return _SCALE_GRADIENT if second.inputs[0] is d and second.attributes["axes"] == leading else None
    together = (second.op.removeprefix(first.op) in ("_rstd", "_statistics")) and first.same_inputs(second)
    return ANCHORS[first.op] if together else None
