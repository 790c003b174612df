"""In which order a program's groups run, and which of them write variables in place.

In: a `Grouping`. Out: a `Schedule`. All groups that read the old value of a variable must run before the group that
overwrites it. Where no order allows that, the new value goes into a scratch buffer, and is copied into the variable at
the end. For example, where two variables swap their values, each group would have to run before the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from ..graph.program import Assignment, Variable, variable_of
from .groups import Group, Grouping, variables_read


@dataclass(frozen=True)
class Store:
    """A copy at the end of the program: from the scratch buffer of a node, by its number, into a variable."""

    node: int
    variable: Variable


@dataclass
class Schedule:
    """The groups in order, the variables that a group writes in place for each node by its number, and the copies."""

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
            # `update_at` must write in place, so that any other assignment is copied rather than it.
            candidates = _in_cycles(grouping, direct, edges)
            conflict = min(candidates, key=lambda a: (a.value.op == "update_at", a.variable.type.size))
        copied.add(conflict.variable.name)
    places: dict[int, list[Variable]] = {}
    for a in direct:
        places.setdefault(a.value.number, []).append(a.variable)
    copies = [Store(a.value.number, a.variable) for a in grouping.assignments if a.variable.name in copied]
    return Schedule(order, places, copies)


def _conflicts_inside(grouping: Grouping, variable: Variable, node: int) -> bool:
    """Whether the group that writes the variable also reads elements of it other than the one that it stores."""
    group = grouping.stored_by[node]
    return variables_read(grouping.reads(group)).get(variable.name) is False


def _in_cycles(grouping: Grouping, direct: Sequence[Assignment], edges: set[tuple[int, int]]) -> list[Assignment]:
    """The assignments whose writer is on a cycle of edges, with a group that reads the variable's old value.

    Such a reader must run before the writer. Copying the variable at the end removes that edge.
    """
    cycles = {group.number for group in grouping.groups}
    while True:  # a group without an edge to another one left, or without one from another, is on no cycle
        inside = [(a, b) for a, b in edges if a in cycles and b in cycles]
        left = {a for a, _ in inside} & {b for _, b in inside}
        if left == cycles:
            break
        cycles = left
    readers: dict[str, set[int]] = {}
    for group in grouping.groups:
        if group.number in cycles:
            for name in variables_read(grouping.reads(group)):
                readers.setdefault(name, set()).add(group.number)
    return [
        a
        for a in direct
        if (writer := grouping.stored_by[a.value.number].number) in cycles
        and readers.get(a.variable.name, set()) - {writer}
    ]


def dependencies(grouping: Grouping, writers: dict[str, Group]) -> set[tuple[int, int]]:
    """Pairs of groups, the first of which must run before the second.

    A group that makes a value runs before those that read it, and those that read a variable's old value run before the
    group that writes it in place. `writers`: variable name -> the group that does.
    """
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
    """The groups in an order in which every edge points forward, or None where edges form a cycle.

    Of the groups that can run next, that comes first whose first node was traced first.
    """
    sorter = TopologicalSorter[int]({group.number: () for group in groups})
    for before, after in edges:
        sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError:
        return None
    rank = {g.number: (min((n.number for n in g.members), default=0), place) for place, g in enumerate(groups)}
    order: list[Group] = []
    ready: list[tuple[int, int]] = []
    while sorter.is_active():
        for number in sorter.get_ready():
            heappush(ready, rank[number])
        _, place = heappop(ready)
        order.append(groups[place])
        sorter.done(groups[place].number)
    return order
