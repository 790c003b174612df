"""Which kernel runs an anchor op: its file, what its bindings and ports are fed with, its sizes and its grid.

One row an op, or a pair of ops that one kernel gives at once. In: nodes. Out: `Anchor` rows. Knows nothing of buffers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..graph import Tensor
from .kernels import Kernel

Sizes = dict[str, int]
Feed = Literal["buffer", "light", "inline"]
WORKGROUPS = 65_535  # WebGPU's limit for one dimension of a dispatch
LONG = 1_024  # from this length on, a workgroup shares one sum or maximum …
LARGE = 2**20  # multiplications from which a product is worth the longer compilation of blocks in registers
FEW = 16  # … where there are no more than so many of them


@dataclass(frozen=True)
class Anchor:
    """How one kernel computes one op, or two.

    feeds: binding -> (position of the op's input, how):
        buffer  the kernel indexes the binding itself
        light   through a load port, often more than once an element: only cheap expressions are spliced in
        inline  through a load port, once an element: anything elementwise is spliced in
    """

    file: Callable[[Tensor], str]
    feeds: Mapping[str, tuple[int, Feed]]
    sizes: Callable[[Tensor], Sizes]
    stores: Mapping[str, str]  # op -> store port
    cells: Callable[[Kernel, Sizes], int]  # invocations


def _along(count: Callable[[Sizes], int]) -> Callable[[Kernel, Sizes], int]:
    return lambda kernel, sizes: count(sizes)


def _blocks(kernel: Kernel, sizes: Sizes) -> int:
    across = math.ceil(sizes["COLUMNS"] / kernel.constants["BLOCK_COLUMNS"])
    return across * math.ceil(sizes["ROWS"] / kernel.constants["BLOCK_ROWS"])


def _matmul_variant(y: Tensor) -> str:
    """`_vec4`, which reads four numbers at a time into blocks of registers, for large products with even rows."""
    sizes, form = _matmul_sizes(y), y.attributes["form"]
    rows, columns, inner = sizes["ROWS"], sizes["COLUMNS"], sizes["INNER"]
    lengths = {"nn": (columns, inner), "nt": (inner,), "tn": (rows, columns)}[str(form)]
    return "_vec4" if rows * columns * inner >= LARGE and not any(n % 4 for n in lengths) else ""


def _matmul_file(y: Tensor) -> str:
    form = {"nn": "", "nt": "_nt", "tn": "_tn"}[str(y.attributes["form"])]
    return f"shaders/matrix/matmul{form}{_matmul_variant(y)}.wgsl"


def _linear_gradient_file(y: Tensor) -> str:
    return f"shaders/matrix/linear_gradient{_matmul_variant(y)}.wgsl"


def _matmul_sizes(y: Tensor) -> Sizes:
    a = y.inputs[0]
    inner = a.shape[0] if y.attributes["form"] == "tn" else a.shape[1]
    return {"ROWS": y.shape[0], "COLUMNS": y.shape[1], "INNER": inner}


def _reduce_sizes(y: Tensor) -> Sizes:
    (x,), axes = y.inputs, y.attributes["axes"]
    assert isinstance(axes, tuple)
    outer, length = math.prod(x.shape[: axes[0]]), math.prod(x.shape[axis] for axis in axes)
    return {"OUTER": outer, "LENGTH": length, "INNER": x.size // (outer * length)}


def _reduction_cells(kernel: Kernel, sizes: Sizes) -> int:
    outputs = sizes["OUTER"] * sizes["INNER"]
    return outputs * kernel.workgroup_size[0] if kernel.file.endswith("_long.wgsl") else outputs


def _rows_sizes(y: Tensor) -> Sizes:
    classes = y.inputs[0].shape[-1]
    return {"ROWS": y.inputs[0].size // classes, "CLASSES": classes}


def _gather_sizes(y: Tensor) -> Sizes:
    table, rows = y.inputs
    return {"ROWS": rows.size, "COLUMNS": table.size // table.shape[0], "TABLE": table.shape[0]}


def _scatter_sizes(y: Tensor) -> Sizes:
    return {"ROWS": y.shape[0], "COLUMNS": y.size // y.shape[0], "INNER": y.inputs[0].size}


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


_LINEAR_GRADIENT = Anchor(
    file=_linear_gradient_file,
    feeds={"x": (0, "buffer"), "d": (1, "buffer")},
    sizes=_matmul_sizes,
    stores={"matmul": "w", "sum": "b"},
    cells=_blocks,
)
_CROSS_ENTROPY = Anchor(
    file=lambda y: "shaders/softmax/cross_entropy.wgsl",
    feeds={"logits": (0, "light"), "labels": (1, "light"), "upstream": (2, "light")},
    sizes=_rows_sizes,
    stores={"cross_entropy": "loss", "cross_entropy_gradient": "gradient"},
    cells=_along(lambda s: s["ROWS"]),
)

ANCHORS: dict[str, Anchor] = {
    "matmul": Anchor(_matmul_file, {"a": (0, "buffer"), "b": (1, "buffer")}, _matmul_sizes, {"matmul": "y"}, _blocks),
    "transpose": Anchor(
        file=lambda y: "shaders/index/transpose.wgsl",
        feeds={"x": (0, "inline")},
        sizes=lambda y: {"ROWS": y.shape[1], "COLUMNS": y.shape[0]},
        stores={"transpose": "y"},
        cells=_along(lambda s: s["ROWS"] * s["COLUMNS"]),
    ),
    **{op: _reduction(op) for op in ("sum", "max", "argmax", "argmin")},
    "softmax": Anchor(
        file=lambda y: "shaders/softmax/softmax.wgsl",
        feeds={"x": (0, "light")},
        sizes=_rows_sizes,
        stores={"softmax": "y"},
        cells=_along(lambda s: s["ROWS"]),
    ),
    "softmax_gradient": Anchor(
        file=lambda y: "shaders/softmax/softmax_gradient.wgsl",
        feeds={"y": (0, "light"), "dy": (1, "light")},
        sizes=_rows_sizes,
        stores={"softmax_gradient": "dx"},
        cells=_along(lambda s: s["ROWS"]),
    ),
    "cross_entropy": _CROSS_ENTROPY,
    "cross_entropy_gradient": _CROSS_ENTROPY,
    "gather": Anchor(
        file=lambda y: "shaders/index/gather.wgsl",
        feeds={"table": (0, "light"), "rows": (1, "light")},
        sizes=_gather_sizes,
        stores={"gather": "y"},
        cells=_along(lambda s: s["ROWS"] * s["COLUMNS"]),
    ),
    "scatter_add": Anchor(
        file=lambda y: "shaders/index/scatter_add.wgsl",
        feeds={"rows": (0, "light"), "g": (1, "light")},
        sizes=_scatter_sizes,
        stores={"scatter_add": "y"},
        cells=_blocks,
    ),
}


def is_anchor(node: Tensor) -> bool:
    """Whether the node has a kernel of its own. Gathering single numbers, or u32, is arithmetic on an index instead."""
    if node.op == "gather":
        table = node.inputs[0]
        return table.dtype == "f32" and table.size > table.shape[0]
    return node.op in ANCHORS


def twin(node: Tensor, others: list[Tensor]) -> tuple[Anchor, list[Tensor]] | None:
    """The row that gives `node` and one of `others` at once, and the two."""
    for other in others:
        for w, b in ((node, other), (other, node)):
            if w.op == "cross_entropy" and b.op == "cross_entropy_gradient" and w.inputs == b.inputs[:2]:
                return _CROSS_ENTROPY, [w, b]
            weights = w.op == "matmul" and w.attributes["form"] == "tn"
            if weights and b.op == "sum" and b.attributes["axes"] == (0,) and b.inputs[0] is w.inputs[1]:
                return _LINEAR_GRADIENT, [w, b]
    return None


def grid(kernel: Kernel, cells: int) -> tuple[int, int, int]:
    """Workgroups for `cells` invocations, folded into two dimensions where one would be too long."""
    x, y = math.ceil(cells / kernel.workgroup_size[0]), 1
    if x > WORKGROUPS:
        y = math.ceil(x / WORKGROUPS)
        x = math.ceil(x / y)
    return x, y, 1
