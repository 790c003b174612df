"""No loop is longer than what drivers run of it, and no index is larger than 32 bits.

In: a program's simplified assignments. Out: the same, in which every node whose kernel would loop for too long is made
of others that do not. What cannot be split is refused at the author's line.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import PlanError
from ..graph import Tensor
from ..graph.passes import simplify
from ..graph.program import Assignment, topological
from ..graph.tensor import AuthorLine, fail
from .anchors import PASSES, fits, is_anchor, passes
from .splits import SPLITS

ROUNDS = 8  # in which the parts of what was split are split again
INDICES = 2**32 - 2**29  # elements that kernels can count in 32 bits: some step past the end, by 32 rows at most


def shortened(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The same assignments, over nodes whose kernels keep to `PASSES`. PlanError where there are no such nodes."""
    result = list(assignments)
    for _ in range(ROUNDS):
        nodes = topological(a.value for a in result)
        for node in nodes:
            if node.size > INDICES:
                raise _refused(node, f"{node.op} has {node.size:,} elements, and kernels count them in 32 bits")
        if not any(_is_long(node) for node in nodes):
            break
        result = simplify(_split(result, nodes))
    return result


def _is_long(node: Tensor) -> bool:
    return is_anchor(node) and not fits(passes(node))


def _split(assignments: Sequence[Assignment], nodes: Sequence[Tensor]) -> list[Assignment]:
    new: dict[int, Tensor] = {}
    for node in nodes:
        inputs = tuple(new[x.number] for x in node.inputs)
        same = Tensor(node.op, inputs, node.attributes, node.type, node.line)
        new[node.number] = _in_parts(same) if _is_long(node) else same
    return [Assignment(a.variable, new[a.value.number]) for a in assignments]


def _in_parts(node: Tensor) -> Tensor:
    whole = SPLITS[node.op](node) if node.op in SPLITS else None
    if whole is None:
        inputs = " and ".join(str(x.type) for x in node.inputs)
        raise _refused(
            node,
            f"{node.op} of {inputs} would take {passes(node):,} passes through the loops of its kernel, "
            f"of which drivers run {PASSES:,}, and is not computed in parts",
        )
    return _placed(whole, node.number, node.line)


def _placed(whole: Tensor, last: int, line: AuthorLine | None) -> Tensor:
    """`whole`, in which what is newer than the node of number `last` stems from the author's line."""
    new: dict[int, Tensor] = {}
    for node in topological([whole]):
        inputs = tuple(new[x.number] for x in node.inputs) if node.number > last else ()
        made = Tensor(node.op, inputs, node.attributes, node.type, line) if node.number > last else node
        new[node.number] = made
    return new[whole.number]


def _refused(node: Tensor, message: str) -> PlanError:
    told = fail(message, node.line)
    return PlanError(message, told.file, told.line, "Make the tensor smaller, or compute it in parts")
