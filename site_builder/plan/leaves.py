"""What a node reads: the buffers from which the kernel computes it that computes it.

In: a program's assignments. Out: `Leaves`, the base of `Roots`, which decides who has a buffer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..graph import Tensor
from ..graph.program import Assignment, topological
from .anchors import ANCHORS, Feed, is_anchor
from .views import base, strided

CHOOSING = ("pad", "concatenate")  # views that choose between values, which takes work
SPLICED = ("light", "inline")  # feeds into which elementwise work can go


@dataclass(frozen=True)
class Leaf:
    """A buffer that is read, and whether each invocation touches only the element that it stores."""

    node: Tensor
    same_index: bool


def fed(x: Tensor, how: Feed) -> Tensor:
    """The node whose buffer a kernel indexes itself when it is fed with x."""
    return base(x) if how == "buffer" else strided(x, rows=how == "rows").base


def extent(node: Tensor) -> int:
    """Elements that storing the node writes: all, or those of the value that replaces others."""
    return node.inputs[2].size if node.op == "update_at" else node.size


class Leaves:
    """What the nodes of one program read, given those that have a buffer of their own: `roots` and all anchors."""

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        self.assignments = assignments
        self.order = topological(a.value for a in self.assignments)
        self.targets: dict[int, set[str]] = {}  # node -> names of the variables that it is assigned to
        for a in self.assignments:
            self.targets.setdefault(a.value.number, set()).add(a.variable.name)
        self.roots: dict[int, Tensor] = {}
        self._below: dict[tuple[int, bool], list[Leaf]] = {}
        self._leaves: dict[int, list[Leaf]] = {}

    def add(self, root: Tensor) -> None:
        """Give the node a buffer of its own, from which others read it from now on."""
        self.roots[root.number] = root
        self._below.clear()
        self._leaves.clear()

    def is_leaf(self, node: Tensor) -> bool:
        """Whether the node is read from a buffer rather than computed where it is used."""
        return node.op == "read" or is_anchor(node) or node.number in self.roots

    def bound(self, x: Tensor, how: Feed) -> Tensor | None:
        """The node whose buffer a kernel's own binding gets when it is fed with x; None where x is spliced in."""
        if how not in SPLICED:
            return fed(x, how)
        while x.op == "reshape" and not self.is_leaf(x):
            (x,) = x.inputs
        return x if self.is_leaf(x) else None

    def leaves(self, node: Tensor) -> list[Leaf]:
        """The buffers that computing a root or an anchor reads."""
        if node.number not in self._leaves:
            self._leaves[node.number] = list(self._find_leaves(node))
        return self._leaves[node.number]

    def below(self, node: Tensor, same: bool) -> list[Leaf]:
        """The buffers that `node` is computed from, each once; itself if it has one."""
        if self.is_leaf(node):
            return [Leaf(node, same)]
        key = node.number, same
        if key not in self._below:
            found = (leaf for x, aligned in _indexed(node) for leaf in self.below(x, same and aligned))
            self._below[key] = list(dict.fromkeys(found))
        return self._below[key]

    def uses_index(self, root: Tensor) -> bool:
        """Whether the root's value depends on where it stands, as counters, random numbers and choices do.

        A scale that repeats, and a gather, count from the start of a tensor, too.
        """
        placed = ("iota", "uniform", "normal", "random_index", "scale", "gather", *CHOOSING)
        return any(n.op in placed for n in (root, *self.inline(root)))

    def _find_leaves(self, node: Tensor) -> Iterator[Leaf]:
        if node.op == "read":
            yield Leaf(node, True)
        elif is_anchor(node):
            for x, how in self.feeds(node):
                yield from self.below(x, False) if how in SPLICED else [Leaf(fed(x, how), False)]
        elif node.op == "update_at":  # the tensor itself is not read, only written
            yield from self.below(node.inputs[1], node.inputs[2].size == 1)
            yield from self.below(node.inputs[2], True)
        else:
            for x, same in _indexed(node):
                yield from self.below(x, same)

    def inline(self, node: Tensor) -> list[Tensor]:
        """What is computed within the kernel of `node`, itself left out."""
        found: dict[int, Tensor] = {}
        pending = list(node.inputs)
        while pending:
            x = pending.pop()
            if not self.is_leaf(x) and x.number not in found:
                found[x.number] = x
                pending += x.inputs
        return list(found.values())

    def read_by(self, node: Tensor) -> set[int]:
        """The numbers of the nodes whose buffers computing a root or an anchor reads."""
        return {leaf.node.number for leaf in self._find_leaves(node)}

    def binds(self, node: Tensor) -> int:
        """How many bindings computing a root or an anchor reads; one buffer may stand at several of a kernel's own."""
        if not is_anchor(node):
            return len(self.read_by(node))
        spliced = [x for x, how in self.feeds(node) if self.bound(x, how) is None]
        found = {leaf.node.number for x in spliced for leaf in self.below(x, False)}
        return len(list(self.feeds(node))) - len(spliced) + len(found)

    @staticmethod
    def feeds(node: Tensor) -> Iterator[tuple[Tensor, Feed]]:
        """What an anchor's kernel is fed with, and how; nothing for other nodes."""
        if is_anchor(node):
            for position, how in ANCHORS[node.op].feeds.values():
                if position < len(node.inputs):  # cross_entropy alone has no upstream gradient
                    yield node.inputs[position], how


def _indexed(node: Tensor) -> Iterator[tuple[Tensor, bool]]:
    """Inputs, and whether an element of `node` needs only the element of the input at the same index."""
    for position, x in enumerate(node.inputs):
        moved = node.op in ("transpose", *CHOOSING) or (node.op == "gather" and position == 0)
        yield x, x.size == node.size and not (moved and x.size > 1)
