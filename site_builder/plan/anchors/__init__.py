"""Which kernel runs an anchor op: its file, what its bindings and ports are fed with, its sizes and its grid.

One row an op, in the file of its family, or a pair of ops that one kernel gives at once. In: nodes. Out: `Anchor` rows.
Knows nothing of buffers.
"""

from __future__ import annotations

from collections.abc import Callable

from ...graph import Tensor
from ...graph.ops import WITH_KERNELS, families
from ...graph.scans import is_row
from .table import PASSES as PASSES
from .table import Anchor as Anchor
from .table import Feed as Feed
from .table import Sizes as Sizes
from .table import fits as fits
from .table import grid as grid

_FAMILIES = families(__name__, WITH_KERNELS)
ANCHORS: dict[str, Anchor] = {op: row for family in _FAMILIES for op, row in family.ANCHORS.items()}
# Each gives the row of a kernel that computes two nodes at once, or None.
PAIRS: list[Callable[[Tensor, Tensor], Anchor | None]] = [each.pair for each in _FAMILIES if hasattr(each, "pair")]


def is_anchor(node: Tensor) -> bool:
    """Whether the node has a kernel of its own. Gathering scalars or whole numbers is arithmetic on an index.

    So is what a scan reads at one time.
    """
    if node.op == "gather":
        table = node.inputs[0]
        return table.dtype == "f32" and table.size > table.shape[0] and not is_row(node)
    return node.op in ANCHORS


def passes(node: Tensor, **sizes: int) -> int:
    """Passes through loops that an invocation of an anchor's kernel takes at most, or with these sizes would take."""
    anchor = ANCHORS[node.op]
    all_sizes = anchor.sizes(node) | sizes
    return max(anchor.passes(file, all_sizes) for file in (anchor.file(node), *anchor.variants(node)))


def paired(node: Tensor, others: list[Tensor]) -> tuple[Anchor, list[Tensor]] | None:
    """The row that gives `node` and one of `others` at once, and the two."""
    for other in others:
        for first, second in ((node, other), (other, node)):
            for pair in PAIRS:
                anchor = pair(first, second)
                if anchor is not None:
                    return anchor, [first, second]
    return None
