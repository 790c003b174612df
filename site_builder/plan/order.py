"""In which order a program's groups run, and which of them write their variables in place.

In: a `Grouping`. Out: a `Schedule`. A variable's old value must have been read by everyone before it is overwritten;
where no order allows that (two variables that swap their values, say), the new value goes through a scratch buffer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..graph import variable_of
from ..graph.program import Assignment, Variable
from .groups import Group, Grouping, variables_read


@dataclass(frozen=True)
class Store:
    """What a node's value is written to: a variable, in place."""

    node: int
    variable: Variable


@dataclass
class Schedule:
    """Groups in order; for each node number the variables that its group writes directly; the copies at the end."""

    order: list[Group]
    direct: dict[int, list[Variable]]
    copies: list[Store]


def schedule(grouping: Grouping) -> Schedule:
    """Find an order with as few copies as possible."""
    copied: set[str] = set()
    while True:
        direct = [a for a in grouping.assignments if a.variable.name not in copied]
        conflict = next((a for a in direct if _conflicts_inside(grouping, a.variable, a.value.number)), None)
        if conflict is None:
            edges = dependencies(grouping, {a.variable.name: grouping.stored_by[a.value.number] for a in direct})
            order = in_order(grouping.groups, edges)
            if order is not None:
                break
            # What replaces a row must be written in place, so that others go through a copy before it.
            entangled = _entangled(grouping, direct, edges)
            conflict = min(entangled, key=lambda a: (a.value.op == "update_at", a.variable.type.size))
        copied.add(conflict.variable.name)
    places: dict[int, list[Variable]] = {}
    for a in direct:
        places.setdefault(a.value.number, []).append(a.variable)
    copies = [Store(a.value.number, a.variable) for a in grouping.assignments if a.variable.name in copied]
    return Schedule(order, places, copies)


def _conflicts_inside(grouping: Grouping, variable: Variable, node: int) -> bool:
    """Whether the writer itself reads other elements of the variable than the one that it is about to store."""
    group = grouping.stored_by[node]
    return variables_read(grouping.reads(group)).get(variable.name) is False


def _entangled(grouping: Grouping, direct: Sequence[Assignment], edges: set[tuple[int, int]]) -> list[Assignment]:
    """The assignments that a circle of edges owes itself to: its reader of the old value waits for its writer."""
    circle = {group.number for group in grouping.groups}
    while True:  # who waits for nobody in it, or keeps nobody in it waiting, is on no circle
        inside = [(a, b) for a, b in edges if a in circle and b in circle]
        left = {a for a, _ in inside} & {b for _, b in inside}
        if left == circle:
            break
        circle = left
    readers: dict[str, set[int]] = {}
    for group in grouping.groups:
        if group.number in circle:
            for name in variables_read(grouping.reads(group)):
                readers.setdefault(name, set()).add(group.number)
    return [
        a
        for a in direct
        if (writer := grouping.stored_by[a.value.number].number) in circle
        and readers.get(a.variable.name, set()) - {writer}
    ]


def dependencies(grouping: Grouping, writers: dict[str, Group]) -> set[tuple[int, int]]:
    """(before, after) for every pair of groups: makers before readers, readers of an old value before its writer."""
    edges = set()
    for group in grouping.groups:
        for leaf in grouping.reads(group):
            if leaf.node.op == "read":
                writer = writers.get(variable_of(leaf.node).name)
                if writer is not None and writer is not group:
                    edges.add((group.number, writer.number))
            else:
                edges |= {(maker.number, group.number) for maker in grouping.makers(leaf.node)}
    return edges


def in_order(groups: Sequence[Group], edges: Iterable[tuple[int, int]]) -> list[Group] | None:
    """The groups so that every edge points forward, or None where edges run in a circle."""
    before: dict[int, set[int]] = {group.number: set() for group in groups}
    for first, second in edges:
        before[second].add(first)
    rank = {group.number: min((n.number for n in group.members), default=0) for group in groups}
    order: list[Group] = []
    done: set[int] = set()
    while len(order) < len(groups):
        ready = [g for g in groups if g.number not in done and before[g.number] <= done]
        if not ready:
            return None
        group = min(ready, key=lambda g: rank[g.number])
        order.append(group)
        done.add(group.number)
    return order
