"""The op table: what each op is called, which types it takes and gives, and how it behaves in fusion.

One row an op, in the file of its family. The other cells of a row stand where their readers look for them: the words
in `functions/`, the derivative in `derivatives.py`, the NumPy definition in `run/definitions/`, the WGSL in
`plan/expressions.py` (elementwise) or `plan/anchors/`, the case in `selfcheck/cases/`. A test fails if one is missing.
"""

from __future__ import annotations

from . import attention, convolution, elementwise, index, matrix, normalisation, reduce, softmax, sources, views
from .table import Op

FAMILIES = (elementwise, sources, views, matrix, reduce, softmax, attention, convolution, normalisation, index)
OPS: dict[str, Op] = {row.name: row for family in FAMILIES for row in family.ROWS}
