"""What is computed of literals alone, which WGSL's compilers do while they compile, and refuse where it overflows.

In: nodes, inputs first. Out: whether a compiler might refuse one, so that its literals are to be given names.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..graph import Tensor
from ..graph.passes import folded
from .views import STRIDED

LIMITED = frozenset(  # ops that WGSL refuses of literals that are out of their range
    {*("add", "subtract", "multiply", "divide", "floor_divide", "modulo", "square"), *("exp", "log", "sqrt", "cast")}
)


class Literals:
    """The nodes of one body that are computed of literals alone."""

    def __init__(self, has_buffer: Callable[[Tensor], bool]) -> None:
        self._has_buffer = has_buffer
        self._values: dict[int, float] = {}  # NaN where it is not known

    def refused(self, node: Tensor) -> bool:
        """Whether a compiler might refuse the op: of literals out of its range, or a division of whole numbers by 0."""
        values = [value for value in map(self._value, node.inputs) if value is not None]
        if len(values) < len(node.inputs):
            return node.op in ("floor_divide", "modulo") and 0 in values
        known = folded(node.op, *values) if len(values) == 2 and node.dtype == "f32" else None
        self._values[node.number] = math.nan if known is None else known
        return known is None and node.op in LIMITED

    def _value(self, x: Tensor) -> float | None:
        while x.op in STRIDED and not self._has_buffer(x):
            (x,) = x.inputs
        return x.attributes["value"] if x.op == "constant" else self._values.get(x.number)
