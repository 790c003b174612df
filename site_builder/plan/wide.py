"""Ops of more tensors than one dispatch can bind become several of the same op.

In: a program's simplified assignments. Out: the same assignments, in which no op has too many inputs. A concatenation
of 20 tensors becomes three of 6, one of 2, and one of those four; the norm of 20 tensors is the norm of four norms.
Everything else stays as it is: `Roots` sees to it that elementwise ops read few enough buffers.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import Tensor
from ..graph.ops import OPS
from ..graph.program import Assignment, topological
from .anchors.reduce import NORMED
from .limits import STORAGE_BUFFERS

# op -> how many tensors one dispatch takes. A concatenation writes one buffer, and one more for what is fused into it.
MOST = {"concatenate": STORAGE_BUFFERS - 2, "global_norm": NORMED}


def narrowed(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The same assignments, whose concatenations and norms each fit into one dispatch."""
    order = topological(a.value for a in assignments)
    if not any(map(_is_too_wide, order)):
        return list(assignments)
    new: dict[int, Tensor] = {}
    for node in order:  # all anew, since nodes are numbered in order
        inputs = tuple(new[x.number] for x in node.inputs)
        while len(inputs) > MOST.get(node.op, len(inputs)):
            most = MOST[node.op]
            groups = [inputs[n : n + most] for n in range(0, len(inputs), most)]
            inputs = tuple(_of(group, node) if len(group) > 1 else group[0] for group in groups)
        new[node.number] = Tensor(node.op, inputs, node.attributes, node.type, node.line)
    return [Assignment(a.variable, new[a.value.number]) for a in assignments]


def _is_too_wide(node: Tensor) -> bool:
    return len(node.inputs) > MOST.get(node.op, len(node.inputs))


def _of(group: tuple[Tensor, ...], node: Tensor) -> Tensor:
    """The node's op of some of its inputs."""
    type = OPS[node.op].infer([x.type for x in group], node.attributes)
    return Tensor(node.op, group, node.attributes, type, node.line)
