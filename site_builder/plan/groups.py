"""Which nodes one dispatch computes.

In: a program's roots and anchors. Out: `Group`s, each to become one dispatch. A root joins the group that makes what it
reads, or one that reads the same; never so that two groups would wait for each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..graph import Tensor, variable_of
from ..graph.program import Assignment
from .anchors import ANCHORS, Anchor, is_anchor, twin
from .leaves import Leaf, extent
from .limits import STORAGE_BUFFERS
from .roots import Roots


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
    def inputs(self) -> tuple[Tensor, ...]:
        """What the anchor is fed with: of a pair, the inputs of the one that has all of them."""
        return max((node.inputs for node in self.nodes.values()), key=len)

    @property
    def members(self) -> list[Tensor]:
        """Every node that this group may store."""
        return [*self.nodes.values(), *(root for roots in self.roots.values() for root in roots)]


class Grouping(Roots):
    """The groups of one program.

    A map that reads a variable and assigns it is counted as binding it once, which holds where the new value can be
    written in place; `in_place=False` counts on a buffer more for each.
    """

    def __init__(self, assignments: Sequence[Assignment], in_place: bool = True) -> None:
        super().__init__(assignments)
        self.in_place = in_place
        self.groups: list[Group] = []
        self._of_size: dict[int, list[tuple[Group, str]]] = {}  # elements that a port stores -> groups with such a port
        self._read_there: dict[Group, tuple[int, set[int]]] = {}  # map -> how many it stores, what it reads
        self.group_of: dict[int, Group] = {}  # node -> the group from which others read it
        self.stored_by: dict[int, Group] = {}  # node -> the group that stores it, copies of variables included
        self._bit = {node.number: 1 << n for n, node in enumerate(self.order) if self.is_leaf(node)}
        self._before = self._reach()
        self._normed = {x.number for node in self.order if node.op == "global_norm" for x in node.inputs}
        self._group_anchors()
        self._group_roots()

    def reads(self, group: Group) -> list[Leaf]:
        """Every buffer that the group reads and does not itself compute."""
        own = {node.number for node in group.members}
        leaves = (leaf for node in group.members for leaf in self.leaves(node))
        return [leaf for leaf in leaves if leaf.node.number not in own or leaf.node.op == "read"]

    def makers(self, node: Tensor) -> list[Group]:
        """The groups that store what is read of the node."""
        return [self.group_of[piece.number] for piece in self.assembled.get(node.number, [node])]

    def _new(self, size: dict[str, int], anchor: Anchor | None = None) -> Group:
        number = self.groups[-1].number + 1 if self.groups else 0
        group = Group(number, size, anchor, roots={port: [] for port in size})
        self.groups.append(group)
        for port, count in size.items():
            self._of_size.setdefault(count, []).append((group, port))
        return group

    def _drop(self, group: Group) -> None:
        self.groups.remove(group)
        for port, count in group.size.items():
            self._of_size[count].remove((group, port))

    def _group_anchors(self) -> None:
        pending = [node for node in self.order if is_anchor(node)]
        while pending:
            node = pending.pop()
            pair = twin(node, pending)
            anchor, nodes = pair if pair is not None and self._paired(*pair) else (ANCHORS[node.op], [node])
            group = self._new({anchor.stores[n.op]: n.size for n in nodes}, anchor)
            for n in nodes:
                group.nodes[anchor.stores[n.op]] = n
                self.group_of[n.number] = self.stored_by[n.number] = group
                pending = [p for p in pending if p is not n]
            self._join(nodes)

    def _paired(self, anchor: Anchor, nodes: list[Tensor]) -> bool:
        """Whether one dispatch can compute both: neither waits for the other, and the bindings are enough."""
        first, second = nodes
        if self._derives(first, {second.number}) or self._derives(second, {first.number}):
            return False
        group = Group(0, {}, anchor, {anchor.stores[n.op]: n for n in nodes})
        return len(self._buffers(group, first, ())) <= STORAGE_BUFFERS

    def _group_roots(self) -> None:
        """Roots in order; those that change a variable last, the scalars among them at the very end, since whoever
        reads the variable must have read it by then."""
        assigned = {a.value.number for a in self.assignments if a.variable.role in ("parameter", "state")}
        inner = [r for n, r in sorted(self.roots.items()) if n not in assigned and n not in self.assembled]
        outer = [r for n, r in sorted(self.roots.items()) if n in assigned]
        outer.sort(key=lambda r: (not self._is_update(r), r.number))
        for root in inner + outer:
            self._put(root, root.number in assigned and self._is_update(root))
        # What did not fit may fit now: of a group that has grown, less is read elsewhere.
        for group in list(self.groups):
            if group.anchor is None and len(group.members) == 1 and group.members[0].number not in assigned:
                self._drop(group)
                self._put(group.members[0], False)

    def _put(self, root: Tensor, update: bool) -> None:
        """Have a group store the root."""
        group, port = self._host(root, update)
        group.roots[port].append(root)
        self.stored_by[root.number] = group
        if root.op != "read":  # a copy of a variable: whoever else reads it reads the variable
            self.group_of[root.number] = group
            self._join(group.members)

    def _is_update(self, root: Tensor) -> bool:
        """Whether a variable's new value derives from a gradient or the like, and not from variables alone."""
        return root.op != "update_at" and any(leaf.node.op != "read" for leaf in self.leaves(root))

    def _host(self, root: Tensor, update: bool) -> tuple[Group, str]:
        """The group and port that store `root`: where its input is made, else with its like, else a new map."""
        leaves = self.leaves(root)
        read, wanted = {leaf.node.number for leaf in leaves}, extent(root)
        ports = [
            (group, port)
            for group, port in reversed(self._of_size.get(wanted, []))
            if group.anchor is None or self._is_open(group, update)
        ]
        makers = {self.stored_by[number] for number in read if number in self.stored_by}
        made_there = ((g, p) for g, p in ports if g in makers and self._stored(g, p) & read)
        single = wanted == 1 and not update
        related = ((g, p) for g, p in ports if single or self._reads_alike(g, read, wanted))
        hosts = (host for host in itertools.chain(made_there, related) if self._fits(*host, root, leaves))
        return next(hosts, None) or (self._new({"y": wanted}), "y")

    def _is_open(self, group: Group, update: bool) -> bool:
        """Whether roots may join an anchor's group.

        Updates stay together, away from anchors, so that one dispatch can update all parameters. Nothing joins a norm
        that another takes the norm of: the two may become one where it is known what lies in arenas.
        """
        return not (update or any(n.op == "global_norm" and n.number in self._normed for n in group.nodes.values()))

    @staticmethod
    def _stored(group: Group, port: str) -> set[int]:
        return {n.number for n in (*group.roots[port], *([group.nodes[port]] if group.nodes else []))}

    def _reads_alike(self, group: Group, read: set[int], size: int) -> bool:
        """Whether a map group reads some of the same tensors, or as little as the newcomer does: nothing.

        What is small and repeated, a bias or a scalar, makes no likeness.
        """
        if group.anchor is not None:
            return False
        count = len(group.members)
        if self._read_there.get(group, (0, set()))[0] != count:
            leaves = (leaf.node for leaf in self.reads(group))
            there = {x.number for x in leaves if x.size >= size or (x.op != "read" and x.size > 1)}
            self._read_there[group] = count, there
        _, there = self._read_there[group]
        return bool(there & read) or not (there or read)

    def _fits(self, group: Group, port: str, root: Tensor, leaves: Sequence[Leaf]) -> bool:
        """Whether the group can store `root` too: nobody waits for anybody in a circle, and the bindings are enough."""
        if root.op != "read" and not self._together(group, port, root, leaves):
            return False
        return len(self._buffers(group, root, leaves)) <= STORAGE_BUFFERS

    def _together(self, group: Group, port: str, root: Tensor, leaves: Sequence[Leaf]) -> bool:
        here, members = self._stored(group, port), {n.number for n in group.members}
        # What the root reads is made here at the same index, or by someone who does not wait for us.
        for leaf in leaves:
            if leaf.node.number in members:
                if not (leaf.same_index and leaf.node.number in here):
                    return False
            elif self._derives(leaf.node, members):
                return False
        for member in group.members:  # and the same the other way round
            for leaf in self.leaves(member):
                if leaf.node is root:
                    if not (leaf.same_index and member.number in here):
                        return False
                elif leaf.node.number not in members and self._derives(leaf.node, {root.number}):
                    return False
        return True

    def _derives(self, node: Tensor, ancestors: set[int]) -> bool:
        """Whether computing `node`, with all that its group computes, takes one of `ancestors` first."""
        wanted = 0
        for number in ancestors:
            wanted |= self._bit[number]
        return bool(self._before[node.number] & wanted)

    def _reach(self) -> dict[int, int]:
        """For each root and anchor a bit for each that is computed before it, and its own.

        As many bits in one number, since unions of such sets are what grouping spends its time on.
        """
        before: dict[int, int] = {}
        for node in self.order:
            if node.number in self._bit:
                before[node.number] = self._bit[node.number]
                for leaf in self.leaves(node):
                    if leaf.node.op != "read":
                        before[node.number] |= before[leaf.node.number]
        return before

    def _join(self, nodes: Sequence[Tensor]) -> None:
        """From now on these are computed together: who waits for one waits for all that any of them waits for."""
        together = reach = 0
        for node in nodes:
            together |= self._bit[node.number]
            reach |= self._before[node.number]
        for number, before in self._before.items():
            if before & together:
                self._before[number] = before | reach

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
        """What spliced lines read. The kernel's own bindings, which they do not share, are added to `own`."""
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


def variables_read(leaves: Iterable[Leaf]) -> dict[str, bool]:
    """Variable name -> whether it is read only at the index that the invocation stores."""
    result: dict[str, bool] = {}
    for leaf in leaves:
        if leaf.node.op == "read":
            name = variable_of(leaf.node).name
            result[name] = result.get(name, True) and leaf.same_index
    return result
