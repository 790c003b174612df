"""At how many places a kernel computes what it does not read from buffers, and which node is to get a buffer instead.

In: the nodes of a program, and which of them are leaves. Out: for a node the pairs (node, place) that a kernel computes
or loads to give one element of it; and where these are too many, the node whose buffer saves most of them.

A *place* says how an element is found from the one that is asked for: through which slices, gathers and so on. For
example, y = x[1:] - x[:-1] reads x at two places, and y[1:] - y[:-1] reads it at four, unless y has a buffer. Each pair
is a line or a few of a kernel's text. In a program that goes on like this the pairs double with every step, so that
they are counted where a node first has more than a kernel may have, and not beyond.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from ..graph import Tensor
from .views import STRIDED

PAIRS = 192  # that a kernel computes for one root, or for one input in a load port; what is common has at most 160
IN_GROUP = 256  # that all roots and inputs of one dispatch take together
MANY = 5  # readers
HERE, FIRST = 0, 1  # places: the element that is asked for, and the only element of a tensor of one

# Whose inputs lie elsewhere, also where no size changes.
_MOVED = frozenset({"transpose", "slice", "pad", "concatenate"})


class Places:
    """The pairs of one program's nodes, each of which is asked for after its inputs. `is_leaf`: which have a buffer."""

    def __init__(self, is_leaf: Callable[[Tensor], bool]) -> None:
        self.is_leaf = is_leaf
        self._places: dict[object, int] = {}  # (step, place) -> the place from where the step begins
        self._fixed = [False, True]  # of each place, whether it is the same from wherever a step begins
        self._at_most: dict[int, int] = {}
        self._pairs: dict[int, set[tuple[int, int]]] = {}

    def at_most(self, node: Tensor) -> int:
        """A number of pairs that those of `node` do not exceed: exact where the sum of its inputs' is above `PAIRS`."""
        if node.number not in self._at_most:
            most = 1 + sum(1 if self.is_leaf(x) else self.at_most(x) for x, _ in _steps(node))
            self._at_most[node.number] = most if most <= PAIRS else len(self.pairs(node))
        return self._at_most[node.number]

    def pairs(self, node: Tensor) -> set[tuple[int, int]]:
        """(number of a node, place) for all that a kernel computes or loads where it computes an element of `node`."""
        for x in sorted(self._uncounted(node), key=lambda x: x.number):
            found = {(x.number, HERE)}
            for part, step in _steps(x):
                inner = {(part.number, HERE)} if self.is_leaf(part) else self._pairs[part.number]
                found |= inner if step is None else {(number, self._before(step, place)) for number, place in inner}
            self._pairs[x.number] = found
        return self._pairs[node.number]

    def costliest(self, node: Tensor, readers: Mapping[Tensor, int]) -> Tensor | None:
        """That of the nodes between `node` and its leaves which is to get a buffer; None where no buffer saves pairs.

        `readers`: each of these nodes, and how many nodes read it. That which saves most pairs, where one that many
        read counts twice: of a tensor and its shifted copies it is the tensor, whose buffer spares others, too.
        """
        times = Counter(number for number, _ in self.pairs(node))
        saved = {x: times[x.number] * (len(self.pairs(x)) - 1) for x in readers if x.op not in STRIDED}
        weighed = {x: count * (2 if readers[x] > MANY else 1) for x, count in saved.items() if count}
        return max(weighed, key=lambda x: (weighed[x], x.number), default=None)

    def forget(self, node: Tensor) -> bool:
        """Count the node's pairs again, since one of those below it got a buffer. Whether they had been counted."""
        self._at_most.pop(node.number, None)
        return self._pairs.pop(node.number, None) is not None

    def _uncounted(self, node: Tensor) -> list[Tensor]:
        """The node and those from which it is computed, as far as their pairs are not known."""
        found: dict[int, Tensor] = {}
        pending = [node]
        while pending:
            x = pending.pop()
            if x.number not in self._pairs and x.number not in found:
                found[x.number] = x
                pending += [part for part, _ in _steps(x) if not self.is_leaf(part)]
        return list(found.values())

    def _before(self, step: object, place: int) -> int:
        """What `place`, in the input to which a step leads, is from where the step begins."""
        if self._fixed[place]:
            return place
        if step == FIRST and place == HERE:
            return FIRST
        number = self._places.setdefault((step, place), len(self._fixed))
        if number == len(self._fixed):
            self._fixed.append(step == FIRST)
        return number


def _steps(node: Tensor) -> Iterator[tuple[Tensor, object]]:
    """The inputs of which a kernel computes elements, and the step to each: None where the element is at one place."""
    for position, x in enumerate(node.inputs):
        if x.op != "constant" and not (node.op == "update_at" and position == 0):
            yield x, _step(node, position, x)


def _step(node: Tensor, position: int, x: Tensor) -> object:
    if x.size == 1:
        return None if node.size == 1 else FIRST
    if node.op == "gather":
        table, rows = node.inputs
        return (table.shape, rows.number) if position == 0 else ("row", table.size // table.shape[0])
    if x.size == node.size and node.op not in _MOVED:
        return None
    return (node.op, position, node.shape, *(each.shape for each in node.inputs), *node.attributes.values())
