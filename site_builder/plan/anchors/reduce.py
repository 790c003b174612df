"""Which kernel computes a reduction."""

from __future__ import annotations

import math

from ...graph import Tensor
from ..kernels import Kernel
from .table import Anchor, Sizes, along, loop, looping

LONG = 1_024  # from this length on, a workgroup shares one sum or maximum …
FEW = 16  # … where there are no more than so many of them
NORMED = 6  # tensors whose norm `global_norm.wgsl` takes at once: with its result and a buffer for what is fused, 8


def _reduce_sizes(y: Tensor) -> Sizes:
    (x,), axes = y.inputs, y.attributes["axes"]
    outer, length = math.prod(x.shape[: axes[0]]), math.prod(x.shape[axis] for axis in axes)
    return {"OUTER": outer, "LENGTH": length, "INNER": x.size // (outer * length)}


def _reduction_cells(kernel: Kernel, sizes: Sizes) -> int:
    outputs = sizes["OUTER"] * sizes["INNER"]
    return outputs * kernel.workgroup_size[0] if kernel.file.endswith("_long.wgsl") else outputs


def _reduction_passes(file: str, sizes: Sizes) -> int:
    length = sizes["LENGTH"]
    if file.endswith("_long.wgsl"):
        return loop(math.ceil(length / 64)) + loop(64)
    return loop(length // 4) + loop(3) if file.endswith(("/sum.wgsl", "/prod.wgsl")) else loop(length - 1)


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
        passes=_reduction_passes,
    )


def _rank_sizes(y: Tensor) -> Sizes:
    sizes = {"ROWS": y.size // y.shape[-1], "COLUMNS": y.shape[-1], "ASCENDING": int(y.attributes["ascending"])}
    if "part" in y.attributes:
        sizes["BEGIN"], sizes["END"] = y.attributes["part"]
    return sizes


def _rank_passes(file: str, sizes: Sizes) -> int:
    if "END" in sizes:
        return loop(sizes["END"] - sizes["BEGIN"])
    # Twice, as drivers run neighbours together: one may be at the end of its row, the next at the start of another.
    return 2 * loop(sizes["COLUMNS"])


def _norm_sizes(y: Tensor) -> Sizes:
    counts = [x.size for x in y.inputs]
    return {f"COUNT{n}": size for n, size in enumerate([*counts, *[0] * (NORMED - len(counts))])}


def norm_passes(sizes: Sizes) -> int:
    """Passes of one norm, whatever it is the norm of."""
    return sum(loop(math.ceil(count / 128)) for count in sizes.values()) + loop(128)


ANCHORS: dict[str, Anchor] = {
    **{op: _reduction(op) for op in ("sum", "prod", "max", "argmax", "argmin")},
    "global_norm": Anchor(
        file=lambda y: "shaders/reduce/global_norm.wgsl",
        feeds={f"x{n}": (n, "buffer") for n in range(NORMED)},
        sizes=_norm_sizes,
        stores={"global_norm": "y"},
        cells=along(lambda s: 1),
        passes=looping(norm_passes),
    ),
    "rank": Anchor(
        file=lambda y: f"shaders/reduce/rank{'_part' if 'part' in y.attributes else ''}.wgsl",
        feeds={"x": (0, "light")},
        sizes=_rank_sizes,
        stores={"rank": "y"},
        cells=along(lambda s: s["ROWS"] * s["COLUMNS"]),
        passes=_rank_passes,
    ),
}
