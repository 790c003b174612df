"""The op table: what each op is called, which types it takes and gives, and how it behaves in fusion.

One row an op, in the file of its family. What else belongs to a row stands in files of the same name elsewhere, which
`families` collects: the NumPy definition in `run/definitions/`, the case in `selfcheck/cases/`, and of those that have
kernels which kernel it is, in `plan/anchors/`. The derivative stands in `derivatives.py`, the words in `functions/` (of
plain elementwise ops, with the row itself). A test fails when any is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from .table import Op

WITH_KERNELS = ("matrix", "reduce", "softmax", "attention", "convolution", "normalisation", "index")
FAMILIES = ("elementwise", "sources", "views", "scan", *WITH_KERNELS)


def families(package: str, names: Sequence[str] = FAMILIES) -> list[ModuleType]:
    """The module of each family in a package that has one for each, in the order of the table."""
    return [import_module(f"{package}.{name}") for name in names]


OPS: dict[str, Op] = {row.name: row for family in families(__name__) for row in family.ROWS}
