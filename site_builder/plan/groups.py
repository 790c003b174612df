"""From nodes to dispatches: which nodes need a buffer, and which are computed in one kernel.

In: a program's simplified assignments. Out: `Group`s, each to become one dispatch.

Anchors (matrix products, reductions, …) have a kernel each. Everything elementwise is computed where it is used:
spliced into the loads of the kernel that reads it, or into the stores of the kernel that made its input. A tensor gets
a buffer of its own, it is then a *root*, only when it must have one: it is assigned to a variable, a kernel wants to
index it, or it is costly and more than one kernel reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..graph import Tensor, variable_of
from ..graph.model import Assignment, topological
from ..graph.ops import OPS
from .anchors import ANCHORS, Anchor, is_anchor, twin

STORAGE_BUFFERS = 8  # WebGPU's default limit for one stage
CHEAP = 2  # elementwise ops that are computed again rather than stored
COPIES = 4  # variables that one node is stored to; equal ones are computed again for the rest


@dataclass(eq=False)
class Group:
    """One dispatch: an anchor's kernel, or `elementwise/map` where there is none, and the roots that it stores.

    nodes: store port -> the anchor's own result there. roots: store port -> elementwise results stored there, in order.
    """

    number: int
    size: dict[str, int]
    anchor: Anchor | None = None
    nodes: dict[str, Tensor] = field(default_factory=dict)
    roots: dict[str, list[Tensor]] = field(default_factory=dict)

    @property
    def members(self) -> list[Tensor]:
        """Every node that this group may store."""
        return [*self.nodes.values(), *(root for roots in self.roots.values() for root in roots)]


@dataclass(frozen=True)
class Leaf:
    """A buffer that a group reads, and whether each invocation touches only the element that it stores."""

    node: Tensor
    same_index: bool


def extent(node: Tensor) -> int:
    """Elements that storing the node writes: all, or one where an element of a vector is replaced."""
    return 1 if node.op == "update_at" else node.size


def base(node: Tensor) -> Tensor:
    """The node whose buffer holds this one's elements in the same order."""
    while node.op == "reshape":
        (node,) = node.inputs
    return node


class Grouping:
    """Roots and groups of one program."""

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        self.assignments = _spread(assignments)
        self.order = topological(a.value for a in self.assignments)
        self.users: dict[int, list[Tensor]] = {node.number: [] for node in self.order}
        for node in self.order:
            for x in node.inputs:
                self.users[x.number].append(node)
        self.targets: dict[int, set[str]] = {}  # node -> names of the variables that it is assigned to
        for a in self.assignments:
            self.targets.setdefault(a.value.number, set()).add(a.variable.name)
        self.roots: dict[int, Tensor] = {}
        self.sinks: dict[int, set[int]] = {}  # node -> the roots and anchors that read it, directly or through others
        self._find_roots()
        self.groups: list[Group] = []
        self.group_of: dict[int, Group] = {}  # node -> the group from which others read it
        self.stored_by: dict[int, Group] = {}  # node -> the group that stores it, copies of variables included
        self._group_anchors()
        self._group_roots()

    # Roots -------------------------------------------------------------------------------------------------------

    def is_leaf(self, node: Tensor) -> bool:
        """Whether the node is read from a buffer rather than computed where it is used."""
        return node.op == "read" or is_anchor(node) or node.number in self.roots

    def _find_roots(self) -> None:
        self.roots.update((a.value.number, a.value) for a in self.assignments if not is_anchor(a.value))
        for node in self.order:
            for x, how in self._feeds(node):
                if how == "buffer" and base(x).op != "read" and not is_anchor(base(x)):
                    self.roots[base(x).number] = base(x)
        for node in reversed(self.order):  # users first: what a root reads counts once, for that root
            reached: set[int] = set()
            for user in self.users[node.number]:
                reached |= {user.number} if self.is_leaf(user) else self.sinks[user.number]
                if any(x is node and how == "light" for x, how in self._feeds(user)):
                    reached.add(-user.number)  # read often: as if by a second kernel
            often = any(number < 0 for number in reached)
            if node.size > 1 and self._weight(node) > (0 if often else CHEAP) and len(reached) > 1:
                self.roots[node.number] = node
            self.sinks[node.number] = reached

    @staticmethod
    def _feeds(node: Tensor) -> Iterator[tuple[Tensor, str]]:
        if is_anchor(node):
            for position, how in ANCHORS[node.op].feeds.values():
                if position < len(node.inputs):  # cross_entropy alone has no upstream gradient
                    yield node.inputs[position], how

    def _weight(self, node: Tensor) -> int:
        """Elementwise ops that computing an element takes, down to the buffers; of views and sources, 0."""
        if OPS[node.op].kind == "view":
            return 0  # whoever repeats or renames a costly tensor makes that tensor a root, not itself
        if node.op == "read" or is_anchor(node) or node.number in self.roots:
            return 0
        own = 1 if OPS[node.op].kind == "elementwise" and node.size > 1 else 0
        return own + sum(self._weight(x) for x in node.inputs)

    # Leaves ------------------------------------------------------------------------------------------------------

    def leaves(self, root: Tensor) -> list[Leaf]:
        """The buffers that computing `root` reads."""
        if root.op == "update_at":  # the vector itself is not read, only written
            return [leaf for x in root.inputs[1:] for leaf in self.leaves_below(x, True)]
        if root.op == "read":
            return [Leaf(root, True)]
        return [leaf for x, same in self._indexed(root) for leaf in self.leaves_below(x, same)]

    def leaves_below(self, node: Tensor, same: bool) -> list[Leaf]:
        """The buffers that `node` is computed from, itself if it has one."""
        if self.is_leaf(node):
            return [Leaf(node, same)]
        return [leaf for x, s in self._indexed(node) for leaf in self.leaves_below(x, same and s)]

    @staticmethod
    def _indexed(node: Tensor) -> Iterator[tuple[Tensor, bool]]:
        """Inputs, and whether an element of `node` needs only the element of the input at the same index."""
        for position, x in enumerate(node.inputs):
            moved = node.op == "gather" and position == 0 and x.size > 1
            yield x, x.size == node.size and not moved

    def uses_index(self, node: Tensor) -> bool:
        """Whether the node's value depends on where it stands, as counters and random numbers do."""
        if self.is_leaf(node) and node.number not in self.roots:
            return False
        return node.op in ("iota", "uniform", "normal", "random_index") or any(map(self.uses_index, node.inputs))

    def anchor_leaves(self, group: Group) -> list[Leaf]:
        """The buffers that the group's own kernel reads, before any epilogue."""
        found: list[Leaf] = []
        for node in group.nodes.values():
            assert group.anchor is not None
            for position, how in group.anchor.feeds.values():
                if position < len(node.inputs):
                    x = node.inputs[position]
                    found += [Leaf(base(x), False)] if how == "buffer" else self.leaves_below(x, False)
        return found

    def reads(self, group: Group) -> list[Leaf]:
        """Every buffer that the group reads and does not itself compute."""
        found = self.anchor_leaves(group)
        for roots in group.roots.values():
            for root in roots:
                found += self.leaves(root)
        own = {node.number for node in group.members}
        return [leaf for leaf in found if leaf.node.number not in own or leaf.node.op == "read"]

    # Groups ------------------------------------------------------------------------------------------------------

    def _new(self, size: dict[str, int], anchor: Anchor | None = None) -> Group:
        group = Group(len(self.groups), size, anchor, roots={port: [] for port in size})
        self.groups.append(group)
        return group

    def _group_anchors(self) -> None:
        pending = [node for node in self.order if is_anchor(node)]
        while pending:
            node = pending.pop()
            pair = twin(node, pending)
            if pair is not None and self._independent(pair[1]):
                anchor, nodes = pair
            else:
                anchor, nodes = ANCHORS[node.op], [node]
            group = self._new({anchor.stores[n.op]: n.size for n in nodes}, anchor)
            for n in nodes:
                group.nodes[anchor.stores[n.op]] = n
                self.group_of[n.number] = self.stored_by[n.number] = group
                pending = [p for p in pending if p is not n]

    @staticmethod
    def _independent(nodes: Sequence[Tensor]) -> bool:
        return not any(n.number in {x.number for x in topological(m.inputs)} for n in nodes for m in nodes)

    def _group_roots(self) -> None:
        """Roots in order; those that change a variable last, the scalars among them at the very end, since whoever
        reads the variable must have read it by then."""
        assigned = {a.value.number for a in self.assignments if a.variable.role in ("parameter", "state")}
        inner = [r for n, r in sorted(self.roots.items()) if n not in assigned]
        outer = [r for n, r in sorted(self.roots.items()) if n in assigned]
        outer.sort(key=lambda r: (not self._is_update(r), r.number))
        for root in inner + outer:
            group, port = self._host(root, root.number in assigned and self._is_update(root))
            group.roots[port].append(root)
            self.stored_by[root.number] = group
            if root.op != "read":  # a copy of a variable: whoever else reads it reads the variable
                self.group_of[root.number] = group

    def _is_update(self, root: Tensor) -> bool:
        """Whether a variable's new value derives from a gradient or the like, and not from variables alone."""
        return root.op != "update_at" and any(leaf.node.op != "read" for leaf in self.leaves(root))

    def _host(self, root: Tensor, update: bool) -> tuple[Group, str]:
        """The group and port that store `root`: where its input is made, else with its like, else a new map."""
        leaves = self.leaves(root)
        read = {leaf.node.number for leaf in leaves}
        ports = [
            (group, port)
            for group in reversed(self.groups)
            # Updates stay together, away from anchors, so that one dispatch can update all parameters.
            if not (update and group.anchor is not None)
            for port, size in group.size.items()
            if size == extent(root) and self._fits(group, port, root, leaves)
        ]
        made_there = [(g, p) for g, p in ports if self._stored(g, p) & read]
        single = extent(root) == 1 and not update
        related = [(g, p) for g, p in ports if single or self._reads_alike(g, read, extent(root))]
        for host in (*made_there, *related):
            return host
        return self._new({"y": extent(root)}), "y"

    @staticmethod
    def _stored(group: Group, port: str) -> set[int]:
        return {n.number for n in (*group.roots[port], *([group.nodes[port]] if group.nodes else []))}

    def _reads_alike(self, group: Group, read: set[int], size: int) -> bool:
        """Whether a map group reads some of the same tensors, or as little as the newcomer does: nothing."""
        there = {leaf.node.number for leaf in self.reads(group) if leaf.node.size == size}
        return group.anchor is None and (bool(there & read) or not (there or read))

    def _fits(self, group: Group, port: str, root: Tensor, leaves: Sequence[Leaf]) -> bool:
        """Whether the group can store `root` too: what that reads is there by then, and the bindings are enough."""
        here = self._stored(group, port)
        for leaf in leaves:
            source = self.group_of.get(leaf.node.number)
            if source is group and not (leaf.same_index and leaf.node.number in here):
                return False
            if source is not None and source is not group and self._derives(source, group):
                return False
        if any(self._waits_for(group, port, other, root) for other in self.groups):
            return False
        return len(self._buffers(group, root, leaves)) <= STORAGE_BUFFERS

    def _waits_for(self, group: Group, port: str, other: Group, root: Tensor) -> bool:
        """Whether `group` cannot run before `root` is stored, because `other`, or its own kernel, reads it."""
        if other is not group:
            reads = any(leaf.node is root for leaf in self.reads(other))
            return reads and self._derives(group, other)
        if any(leaf.node is root for leaf in self.anchor_leaves(group)):
            return True
        return any(
            leaf.node is root and not (leaf.same_index and there == port)
            for there, roots in group.roots.items()
            for r in roots
            for leaf in self.leaves(r)
        )

    def _buffers(self, group: Group, root: Tensor, leaves: Sequence[Leaf]) -> set[object]:
        """The buffers that the group would bind if it stored `root` too."""
        members = [*group.members, root]
        inside = {n.number for n in members}
        buffers: set[object] = set()
        for leaf in (*self.reads(group), *leaves):
            if leaf.node.op == "read":
                buffers.add(variable_of(leaf.node).name)
            elif leaf.node.number not in inside:
                buffers.add(leaf.node.number)
        for node in members:
            buffers |= self.targets.get(node.number, set())
            if node.number not in self.targets and self.sinks[node.number] - inside:
                buffers.add(node.number)
        return buffers

    def _derives(self, group: Group, ancestor: Group) -> bool:
        """Whether `group` reads, directly or not, what `ancestor` makes."""
        seen: set[int] = set()
        pending = [group]
        while pending:
            current = pending.pop()
            if current is ancestor:
                return True
            if current.number not in seen:
                seen.add(current.number)
                sources = (self.group_of.get(leaf.node.number) for leaf in self.reads(current))
                pending.extend(s for s in sources if s is not None)
        return False


def _spread(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The same assignments, none of whose values goes to more variables than one dispatch can bind.

    `init` sets every state of a shape to the same zeros, of which a deep network has more than `STORAGE_BUFFERS`.
    """
    result: list[Assignment] = []
    stored: dict[int, int] = {}
    latest: dict[int, Tensor] = {}
    for a in assignments:
        count = stored.get(a.value.number, 0)
        stored[a.value.number] = count + 1
        if count and count % COPIES == 0 and a.value.op != "read":
            value = a.value
            latest[value.number] = Tensor(value.op, value.inputs, value.attributes, value.type, value.place)
        result.append(Assignment(a.variable, latest.get(a.value.number, a.value)))
    return result


def variables_read(leaves: Iterable[Leaf]) -> dict[str, bool]:
    """Variable name -> whether it is read only at the index that the invocation stores."""
    result: dict[str, bool] = {}
    for leaf in leaves:
        if leaf.node.op == "read":
            name = variable_of(leaf.node).name
            result[name] = result.get(name, True) and leaf.same_index
    return result
