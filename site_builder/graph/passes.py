"""Passes over a traced program. In and out: a list of assignments with the same meaning.

- Equal nodes become one.
- Arithmetic with 0 and 1 is removed: x + 0 and x · 1 are x.
- A slice of a concatenation or of a pad that lies within one part becomes a slice of that part.
- An `update_at` that cannot be made in place becomes a choice: at the index the new value, elsewhere the old.
- The result is verified.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Sequence

from .functions.elementwise import where
from .functions.index import is_replaced
from .functions.views import reshape
from .ops import OPS
from .ops.sources import LARGEST
from .program import Assignment, Variable, topological, variable_of
from .tensor import Tensor, asked_at, broadcast, constant, fail

_FOLDED: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


def simplify(assignments: Sequence[Assignment], anew: Collection[int] = ()) -> list[Assignment]:
    """The same assignments over fewer nodes, verified. `anew`: numbers of nodes that are not to be updated in place."""
    known: dict[object, Tensor] = {}
    new: dict[int, Tensor] = {}
    in_place = _updates(assignments) - set(anew)
    for node in topological(a.value for a in assignments):
        inputs = tuple(new[x.number] for x in node.inputs)
        with asked_at(node.line):
            update = node.op == "update_at" and node.number not in in_place
            candidate = _chosen(node, inputs) if update else _reduced(node, inputs)
        if candidate is None:
            candidate = Tensor(node.op, inputs, node.attributes, node.type, node.line)
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
            raise fail(f"{node!r} should be {expected}", node.line)
        if any(x.number >= node.number for x in node.inputs):
            raise fail(f"{node!r} comes before one of its inputs", node.line)
    for assignment in assignments:
        variable, value = assignment.variable, assignment.value
        if variable.type != value.type:
            raise fail(f"{variable.name} is {variable.type}, assigned {value!r}", value.line)


def _updates(assignments: Sequence[Assignment]) -> set[int]:
    """The numbers of the `update_at` that may write into the variable that they read: what it alone becomes."""
    targets: dict[int, list[Assignment]] = {}
    for a in assignments:
        targets.setdefault(a.value.number, []).append(a)
    return {
        number
        for number, (first, *more) in targets.items()
        if not more and first.value.op == "update_at" and _is_of(first.value.inputs[0], first.variable)
    }


def _is_of(node: Tensor, variable: Variable) -> bool:
    """Whether a node is what the variable holds: passes copy nodes, so that it need not be the variable's own."""
    return node.op == "read" and variable_of(node) is variable


def _chosen(update: Tensor, inputs: tuple[Tensor, ...]) -> Tensor:
    """An `update_at` element by element: the value where it replaces, else what was there."""
    (x, index, value), axis = inputs, update.attributes["axis"]
    row = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return where(is_replaced(x, index, axis), reshape(value, row), x)


def constant_of(x: Tensor) -> float | None:
    """The number that every element of x is, if x is a constant or a view of one; else None."""
    while x.op in ("broadcast", "reshape"):
        (x,) = x.inputs
    value = x.attributes["value"] if x.op == "constant" else None
    return value if isinstance(value, (int, float)) else None


def folded(op: str, a: float, b: float) -> float | None:
    """What the op gives of two numbers, if f32 holds it: what overflows, or is divided by 0, does so where it runs."""
    if op not in _FOLDED or (op == "divide" and b == 0):
        return None
    value = _FOLDED[op](a, b)
    return value if abs(value) <= LARGEST else None


def _reduced(node: Tensor, inputs: tuple[Tensor, ...]) -> Tensor | None:
    """A simpler tensor equal to the node with these inputs, or None."""
    if node.op == "reshape" and inputs[0].op == "reshape":
        return Tensor("reshape", inputs[0].inputs, node.attributes, node.type, node.line)
    if node.op in ("reshape", "broadcast") and inputs[0].type == node.type:
        return inputs[0]
    if node.op == "slice":
        return _cut(node, inputs[0])
    if node.op == "negate" and inputs[0].op == "negate":
        return inputs[0].inputs[0]
    if node.op not in _FOLDED or node.dtype != "f32":
        return None
    a, b = map(constant_of, inputs)
    if a is not None and b is not None and node.shape == ():
        value = folded(node.op, a, b)
        return None if value is None else constant(value)
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
    cut = Tensor("slice", (x,), {"starts": starts, "shape": node.shape}, node.type, node.line)
    further = _cut(cut, x)
    return cut if further is None else further
