"""Which kernel computes a product of matrices, and which what equations are solved by."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...graph import Tensor
from ..kernels import Kernel
from ..views import Strided, base, row_major, strided
from .table import LARGE, PASSES, STORED, VERY_LARGE, Anchor, Sizes, along, better, blocks, loop, looping

_BATCHED = "shaders/matrix/matmul_batched.wgsl"
_PASSES = looping(lambda s: loop(s["INNER"]) + STORED)  # some kernels take four at once, and a quarter as many
FULL = 2_048  # numbers of y that a workgroup of quads computes: with fewer to compute, most of its lanes wait


def _inner(y: Tensor) -> int:
    return y.inputs[0].shape[-2 if y.attributes["form"] == "tn" else -1]


def _lengths(y: Tensor) -> Sizes:
    return {"ROWS": y.shape[0], "COLUMNS": y.shape[1], "INNER": _inner(y)}


def _products(y: Tensor) -> int:
    return y.size * _inner(y)


def _in_fours(y: Tensor) -> bool:
    """Whether the rows of all matrices consist of fours, which blocks read at once."""
    return all(x.shape[-1] % 4 == 0 for x in (*y.inputs, y))


def _odd(y: Tensor) -> bool:
    """Whether the product is large, but not in fours. A vector fills no block: there the simple kernel is faster."""
    return _products(y) >= LARGE and not _in_fours(y) and 1 not in y.shape


def _matmul_file(y: Tensor) -> str:
    if _odd(y):
        return _BATCHED
    form = {"nn": "", "nt": "_nt", "tn": "_tn"}[str(y.attributes["form"])]
    return f"shaders/matrix/matmul{form}{_suffix(y)}.wgsl"


def _suffix(y: Tensor) -> str:
    return "_vec4" if _products(y) >= LARGE and _in_fours(y) else ""


def _matmul_variants(y: Tensor) -> tuple[str, ...]:
    if _odd(y):
        return _batched_variants(y)
    forward = y.attributes["form"] == "nn" and not y.attributes.get("single")
    return better(_matmul_file(y), *(["_half"] if forward else []), *_shared(y))


def _shared(y: Tensor) -> list[str]:
    """The kind of kernel in which quads share what they read, where y fills its blocks and a workgroup of them."""
    if min(y.shape) <= 8 or y.size < FULL:
        return []
    wide = _products(y) >= VERY_LARGE and y.shape[1] > 16 and y.size >= 2 * FULL
    return ["_wide" if wide else "_quad"]


def _matmul_sizes(y: Tensor) -> Sizes:
    """Those of a batch of one where the kernel of batches is taken."""
    return _batched_sizes(y, lambda x: Strided(x, 0, row_major(x.shape))) if _odd(y) else _lengths(y)


def _linear_gradient_file(y: Tensor) -> str:
    return f"shaders/matrix/linear_gradient{_suffix(y)}.wgsl"


_LINEAR_GRADIENT = Anchor(
    file=_linear_gradient_file,
    feeds={"x": (0, "buffer"), "d": (1, "buffer")},
    sizes=_lengths,
    stores={"matmul": "w", "sum": "b"},
    cells=blocks,
    passes=_PASSES,
    variants=lambda y: better(_linear_gradient_file(y), *(["_quad"] if _shared(y) else [])),
)


def _batched_sizes(y: Tensor, view: Callable[[Tensor], Strided] = strided) -> Sizes:
    """Where the elements of both operands lie; a product of two matrices is a batch of one."""
    *outer, heads = (1, *y.shape[:-2])
    sizes = {"OUTER": math.prod(outer), "HEADS": heads, "ROWS": y.shape[-2], "COLUMNS": y.shape[-1]}
    form = y.attributes["form"]
    for name, x, turned in (("A", y.inputs[0], form == "tn"), ("B", y.inputs[1], form == "nt")):
        found = view(x)
        *batch, first, second = found.strides
        first, second = (second, first) if turned else (first, second)
        axes = ("ROW", "INNER") if name == "A" else ("INNER", "COLUMN")
        strides = dict(zip(("OUTER", "HEAD", *axes), (*[0] * (2 - len(batch)), *batch, first, second), strict=True))
        sizes |= {f"{name}_{axis}": stride for axis, stride in ({"OFFSET": found.offset} | strides).items()}
    return sizes | {"INNER": _inner(y)}


def _batched_variants(y: Tensor) -> tuple[str, ...]:
    # The other choice is not blocks of 8x8 but of 4x4, than which quads are better with a quarter of the numbers.
    shared = _products(y) >= LARGE and y.size >= FULL // 4 and y.shape[-2] > 4
    return (_BATCHED.replace(".wgsl", "_quad.wgsl"),) if shared else ()


def _cells(kernel: Kernel, sizes: Sizes) -> int:
    return blocks(kernel, sizes) * sizes.get("OUTER", 1) * sizes.get("HEADS", 1)


def _triangular_sizes(y: Tensor) -> Sizes:
    size, columns = y.shape[-2:]
    strides = (1, size) if y.attributes["transposed"] else (size, 1)
    flags = {"LOWER": int(y.attributes["lower"]), "UNIT": int(y.attributes["unit"])}
    sizes = {"MATRICES": y.size // (size * columns), "SIZE": size, "COLUMNS": columns}
    return sizes | dict(zip(("T_ROW", "T_COLUMN"), strides, strict=True)) | flags


def _lu_sizes(y: Tensor) -> Sizes:
    size = y.shape[-2]
    step, pivoting = y.attributes.get("step", size), int(y.attributes["pivoting"])
    return {"MATRICES": y.size // (size * (size + 1)), "SIZE": size, "STEP": step, "PIVOTING": pivoting}


def _lu_passes(sizes: Sizes) -> int:
    """Of one step. A whole elimination has no kernel: it has too many passes, so that it is split into its steps."""
    return PASSES + 1 if sizes["STEP"] == sizes["SIZE"] else loop(sizes["SIZE"] - sizes["STEP"] - 1)


def _triangular_passes(sizes: Sizes) -> int:
    return sum(loop(step) for step in range(sizes["SIZE"])) + sizes["SIZE"] + 1


ANCHORS: dict[str, Anchor] = {
    "matmul": Anchor(
        file=_matmul_file,
        feeds={"a": (0, "buffer"), "b": (1, "buffer")},
        sizes=_matmul_sizes,
        stores={"matmul": "y"},
        cells=_cells,
        passes=_PASSES,
        variants=_matmul_variants,
    ),
    "batched_matmul": Anchor(
        file=lambda y: _BATCHED,
        feeds={"a": (0, "strided"), "b": (1, "strided")},
        sizes=_batched_sizes,
        stores={"batched_matmul": "y"},
        cells=_cells,
        passes=_PASSES,
        variants=_batched_variants,
    ),
    "lu": Anchor(
        file=lambda y: "shaders/matrix/lu.wgsl",
        feeds={"x": (0, "light")},
        sizes=_lu_sizes,
        stores={"lu": "y"},
        cells=along(lambda s: s["MATRICES"] * s["SIZE"] * (s["SIZE"] + 1)),
        passes=looping(_lu_passes),
    ),
    "triangular_solve": Anchor(
        file=lambda y: "shaders/matrix/triangular_solve.wgsl",
        feeds={"t": (0, "light"), "b": (1, "inline")},
        sizes=_triangular_sizes,
        stores={"triangular_solve": "y"},
        cells=along(lambda s: s["MATRICES"] * s["COLUMNS"]),
        passes=looping(_triangular_passes),
    ),
}


def pair(product: Tensor, total: Tensor) -> Anchor | None:
    """The gradients of a linear layer's weights and bias."""
    if product.op != "matmul" or product.attributes["form"] != "tn" or total.op != "sum":
        return None
    (x,), d = total.inputs, product.inputs[1]
    over_rows = total.attributes["axes"] == tuple(range(len(x.shape) - 1)) and x.shape[-1] == d.shape[1]
    if _odd(product):  # two kernels, one of them with blocks, are faster than one without
        return None
    return _LINEAR_GRADIENT if over_rows and base(x) is base(d) else None
