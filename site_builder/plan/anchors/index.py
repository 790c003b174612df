"""Which kernel gathers and scatters."""

from __future__ import annotations

from ...graph import Tensor
from .table import STORED, Anchor, Sizes, along, blocks, loop, looping


def _gather_sizes(y: Tensor) -> Sizes:
    table, rows = y.inputs
    return {"ROWS": rows.size, "COLUMNS": table.size // table.shape[0], "TABLE": table.shape[0]}


def _scatter_sizes(y: Tensor) -> Sizes:
    return {"ROWS": y.shape[0], "COLUMNS": y.size // y.shape[0], "INNER": y.inputs[0].size}


ANCHORS: dict[str, Anchor] = {
    "gather": Anchor(
        file=lambda y: "shaders/index/gather.wgsl",
        feeds={"table": (0, "light"), "rows": (1, "light")},
        sizes=_gather_sizes,
        stores={"gather": "y"},
        cells=along(lambda s: s["ROWS"] * s["COLUMNS"]),
        passes=looping(lambda s: 0),
    ),
    "scatter_add": Anchor(
        file=lambda y: "shaders/index/scatter_add.wgsl",
        feeds={"rows": (0, "light"), "g": (1, "light")},
        sizes=_scatter_sizes,
        stores={"scatter_add": "y"},
        cells=blocks,
        passes=looping(lambda s: loop(s["INNER"]) + STORED),
    ),
}
