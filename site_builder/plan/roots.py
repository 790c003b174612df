"""Which nodes of a program get a buffer of their own.

In: a program's simplified assignments. Out: `Roots`.

Anchors (matrix products, reductions, …) have a kernel each. Everything elementwise is computed where it is used: it is
spliced into the load ports of the kernel that reads it, or into the store ports of the kernel that makes its input.
Other nodes get a buffer, and are then *roots*, only for a reason: they are assigned to a variable, a kernel indexes
them itself, or they are costly and several kernels read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..graph import Tensor
from ..graph.ops import OPS
from ..graph.program import Assignment
from ..graph.tensor import fail
from .anchors import ANCHORS, is_anchor
from .leaves import SELECTIONS, THROUGH_PORT, Leaves, operand
from .limits import STORAGE_BUFFERS
from .places import PAIRS
from .views import STRIDED, base

OUTPUTS = 2  # buffers that a kernel writes at most before anything is fused into it
CHEAP = 2  # a node of at most so many elementwise ops is computed again rather than stored …
FEW = 3  # … unless that takes reading more than so many buffers
COPIES = 4  # into how many variables one dispatch stores a value; for more, the value is computed again

# Where a part lies in nested concatenations, from the innermost to the outermost: each of them, and the part's number.
Path = tuple[tuple[Tensor, int], ...]


@dataclass(frozen=True)
class Piece:
    """A node's place in a concatenation into whose buffer it is stored directly."""

    whole: Tensor
    path: Path


class Roots(Leaves):
    """The roots of one program, and the concatenations that are stored piece by piece.

    A concatenation can be stored piece by piece: no kernel copies its parts, but the kernel that computes a part stores
    it at its place in the concatenation's buffer.
    """

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        super().__init__(_spread(assignments))
        self.sinks: dict[int, set[int]] = {}  # node -> the roots and anchors computed from it
        self.assembled: dict[int, list[Tensor]] = {}  # concatenation -> its pieces
        self.pieces: dict[int, list[Piece]] = {}  # node -> the concatenations of which it is one
        self._updates = {a.value.number for a in self.assignments if a.variable.role in ("parameter", "state")}
        self._find_roots()

    def _find_roots(self) -> None:
        self.roots.update((a.value.number, a.value) for a in self.assignments if not is_anchor(a.value))
        for node in self.order:
            for x, how in self.feeds(node):
                source = None if how in THROUGH_PORT else operand(x, how)
                if source is not None and source.op != "read" and not is_anchor(source):
                    self.add(source)
        self._find_sinks(promote=True)
        self._gather()
        self._bound()
        for _ in range(2):  # _narrow makes new roots, and these may be concatenations
            self._assemble()
            self._find_sinks(promote=False)
            for node in self.order:
                if self.is_leaf(node) and node.number not in self.assembled:
                    self._narrow(node)
        self._find_sinks(promote=False)

    def _find_sinks(self, promote: bool) -> None:
        """Find which roots and anchors read each node. With `promote`, make costly nodes that several read roots."""
        weights = self._weights() if promote else {}
        for node in reversed(self.order):  # users first, so that it is known which of them are roots
            reached: set[int] = set()
            for user in self.users[node.number]:
                reached |= {user.number} if self.is_leaf(user) else self.sinks[user.number]
                if any(x is node and how == "light" for x, how in self.feeds(user)):
                    reached.add(-user.number)  # it reads each element often: this counts as a second reader
            often = any(number < 0 for number in reached)
            costly = node.size > 1 and weights.get(node.number, 0) > (0 if often else CHEAP)
            if costly and len(reached) > 1:
                self.add(node)
            self.sinks[node.number] = reached

    def _bound(self) -> None:
        """Make nodes roots, until no kernel's text is too long: none computes nodes at more than `PAIRS` places."""
        known = len(self.roots)
        for node in self.order:
            while not is_anchor(node) and self.places.at_most(node) > PAIRS:
                costliest = self.places.costliest(node, {x: len(self.users[x.number]) for x in self.inline(node)})
                if costliest is None:
                    break
                self.add(costliest)
        if len(self.roots) > known:
            self._find_sinks(promote=False)

    def _gather(self) -> None:
        """Make three more kinds of nodes roots:

        - what several kernels would otherwise compute again from many buffers, however cheap it is;
        - what is computed from a kernel's result where nothing else reads that result: the kernel stores it instead;
        - coefficients.
        """
        made: set[int] = set()  # results of kernels, and what is computed from them alone and read once
        for node in self.order:  # inputs first, since a node that reads a new root reads one buffer instead of many
            becomes = (OPS[node.op].kind == "elementwise" or node.op == "reshape") and any(
                x.number in made and len(self.users[x.number]) == 1 and x.size == node.size for x in node.inputs
            )
            if is_anchor(node) or becomes:
                made.add(node.number)
            shared = len(self.users[node.number]) > 1 and len(self.sinks[node.number]) > 1 and node.size > 1
            instead = becomes and node.op != "reshape"
            often = shared and (instead or len(self.below(node, True)) > FEW)
            if not self.is_leaf(node) and (often or self._is_coefficient(node)):
                self.add(node)

    def _is_coefficient(self, node: Tensor) -> bool:
        """Whether the node is a number made of numbers by which several updates multiply something longer.

        For example the factor by which an optimiser clips every gradient, or the rate that a schedule computes from the
        step. One dispatch updates all parameters, and reads such a number from one buffer rather than from many.
        """
        if OPS[node.op].kind != "elementwise" or node.size > 1 or len(self.sinks[node.number] & self._updates) < 2:
            return False
        if all(x.size == 1 for x in self.users[node.number]):
            return False
        below = self.below(node, True)
        if any(leaf.node.size > 1 for leaf in below):
            return False
        ops = 1 + sum(OPS[x.op].kind == "elementwise" for x in self.inline(node))
        return len(below) > 1 or (ops > CHEAP and all(leaf.node.op == "read" for leaf in below))

    def _assemble(self) -> None:
        """Find the concatenations that are stored piece by piece.

        All pieces, or all but one, must be roots or anchors before. No piece may be such a concatenation itself, since
        its own pieces would have to be stored twice.
        """
        for node in self.order:
            if node.op != "concatenate" or node.number not in self.roots:
                continue
            if node.number in self.targets or node.number in self.assembled or node.number in self.pieces:
                continue
            pieces = list(self._found_in(node, ()))
            others = {x.number: x for x, _ in pieces if not self.is_leaf(x)}
            elsewhere = any(x.op in ("read", "update_at") or x.number in self.assembled for x, _ in pieces)
            full = any(self._room(x) < 1 and not self._made_for(x, node, others.values()) for x, _ in pieces)
            plain = all(OPS[x.op].kind == "elementwise" for x in others.values())
            if elsewhere or full or not plain or (len(others) > 1 and not self._alike(list(others.values()))):
                continue
            self.assembled[node.number] = [x for x, _ in pieces]
            for x, path in pieces:
                if not is_anchor(x):
                    self.add(x)
                self.pieces.setdefault(x.number, []).append(Piece(node, path))

    def _alike(self, parts: Sequence[Tensor]) -> bool:
        """Whether one map computes all parts, of one size: several costly ones, all of them computed to select one."""
        weights = self._weights()
        read = {leaf.node.number for x in parts for leaf in self.below(x, True)}
        costly = sum(weights[x.number] > CHEAP for x in parts) > 2
        return costly and len({x.size for x in parts}) == 1 and len(read) <= STORAGE_BUFFERS - OUTPUTS

    def _room(self, x: Tensor) -> int:
        """How many more buffers the dispatch that computes x can bind, if it also stores x as a piece.

        An elementwise node counts as reading three, since `_narrow` can reduce it to the operands of one op; that does
        not go for a concatenation. An anchor's inputs are never reduced, and its kernel may store a second result.
        """
        reads = len(self.read_by(x)) if x.op == "concatenate" else 3
        if is_anchor(x):
            reads = max(self.binds(x), len(ANCHORS[x.op].feeds)) + 1
        own = max(1, len(self.targets.get(x.number, ())))
        return STORAGE_BUFFERS - reads - len(self.pieces.get(x.number, ())) - own

    def _made_for(self, x: Tensor, whole: Tensor, others: Iterable[Tensor]) -> bool:
        """Whether x is a kernel's result that only `whole` reads, so that it is stored there and nowhere else."""
        read = any(leaf.node is x for piece in others for leaf in self.below(piece, True))
        return is_anchor(x) and x.number not in self.targets and self.sinks[x.number] == {whole.number} and not read

    def _found_in(self, whole: Tensor, path: Path) -> Iterator[tuple[Tensor, Path]]:
        """The parts of a concatenation; of a part that is a concatenation without a buffer, the parts of that."""
        for number, part in enumerate(whole.inputs):
            x, further = base(part), ((whole, number), *path)
            if x.op == "concatenate" and not self.is_leaf(x):
                yield from self._found_in(x, further)
            else:
                yield x, further

    def _narrow(self, node: Tensor) -> None:
        """Make nodes between `node` and its leaves roots, until one dispatch can bind all buffers that it reads."""
        wholes = {piece.whole.number for piece in self.pieces.get(node.number, ())}
        own = len(self.targets.get(node.number, ())) or bool(self.sinks[node.number] - wholes)
        most = STORAGE_BUFFERS - max(OUTPUTS, len(wholes) + own)
        while self.binds(node) > most:
            inside = [n for n in self.inline(node) if OPS[n.op].kind == "elementwise" or n.op in SELECTIONS]
            fitting = [n for n in inside if 1 < len(self.read_by(n)) <= STORAGE_BUFFERS - OUTPUTS]
            if not fitting:
                raise fail(f"{node.op} reads more than the {most} buffers that one dispatch can bind", node.line)
            self.add(max(fitting, key=lambda n: (len(self.read_by(n)), -n.number)))

    def _weights(self) -> dict[int, int]:
        """For each node, how many elementwise ops compute one of its elements from its leaves."""
        weights: dict[int, int] = {}
        for node in self.order:
            if node.op in STRIDED or node.op == "read" or is_anchor(node) or node.number in self.roots:
                weights[node.number] = 0  # of a view of a costly tensor, the tensor is made a root, not the view
                continue
            own = 1 if OPS[node.op].kind == "elementwise" and node.size > 1 else 0
            own = len(node.inputs) if node.op in SELECTIONS else own
            weights[node.number] = min(own + sum(weights[x.number] for x in node.inputs), CHEAP + 1)
        return weights


def _spread(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The same assignments, in which no value is assigned to more than `COPIES` variables.

    For example, `init` sets all states of a shape to the same zeros, and one dispatch could not bind all of them.
    """
    result: list[Assignment] = []
    stored: dict[int, int] = {}
    latest: dict[int, Tensor] = {}
    for a in assignments:
        count = stored.get(a.value.number, 0)
        stored[a.value.number] = count + 1
        if count and count % COPIES == 0 and a.value.op != "read":
            value = a.value
            latest[value.number] = Tensor(value.op, value.inputs, value.attributes, value.type, value.line)
        result.append(Assignment(a.variable, latest.get(a.value.number, a.value)))
    return result
