"""Which buffers a kernel reads when it computes a node.

In: a program's assignments. Out: `Leaves`, the base of `Roots`, which decides which nodes get a buffer.

A *leaf* is a node whose value kernels read from a buffer: a variable, an anchor (a node with a kernel of its own, as a
matrix product), or a root. Kernels compute everything between leaves again wherever they need it. For example, in
y = relu(x @ w + b) the product x @ w and the variable b are leaves. A kernel that needs y reads these two buffers, and
computes the sum and relu itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..graph import Tensor
from ..graph.program import Assignment, topological, variable_of
from .anchors import ANCHORS, Feed, is_anchor
from .dispatch import Passed
from .places import Places
from .views import base, strided

SELECTIONS = ("pad", "concatenate")  # views that select one of several values, which takes some work
THROUGH_PORT = ("light", "inline")  # feeds that pass a load port, into which expressions can be spliced


@dataclass(frozen=True)
class Leaf:
    """A node that is read from its buffer. `same_index`: each invocation reads only the element that it stores."""

    node: Tensor
    same_index: bool


def operand(x: Tensor, how: Feed) -> Tensor:
    """The node whose buffer a kernel binds and indexes itself to read x: x, or the tensor of which x is a view."""
    return base(x) if how == "buffer" else strided(x, rows=how == "rows").base


def extent(node: Tensor) -> int:
    """How many elements storing the node writes: all of them, or for `update_at` only those that it replaces."""
    return node.inputs[2].size if node.op == "update_at" else node.size


def is_variable(node: Tensor) -> bool:
    """Whether a leaf is a variable of the model, and not what a kernel gives."""
    return node.op == "read" and not isinstance(variable_of(node), Passed)


class Leaves:
    """The leaves of each node of one program. `roots` are the nodes, beside variables and anchors, with a buffer."""

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        self.assignments = assignments
        self.order = topological(a.value for a in self.assignments)
        self.targets: dict[int, set[str]] = {}  # node -> names of the variables to which it is assigned
        for a in self.assignments:
            self.targets.setdefault(a.value.number, set()).add(a.variable.name)
        self.users: dict[int, list[Tensor]] = {node.number: [] for node in self.order}  # node -> whose input it is
        for node in self.order:
            for x in node.inputs:
                self.users[x.number].append(node)
        self.roots: dict[int, Tensor] = {}
        self.places = Places(self.is_leaf)
        self._below: dict[int, dict[bool, list[Leaf]]] = {}
        self._leaves: dict[int, list[Leaf]] = {}

    def add(self, root: Tensor) -> None:
        """Make the node a root: it gets a buffer, from which kernels read it."""
        self.roots[root.number] = root
        self._forget(root)
        pending = [root]
        while pending:  # what is known of a node is known of all from which it is computed, up to leaves
            for user in self.users[pending.pop().number]:
                if self._forget(user) and not self.is_leaf(user):
                    pending.append(user)

    def _forget(self, node: Tensor) -> bool:
        """Forget what was found of the leaves and places below a node. Whether anything was."""
        known = [self._below.pop(node.number, None), self._leaves.pop(node.number, None)]
        return self.places.forget(node) or any(each is not None for each in known)

    def is_leaf(self, node: Tensor) -> bool:
        """Whether kernels read the node from a buffer instead of computing it."""
        return node.op == "read" or is_anchor(node) or node.number in self.roots

    def bound(self, x: Tensor, how: Feed) -> Tensor | None:
        """The node whose buffer a kernel binds for its input x; None where it computes x in a load port instead."""
        if how not in THROUGH_PORT:
            return operand(x, how)
        while x.op == "reshape" and not self.is_leaf(x):
            (x,) = x.inputs
        return x if self.is_leaf(x) else None

    def leaves(self, node: Tensor) -> list[Leaf]:
        """The leaves from which a kernel computes a root or an anchor."""
        if node.number not in self._leaves:
            self._leaves[node.number] = list(self._find_leaves(node))
        return self._leaves[node.number]

    def below(self, node: Tensor, same: bool) -> list[Leaf]:
        """The leaves from which a kernel computes `node` wherever it needs it, each once; a leaf is its own.

        `same`: the kernel needs of `node` only the element at the index that it stores.
        """
        if self.is_leaf(node):
            return [Leaf(node, same)]
        pending = [] if same in self._below.get(node.number, ()) else [(node, same)]
        while pending:
            x, at_same = pending[-1]
            parts = [(part, at_same and aligned) for part, aligned in _indexed(x)]
            unknown = [p for p in parts if not self.is_leaf(p[0]) and p[1] not in self._below.get(p[0].number, ())]
            if not unknown:
                found = (leaf for part in parts for leaf in self._known(*part))
                self._below.setdefault(x.number, {})[at_same] = list(dict.fromkeys(found))
                pending.pop()
            pending += unknown
        return self._below[node.number][same]

    def _known(self, node: Tensor, same: bool) -> list[Leaf]:
        return [Leaf(node, same)] if self.is_leaf(node) else self._below[node.number][same]

    def uses_index(self, root: Tensor) -> bool:
        """Whether an element of the root depends on its index, and not only on elements of other tensors.

        Counters and random numbers do, selections, and what finds a row or a column from the index: gather and scale.
        """
        by_index = ("iota", "uniform", "normal", "random_index", "scale", "gather", *SELECTIONS)
        return any(n.op in by_index for n in (root, *self.inline(root)))

    def _find_leaves(self, node: Tensor) -> Iterator[Leaf]:
        if node.op == "read":
            yield Leaf(node, True)
        elif is_anchor(node):
            for x, how in self.feeds(node):
                yield from self.below(x, False) if how in THROUGH_PORT else [Leaf(operand(x, how), False)]
        elif node.op == "update_at":  # which only writes the tensor that it updates
            yield from self.below(node.inputs[1], node.inputs[2].size == 1)
            yield from self.below(node.inputs[2], True)
        else:
            for x, same in _indexed(node):
                yield from self.below(x, same)

    def inline(self, node: Tensor) -> list[Tensor]:
        """The nodes between `node` and its leaves, which the kernel that computes `node` computes on the way."""
        found: dict[int, Tensor] = {}
        pending = list(node.inputs)
        while pending:
            x = pending.pop()
            if not self.is_leaf(x) and x.number not in found:
                found[x.number] = x
                pending += x.inputs
        return list(found.values())

    def read_by(self, node: Tensor) -> set[int]:
        """The numbers of a root's or an anchor's leaves."""
        return {leaf.node.number for leaf in self._find_leaves(node)}

    def binds(self, node: Tensor) -> int:
        """How many bindings a kernel needs to read the leaves of a root or an anchor.

        An anchor's kernel has a binding for each of its inputs, also where two of them are one buffer.
        """
        if not is_anchor(node):
            return len(self.read_by(node))
        spliced = [x for x, how in self.feeds(node) if self.bound(x, how) is None]
        found = {leaf.node.number for x in spliced for leaf in self.below(x, False)}
        return len(list(self.feeds(node))) - len(spliced) + len(found)

    @staticmethod
    def feeds(node: Tensor) -> Iterator[tuple[Tensor, Feed]]:
        """The inputs of an anchor's kernel, and how it reads each; nothing for other nodes."""
        if is_anchor(node):
            for position, how in ANCHORS[node.op].feeds.values():
                if position < len(node.inputs):  # cross_entropy alone has no upstream gradient
                    yield node.inputs[position], how


def _indexed(node: Tensor) -> Iterator[tuple[Tensor, bool]]:
    """The node's inputs, and of each whether an element of `node` needs only the element at the same index there."""
    for position, x in enumerate(node.inputs):
        moved = node.op in ("transpose", *SELECTIONS) or (node.op == "gather" and position == 0)
        yield x, x.size == node.size and not (moved and x.size > 1)
