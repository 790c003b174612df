"""Which kernel computes a product of matrices."""

from __future__ import annotations

import math

from ...graph import Tensor
from ..kernels import Kernel
from ..views import base, strided
from .table import LARGE, Anchor, Sizes, better, blocks


def _matmul_suffix(y: Tensor) -> str:
    """`_vec4`, which reads four numbers at a time into blocks of registers, for large products with even rows."""
    sizes, form = _matmul_sizes(y), y.attributes["form"]
    rows, columns, inner = sizes["ROWS"], sizes["COLUMNS"], sizes["INNER"]
    lengths = {"nn": (columns, inner), "nt": (inner,), "tn": (rows, columns)}[str(form)]
    return "_vec4" if rows * columns * inner >= LARGE and not any(n % 4 for n in lengths) else ""


def _matmul_file(y: Tensor) -> str:
    form, suffix = {"nn": "", "nt": "_nt", "tn": "_tn"}[str(y.attributes["form"])], _matmul_suffix(y)
    odd = "_odd" if suffix and y.shape[1] % 4 else ""  # of the large ones only nt allows that
    return f"shaders/matrix/matmul{form}{odd}{suffix}.wgsl"


def _matmul_variants(y: Tensor) -> tuple[str, ...]:
    forward = y.attributes["form"] == "nn" and not y.attributes.get("single")
    return better(_matmul_file(y), *(["_half"] if forward else []), "_quad")


def _linear_gradient_file(y: Tensor) -> str:
    return f"shaders/matrix/linear_gradient{_matmul_suffix(y)}.wgsl"


def _matmul_sizes(y: Tensor) -> Sizes:
    a = y.inputs[0]
    inner = a.shape[0] if y.attributes["form"] == "tn" else a.shape[1]
    return {"ROWS": y.shape[0], "COLUMNS": y.shape[1], "INNER": inner}


_LINEAR_GRADIENT = Anchor(
    file=_linear_gradient_file,
    feeds={"x": (0, "buffer"), "d": (1, "buffer")},
    sizes=_matmul_sizes,
    stores={"matmul": "w", "sum": "b"},
    cells=blocks,
    variants=lambda y: better(_linear_gradient_file(y), "_quad"),
)


def _batched_sizes(y: Tensor) -> Sizes:
    sizes = {"OUTER": math.prod(y.shape[:-3]), "HEADS": y.shape[-3], "ROWS": y.shape[-2], "COLUMNS": y.shape[-1]}
    form = y.attributes["form"]
    for name, x, turned in (("A", y.inputs[0], form == "tn"), ("B", y.inputs[1], form == "nt")):
        view = strided(x)
        outer, head, first, second = (0, *view.strides) if len(view.strides) == 3 else view.strides
        first, second = (second, first) if turned else (first, second)
        axes = ("ROW", "INNER") if name == "A" else ("INNER", "COLUMN")
        strides = {"OFFSET": view.offset, "OUTER": outer, "HEAD": head, axes[0]: first, axes[1]: second}
        sizes |= {f"{name}_{axis}": stride for axis, stride in strides.items()}
    return sizes | {"INNER": y.inputs[0].shape[-2 if form == "tn" else -1]}


def _batched_blocks(kernel: Kernel, sizes: Sizes) -> int:
    return blocks(kernel, sizes) * sizes["OUTER"] * sizes["HEADS"]


ANCHORS: dict[str, Anchor] = {
    "matmul": Anchor(
        file=_matmul_file,
        feeds={"a": (0, "buffer"), "b": (1, "buffer")},
        sizes=_matmul_sizes,
        stores={"matmul": "y"},
        cells=blocks,
        variants=_matmul_variants,
    ),
    "batched_matmul": Anchor(
        file=lambda y: "shaders/matrix/matmul_batched.wgsl",
        feeds={"a": (0, "strided"), "b": (1, "strided")},
        sizes=_batched_sizes,
        stores={"batched_matmul": "y"},
        cells=_batched_blocks,
    ),
}


def pair(product: Tensor, total: Tensor) -> Anchor | None:
    """The gradients of a linear layer's weights and bias."""
    if product.op != "matmul" or product.attributes["form"] != "tn" or total.op != "sum":
        return None
    (x,), d = total.inputs, product.inputs[1]
    over_rows = total.attributes["axes"] == tuple(range(len(x.shape) - 1)) and x.shape[-1] == d.shape[1]
    return _LINEAR_GRADIENT if over_rows and base(x) is base(d) else None
