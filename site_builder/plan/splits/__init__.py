"""How a node whose kernel would loop for too long is made of others whose kernels do not.

One rule an op, in the file of its family. In: an anchor's node. Out: an equal tensor, whose own nodes may be split
again; or None where there is none. Knows nothing of kernels but how many passes they take.
"""

from __future__ import annotations

from . import attention, convolution, index, matrix, normalisation, reduce, softmax
from .table import Split

FAMILIES = (matrix, reduce, softmax, attention, convolution, normalisation, index)
SPLITS: dict[str, Split] = {op: rule for family in FAMILIES for op, rule in family.SPLITS.items()}
