"""How a node whose kernel would loop for too long is made of others whose kernels do not.

One rule an op, in the file of its family. In: an anchor's node. Out: an equal tensor, whose own nodes may be split
again; or None where there is none. Knows nothing of kernels but how many passes they take.
"""

from __future__ import annotations

from ...graph.ops import WITH_KERNELS, families
from .table import Split

SPLITS: dict[str, Split] = {op: rule for each in families(__name__, WITH_KERNELS) for op, rule in each.SPLITS.items()}
