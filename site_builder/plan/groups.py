"""Which nodes one dispatch computes.

In: a program's roots and anchors. Out: `Group`s, each of which becomes one dispatch. A root joins the group that makes
what it reads, or a group that reads the same buffers, but never so that two groups would each have to run before the
other. For example, in y = relu(x @ w + b) the product has a group, and y, where it is a root, joins it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..graph import Tensor
from ..graph.program import Assignment, variable_of
from .anchors import ANCHORS, Anchor, is_anchor, paired
from .leaves import Leaf, extent, is_variable
from .limits import STORAGE_BUFFERS
from .places import IN_GROUP
from .reach import Reach
from .roots import Roots
from .views import base

NEAR = 64  # how many groups that read the same are tried for a root, the latest first


@dataclass(eq=False)
class Group:
    """One dispatch: an anchor's kernel, or `elementwise/map` where there is none, and the roots that it stores.

    size: store port -> how many elements it stores. nodes: store port -> the anchor that it stores.
    roots: store port -> the roots that it stores, in order.
    """

    number: int
    size: dict[str, int]
    anchor: Anchor | None = None
    nodes: dict[str, Tensor] = field(default_factory=dict)
    roots: dict[str, list[Tensor]] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The anchor's inputs; of two anchors that share a kernel, those of the one that has more."""
        return max((node.inputs for node in self.nodes.values()), key=len)

    @property
    def members(self) -> list[Tensor]:
        """Every node that this group may store."""
        return [*self.nodes.values(), *(root for roots in self.roots.values() for root in roots)]


class Grouping(Roots):
    """The groups of one program.

    Where a map reads a variable and assigns it, one binding is counted, since it usually writes the variable in place.
    With `in_place=False` two are counted: `lower` asks for that where some variable could not be written in place.
    """

    def __init__(self, assignments: Sequence[Assignment], in_place: bool = True) -> None:
        super().__init__(assignments)
        self.in_place = in_place
        self.groups: list[Group] = []
        self._ports: dict[int, list[tuple[Group, str]]] = {}  # how many elements a port stores -> groups with such
        # (how many elements they store, a node that they read or None for whichever they read) -> maps
        self._maps: dict[tuple[int, Tensor | None], dict[Group, None]] = {}
        # map -> how many nodes it stored when this was found, what it read then
        self._read_there: dict[Group, tuple[int, set[int]]] = {}
        self.group_of: dict[int, Group] = {}  # node -> the group from which others read it
        self.stored_by: dict[int, Group] = {}  # node -> the group that stores it, copies of variables included
        self._pairs = {node.number: self._pairs_of(node) for node in self.order if self.is_leaf(node)}
        self._reach = Reach(
            {
                node.number: {leaf.node.number for leaf in self.leaves(node) if leaf.node.op != "read"}
                for node in self.order
                if self.is_leaf(node)
            }
        )
        self._normed = {x.number for node in self.order if node.op == "global_norm" for x in node.inputs}
        self._group_anchors()
        self._group_roots()

    def reads(self, group: Group) -> list[Leaf]:
        """The leaves that the group reads, without those that it computes itself."""
        own = {node.number for node in group.members}
        leaves = (leaf for node in group.members for leaf in self.leaves(node))
        return [leaf for leaf in leaves if leaf.node.number not in own or leaf.node.op == "read"]

    def makers(self, node: Tensor) -> list[Group]:
        """The groups that store the node: one, or one for each piece."""
        return [self.group_of[piece.number] for piece in self.assembled.get(node.number, [node])]

    def _new(self, size: dict[str, int], anchor: Anchor | None = None) -> Group:
        number = self.groups[-1].number + 1 if self.groups else 0
        group = Group(number, size, anchor, roots={port: [] for port in size})
        self.groups.append(group)
        for port, count in size.items():
            self._ports.setdefault(count, []).append((group, port))
        return group

    def _drop(self, group: Group) -> None:
        self.groups.remove(group)
        for port, count in group.size.items():
            self._ports[count].remove((group, port))
            for maps in self._maps_that_read(group.members[0], count):
                maps.pop(group, None)
        for node in group.members:
            del self.stored_by[node.number]

    def _maps_that_read(self, root: Tensor, size: int) -> list[dict[Group, None]]:
        """For each node that the root reads, the maps of this size that read it; then all maps of this size."""
        return [self._maps.setdefault((size, x), {}) for x in (*(leaf.node for leaf in self.leaves(root)), None)]

    def _group_anchors(self) -> None:
        anchors = [node for node in self.order if is_anchor(node)]
        readers: dict[int, dict[str, list[Tensor]]] = {}  # tensor -> op -> the anchors of it that read the tensor
        for node in anchors:
            for number in {base(x).number for x in node.inputs}:
                readers.setdefault(number, {}).setdefault(node.op, []).append(node)
        for node in reversed(anchors):
            if node.number in self.group_of:
                continue
            alike = [readers[base(x).number] for x in node.inputs]  # all pairs are of two ops that read one tensor
            others = {x.number: x for each in alike for op, found in each.items() if op != node.op for x in found}
            pair = paired(node, [others[number] for number in sorted(others.keys() - self.group_of.keys())])
            anchor, nodes = pair if pair is not None and self._may_pair(*pair) else (ANCHORS[node.op], [node])
            group = self._new({anchor.stores[n.op]: n.size for n in nodes}, anchor)
            for n in nodes:
                group.nodes[anchor.stores[n.op]] = n
                self.group_of[n.number] = self.stored_by[n.number] = group
            self._reach.join([n.number for n in nodes])

    def _may_pair(self, anchor: Anchor, nodes: list[Tensor]) -> bool:
        """Whether one dispatch can compute both: neither is computed from the other, and it can bind all buffers."""
        first, second = nodes
        if self._reach.derives(first.number, [second.number]) or self._reach.derives(second.number, [first.number]):
            return False
        group = Group(0, {}, anchor, {anchor.stores[n.op]: n for n in nodes})
        return len(self._buffers(group, first, ())) <= STORAGE_BUFFERS

    def _group_roots(self) -> None:
        """Give each root a group, in the order of tracing, but those that are assigned to parameters and states last.

        All groups that read a variable must run before the one that writes it. A group that writes a variable and makes
        what others need, too, could not run late enough. Of the roots at the end, counters and the like come last.
        """
        assigned = {a.value.number for a in self.assignments if a.variable.role in ("parameter", "state")}
        inner = [r for n, r in sorted(self.roots.items()) if n not in assigned and n not in self.assembled]
        outer = [r for n, r in sorted(self.roots.items()) if n in assigned]
        outer.sort(key=lambda r: (not self._is_update(r), r.number))
        for root in inner + outer:
            self._put(root, root.number in assigned and self._is_update(root))
        # Try again with roots that are alone: a group that has grown since may need fewer bindings for them.
        for group in list(self.groups):
            if group.anchor is None and len(group.members) == 1 and group.members[0].number not in assigned:
                self._drop(group)
                self._put(group.members[0], False)

    def _put(self, root: Tensor, update: bool) -> None:
        """Have a group store the root."""
        group, port = self._port_for(root, update)
        group.roots[port].append(root)
        self.stored_by[root.number] = group
        if group.anchor is None:
            for maps in self._maps_that_read(root, group.size[port]):
                maps[group] = None
        if root.op != "read":  # the copy of a variable into another, from which nobody reads: they read the first
            self.group_of[root.number] = group
            self._reach.join([node.number for node in group.members])

    def _is_update(self, root: Tensor) -> bool:
        """Whether the root is computed from a kernel's result, as an optimiser's update is, and not from variables."""
        return root.op != "update_at" and any(not is_variable(leaf.node) for leaf in self.leaves(root))

    def _port_for(self, root: Tensor, update: bool) -> tuple[Group, str]:
        """The group and port that store `root`: the group that makes its input, else one that reads alike, else new."""
        leaves = self.leaves(root)
        read, wanted = {leaf.node.number for leaf in leaves}, extent(root)
        makers = {self.stored_by[number] for number in read if number in self.stored_by}
        made_there = (
            (group, port)
            for group in _latest(makers)
            for port in reversed(group.size)
            if group.size[port] == wanted and self._is_open(group, update) and self._stored(group, port) & read
        )
        if wanted == 1 and not update:
            related = (each for each in reversed(self._ports.get(wanted, [])) if self._is_open(each[0], update))
        else:
            *that_read_it, of_size = self._maps_that_read(root, wanted)
            maps = {group for maps in that_read_it for group in maps} if read else of_size.keys()
            related = ((group, "y") for group in _latest(maps) if self._reads_alike(group, read, wanted))
        near = itertools.chain(made_there, itertools.islice(related, NEAR))
        return next((each for each in near if self._fits(*each, root, leaves)), None) or (self._new({"y": wanted}), "y")

    def _is_open(self, group: Group, update: bool) -> bool:
        """Whether a root may join a group: a map always, an anchor's group with exceptions.

        Updates may not: they stay in maps, so that `merge` can make one dispatch of the updates of all parameters.
        Nothing may join a norm that is a part of another norm, since `norms.py` may replace both by a norm of arenas.
        """
        if group.anchor is None:
            return True
        return not (update or any(n.op == "global_norm" and n.number in self._normed for n in group.nodes.values()))

    @staticmethod
    def _stored(group: Group, port: str) -> set[int]:
        return {n.number for n in (*group.roots[port], *([group.nodes[port]] if group.nodes else []))}

    def _reads_alike(self, group: Group, read: set[int], size: int) -> bool:
        """Whether a map reads some of the nodes of `read`, or nothing where they are none.

        Tensors shorter than `size`, as a bias or a scalar, do not count.
        """
        count = len(group.members)
        if self._read_there.get(group, (0, set()))[0] != count:
            leaves = (leaf.node for leaf in self.reads(group))
            there = {x.number for x in leaves if x.size >= size or (not is_variable(x) and x.size > 1)}
            self._read_there[group] = count, there
        _, there = self._read_there[group]
        return bool(there & read) or not (there or read)

    def _fits(self, group: Group, port: str, root: Tensor, leaves: Sequence[Leaf]) -> bool:
        """Whether the group can store `root` too: it makes no cycle of groups, and a dispatch can bind all buffers."""
        if sum(self._pairs[node.number] for node in (*group.members, root)) > IN_GROUP:
            return False
        if root.op != "read" and not self._together(group, port, root, leaves):
            return False
        return len(self._buffers(group, root, leaves)) <= STORAGE_BUFFERS

    def _pairs_of(self, node: Tensor) -> int:
        """How many pairs (node, place) a kernel computes of a root, or in the load ports of an anchor; at most."""
        parts = [x for x, how in self.feeds(node) if self.bound(x, how) is None] if is_anchor(node) else [node]
        return sum(map(self.places.at_most, parts))

    def _together(self, group: Group, port: str, root: Tensor, leaves: Sequence[Leaf]) -> bool:
        here, members = self._stored(group, port), {n.number for n in group.members}
        # What the root reads is made by the same port at the same index, or by a group that needs nothing of this one.
        for leaf in leaves:
            if leaf.node.number in members:
                if not (leaf.same_index and leaf.node.number in here):
                    return False
            elif self._reach.derives(leaf.node.number, members):
                return False
        for member in group.members:  # and what the members read of the root, likewise
            for leaf in self.leaves(member):
                if leaf.node is root:
                    if not (leaf.same_index and member.number in here):
                        return False
                elif leaf.node.number not in members and self._reach.derives(leaf.node.number, [root.number]):
                    return False
        return True

    def _buffers(self, group: Group, root: Tensor, leaves: Sequence[Leaf]) -> set[object]:
        """The buffers that the group would bind if it stored `root` too."""
        members = [*group.members, root]
        inside = {n.number for n in members}
        buffers: set[object] = set()
        for leaf in (*self._read_in_bodies(group, buffers), *leaves):
            if leaf.node.op == "read":
                buffers.add(variable_of(leaf.node).name)
            elif leaf.node.number not in inside:
                buffers.add(leaf.node.number)
        apart = group.anchor is not None or not self.in_place  # a kernel's operands keep it from writing in place
        for node in members:
            buffers |= {("new", name) if apart else name for name in self.targets.get(node.number, ())}
            buffers |= {piece.whole.number for piece in self.pieces.get(node.number, ())}
            if node.number not in self.targets and self.sinks[node.number] - inside - self.assembled.keys():
                buffers.add(node.number)
        return buffers

    def _read_in_bodies(self, group: Group, own: set[object]) -> list[Leaf]:
        """The leaves that spliced lines read. Bindings in the kernel's file, which no line shares, go into `own`."""
        found = [leaf for roots in group.roots.values() for root in roots for leaf in self.leaves(root)]
        if group.anchor is not None:
            for binding, (position, how) in group.anchor.feeds.items():
                if position >= len(group.inputs):
                    continue
                x = group.inputs[position]
                if self.bound(x, how) is not None:
                    own.add(("own", binding))
                else:
                    found += self.below(x, False)
        members = {node.number for node in group.members}
        return [leaf for leaf in found if leaf.node.number not in members or leaf.node.op == "read"]


def _latest(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: -group.number)


def variables_read(leaves: Iterable[Leaf]) -> dict[str, bool]:
    """Variable name -> whether it is read only at the index that the invocation stores."""
    result: dict[str, bool] = {}
    for leaf in leaves:
        if leaf.node.op == "read":
            name = variable_of(leaf.node).name
            result[name] = result.get(name, True) and leaf.same_index
    return result
