"""Which kernel computes attention, and its gradients."""

from __future__ import annotations

import math

from ...graph import Tensor
from ..kernels import Kernel
from ..views import strided
from .table import STORED, Anchor, Feed, Sizes, loop


def _sizes(y: Tensor) -> Sizes:
    """How long q, k and v are, where they lie in their buffers, and how far their queries see."""
    q, k, v = y.inputs[:3]
    batch, queries, heads, head_dim = q.shape
    keys = k.shape[1]
    sizes = {"BATCH": batch, "HEADS": heads, "QUERIES": queries, "KEYS": keys}
    sizes |= {"HEAD_DIM": head_dim, "VALUE_DIM": v.shape[3]}
    if "causal" in y.attributes:
        sizes["SIGHT"] = y.attributes.get("sight", keys + (1 if y.attributes["causal"] else queries))
    for name, x in (("Q", q), ("K", k), ("V", v)):
        view = strided(x, rows=True)
        per_batch, per_row, per_head, _ = view.strides
        places = {"OFFSET": view.offset, "BATCH": per_batch, "ROW": per_row, "HEAD": per_head}
        sizes |= {f"{name}_{place}": elements for place, elements in places.items()}
    return sizes


def _anchor(
    name: str,
    rows: str,
    dims: tuple[str, ...],
    products: tuple[str, ...],
    inputs: dict[str, Feed],
    stores: dict[str, str],
) -> Anchor:
    """A kernel of which an invocation takes some rows, and some of the longest of `dims`.

    `products`: the lengths of the rows whose products it takes, for each of what passes by.
    """

    def file(y: Tensor) -> str:
        """`_vec4`, which reads four numbers at a time, where every row of q, k and v begins at a multiple of four."""
        places = {size: n for size, n in _sizes(y).items() if size.endswith("_DIM") or size[:2] in ("Q_", "K_", "V_")}
        even = all(n % 4 == 0 for n in places.values())
        return f"shaders/attention/{name}{'_vec4' if even else ''}.wgsl"

    def blocks(kernel: Kernel, sizes: Sizes) -> int:
        across = math.ceil(max(sizes[dim] for dim in dims) / kernel.constants["BLOCK_DIMS"])
        return math.ceil(sizes[rows] / kernel.constants["BLOCK_ROWS"]) * across * sizes["BATCH"] * sizes["HEADS"]

    def passes(file: str, sizes: Sizes) -> int:
        passing, lengths = sizes["QUERIES" if rows == "KEYS" else "KEYS"], [sizes[dim] for dim in products]
        if "_vec4" in file:  # sixteen numbers are in registers
            lengths = [length // 4 for length in lengths] if max(lengths) > 16 else []
        own = loop(sizes["VALUE_DIM"]) if "VALUE_DIM" in products else 0  # the product of y and dy
        return loop(passing, sum(map(loop, lengths))) + own + STORED

    operands: dict[str, Feed] = {"q": "rows", "k": "rows", "v": "rows", **inputs}
    feeds = {binding: (position, how) for position, (binding, how) in enumerate(operands.items())}
    return Anchor(file, feeds, _sizes, stores, blocks, passes)


_FORWARD = _anchor(
    "attention",
    "QUERIES",
    ("VALUE_DIM",),
    ("HEAD_DIM",),
    {"lengths": "light"},
    {"attention": "y", "attention_statistics": "statistics"},
)
_QUERY_GRADIENT = _anchor(
    "attention_query_gradient",
    "QUERIES",
    ("HEAD_DIM",),
    ("HEAD_DIM", "VALUE_DIM"),
    {"y": "buffer", "statistics": "buffer", "dy": "buffer"},
    {"attention_query_gradient": "dq", "attention_delta": "delta"},
)
_KEY_GRADIENT = _anchor(
    "attention_key_gradient",
    "KEYS",
    ("HEAD_DIM", "VALUE_DIM"),
    ("HEAD_DIM", "VALUE_DIM"),
    {"statistics": "buffer", "delta": "buffer", "dy": "buffer"},
    {"attention_key_gradient": "dk", "attention_value_gradient": "dv"},
)
ANCHORS: dict[str, Anchor] = {op: row for row in (_FORWARD, _QUERY_GRADIENT, _KEY_GRADIENT) for op in row.stores}


def pair(first: Tensor, second: Tensor) -> Anchor | None:
    """The result and its statistics, the gradient of the queries and delta, or those of keys and values."""
    row = ANCHORS.get(first.op)
    together = row is not None and list(row.stores) == [first.op, second.op]
    return row if together and first.same_inputs(second) and first.attributes == second.attributes else None
