"""Which kernel computes a product of matrices."""

from __future__ import annotations

from ...graph import Tensor
from .table import Anchor, Sizes, blocks

LARGE = 2**20  # multiplications from which a product is worth the longer compilation of blocks in registers


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


_LINEAR_GRADIENT = Anchor(
    file=_linear_gradient_file,
    feeds={"x": (0, "buffer"), "d": (1, "buffer")},
    sizes=_matmul_sizes,
    stores={"matmul": "w", "sum": "b"},
    cells=blocks,
)


ANCHORS: dict[str, Anchor] = {
    "matmul": Anchor(_matmul_file, {"a": (0, "buffer"), "b": (1, "buffer")}, _matmul_sizes, {"matmul": "y"}, blocks),
}


def pair(product: Tensor, total: Tensor) -> Anchor | None:
    """The gradients of a linear layer's weights and bias."""
    if product.op != "matmul" or product.attributes["form"] != "tn" or total.op != "sum":
        return None
    return _LINEAR_GRADIENT if total.attributes["axes"] == (0,) and total.inputs[0] is product.inputs[1] else None
