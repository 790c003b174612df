"""Passes over a traced program. In and out: a list of assignments with the same meaning.

- Equal nodes become one.
- Arithmetic with 0 and 1 is removed: x + 0 and x · 1 are x.
- A slice of a concatenation or of a pad that lies within one part becomes a slice of that part.
- The result is verified.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from ..errors import GraphError
from .ops import OPS
from .program import Assignment, topological
from .tensor import Tensor, broadcast, constant

_FOLDED: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


def simplify(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The same assignments over fewer nodes, verified."""
    known: dict[object, Tensor] = {}
    new: dict[int, Tensor] = {}
    for node in topological(a.value for a in assignments):
        inputs = tuple(new[x.number] for x in node.inputs)
        candidate = _reduced(node, inputs)
        if candidate is None:
            candidate = Tensor(node.op, inputs, node.attributes, node.type, node.place)
        attributes = tuple((k, v if k != "variable" else id(v)) for k, v in sorted(candidate.attributes.items()))
        key = (candidate.op, tuple(x.number for x in candidate.inputs), attributes)
        new[node.number] = known.setdefault(key, candidate)
    result = [Assignment(a.variable, new[a.value.number]) for a in assignments]
    verify(result)
    return result


def verify(assignments: Sequence[Assignment]) -> None:
    """Raise GraphError unless every node has the type that its op's rule gives, and every variable fits its value."""
    for node in topological(a.value for a in assignments):
        expected = OPS[node.op].infer([x.type for x in node.inputs], node.attributes)
        if expected != node.type:
            raise GraphError(f"{node!r} should be {expected}")
        if any(x.number >= node.number for x in node.inputs):
            raise GraphError(f"{node!r} comes before one of its inputs")
    for assignment in assignments:
        if assignment.variable.type != assignment.value.type:
            raise GraphError(f"{assignment.variable.name} is {assignment.variable.type}, assigned {assignment.value!r}")


def constant_of(x: Tensor) -> float | None:
    """The number that every element of x is, if x is a constant or a view of one; else None."""
    while x.op in ("broadcast", "reshape"):
        (x,) = x.inputs
    value = x.attributes["value"] if x.op == "constant" else None
    return value if isinstance(value, (int, float)) else None


def _reduced(node: Tensor, inputs: tuple[Tensor, ...]) -> Tensor | None:
    """A simpler tensor equal to the node with these inputs, or None."""
    if node.op == "reshape" and inputs[0].op == "reshape":
        return Tensor("reshape", inputs[0].inputs, node.attributes, node.type, node.place)
    if node.op in ("reshape", "broadcast") and inputs[0].type == node.type:
        return inputs[0]
    if node.op == "slice":
        return _cut(node, inputs[0])
    if node.op == "negate" and inputs[0].op == "negate":
        return inputs[0].inputs[0]
    if node.op not in _FOLDED or node.dtype != "f32":
        return None
    a, b = map(constant_of, inputs)
    if a is not None and b is not None and node.shape == () and not (node.op == "divide" and b == 0):
        return constant(_FOLDED[node.op](a, b))
    if (node.op, a) in (("add", 0.0), ("multiply", 1.0)):
        return inputs[1]
    if (node.op, b) in (("add", 0.0), ("subtract", 0.0), ("multiply", 1.0), ("divide", 1.0)):
        return inputs[0]
    return None


def _cut(node: Tensor, x: Tensor) -> Tensor | None:
    """The slice `node` of a concatenation or pad x as a slice of one part, or as zeros; None where it needs more."""
    starts = node.attributes["starts"]
    if x.op == "concatenate":
        axis, end = x.attributes["axis"], 0
        for part in x.inputs:
            begin, end = end, end + part.shape[axis]
            if begin <= starts[axis] and starts[axis] + node.shape[axis] <= end:
                inside = (*starts[:axis], starts[axis] - begin, *starts[axis + 1 :])
                return _sliced(node, part, inside)
    if x.op == "pad":
        (part,) = x.inputs
        inside = tuple(start - before for start, before in zip(starts, x.attributes["before"], strict=True))
        ends = [start + n for start, n in zip(inside, node.shape, strict=True)]
        if any(end <= 0 or start >= n for start, end, n in zip(inside, ends, part.shape, strict=True)):
            return broadcast(constant(0, node.dtype), node.shape)
        if all(start >= 0 and end <= n for start, end, n in zip(inside, ends, part.shape, strict=True)):
            return _sliced(node, part, inside)
    return None


def _sliced(node: Tensor, x: Tensor, starts: tuple[int, ...]) -> Tensor:
    """A slice of another tensor, with the shape of the slice `node`."""
    if x.shape == node.shape:
        return x
    cut = Tensor("slice", (x,), {"starts": starts, "shape": node.shape}, node.type, node.place)
    further = _cut(cut, x)
    return cut if further is None else further
