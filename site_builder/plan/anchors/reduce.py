"""Which kernel computes a reduction."""

from __future__ import annotations

import math

from ...graph import Tensor
from ...graph.ops.reduce import NORMED
from ..kernels import Kernel
from .table import Anchor, Sizes, along

LONG = 1_024  # from this length on, a workgroup shares one sum or maximum …


FEW = 16  # … where there are no more than so many of them


def _reduce_sizes(y: Tensor) -> Sizes:
    (x,), axes = y.inputs, y.attributes["axes"]
    outer, length = math.prod(x.shape[: axes[0]]), math.prod(x.shape[axis] for axis in axes)
    return {"OUTER": outer, "LENGTH": length, "INNER": x.size // (outer * length)}


def _reduction_cells(kernel: Kernel, sizes: Sizes) -> int:
    outputs = sizes["OUTER"] * sizes["INNER"]
    return outputs * kernel.workgroup_size[0] if kernel.file.endswith("_long.wgsl") else outputs


def _reduction_file(y: Tensor) -> str:
    long = y.op in ("sum", "max") and y.size <= FEW and _reduce_sizes(y)["LENGTH"] >= LONG
    return f"shaders/reduce/{y.op}{'_long' if long else ''}.wgsl"


def _reduction(op: str) -> Anchor:
    return Anchor(
        file=_reduction_file,
        feeds={"x": (0, "inline")},
        sizes=_reduce_sizes,
        stores={op: "y"},
        cells=_reduction_cells,
    )


def _rank_sizes(y: Tensor) -> Sizes:
    return {"ROWS": y.size // y.shape[-1], "COLUMNS": y.shape[-1], "ASCENDING": int(y.attributes["ascending"])}


def _norm_sizes(y: Tensor) -> Sizes:
    counts = [x.size for x in y.inputs]
    return {f"COUNT{n}": size for n, size in enumerate([*counts, *[0] * (NORMED - len(counts))])}


ANCHORS: dict[str, Anchor] = {
    **{op: _reduction(op) for op in ("sum", "max", "argmax", "argmin")},
    "global_norm": Anchor(
        file=lambda y: "shaders/reduce/global_norm.wgsl",
        feeds={f"x{n}": (n, "buffer") for n in range(NORMED)},
        sizes=_norm_sizes,
        stores={"global_norm": "y"},
        cells=along(lambda s: 1),
    ),
    "rank": Anchor(
        file=lambda y: "shaders/reduce/rank.wgsl",
        feeds={"x": (0, "light")},
        sizes=_rank_sizes,
        stores={"rank": "y"},
        cells=along(lambda s: s["ROWS"] * s["COLUMNS"]),
    ),
}
