"""What must be computed before what, while roots and anchors are gathered into groups.

In: for each root and anchor those that it reads, then which of them one group computes. Out: whether one must be
computed before the group of another can run. It knows neither ops nor buffers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


class Reach:
    """Nodes by their numbers. `reads`: node -> those that it reads, in an order in which these come first.

    Each set of nodes is one number with a bit for each member: grouping spends much of its time on unions of these.
    """

    def __init__(self, reads: Mapping[int, Iterable[int]]) -> None:
        self._bit = {node: 1 << place for place, node in enumerate(reads)}
        self._before: dict[int, int] = {}  # node -> itself, and all that must be computed before its group can run
        self._after: dict[int, list[int]] = {node: [] for node in reads}
        self._group: dict[int, Sequence[int]] = {}  # node -> all that its group computes
        for node, below in reads.items():
            self._before[node] = self._bit[node]
            for each in below:
                self._before[node] |= self._before[each]
                self._after[each].append(node)

    def derives(self, node: int, ancestors: Iterable[int]) -> bool:
        """Whether one of `ancestors` must be computed before the group of `node` can run."""
        wanted = 0
        for each in ancestors:
            wanted |= self._bit[each]
        return bool(self._before[node] & wanted)

    def join(self, nodes: Sequence[int]) -> None:
        """Note that one group computes these nodes: what needs one of them needs all that any of them needs."""
        reach = 0
        for node in nodes:
            reach |= self._before[node]
            self._group[node] = nodes
        pending = list(nodes)
        while pending:
            node = pending.pop()
            if self._before[node] | reach != self._before[node]:  # else all that need it have noted the whole, too
                self._before[node] |= reach
                pending += [*self._group.get(node, ()), *self._after[node]]
