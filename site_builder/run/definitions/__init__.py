"""The NumPy definition of every op: what the kernels are held to. One row an op, in the file of its family.

A definition takes the node and its inputs as arrays, that of `read` the variable's value. Floats are computed in the
precision of the arrays it is given; u32 and i32 wrap around, as they do on the device.
"""

from __future__ import annotations

from ...graph.ops import families
from .table import Definition

DEFINITIONS: dict[str, Definition] = {op: row for each in families(__name__) for op, row in each.DEFINITIONS.items()}
