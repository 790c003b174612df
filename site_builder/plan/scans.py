"""Programs that repeat: a scan's body is lowered once, and its dispatches are listed once for each time.

In: a program's assignments. Out: its dispatches. What reads results of scans runs after them, and what they read
before, so that a program becomes *stages*, straight programs, with repetitions between them. What one of these hands to
another is `Passed` on in a scratch buffer. For example, where a loss follows a scan,

    stage 0     the elements of all times, the first carry
    repetition  at each time: row TIME of the elements, the carry -> row TIME of the states, the next carry
    stage 1     the loss

A kernel of the body reads and writes rows of stacked tensors at an offset that is a parameter, TIME, so that all times
share its pipeline. A carry has two buffers, which change places from time to time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..graph import Tensor
from ..graph.ops import OPS
from ..graph.passes import simplify
from ..graph.program import Assignment, topological, variable_of
from ..graph.scans import ScanBody, copied, repetitions, result_of, within
from ..graph.tensor import by_default_at, make
from .anchors import is_anchor
from .dispatch import Dispatch, Key, Passed, variable_key
from .views import STRIDED

REPEATED = frozenset({"scan"})  # ops that are no expression and have no kernel, but become the dispatches of others
TIME = "TIME"

Straight = Callable[[Sequence[Assignment]], list[Dispatch]]


def dispatches_of(program: str, assignments: Sequence[Assignment], straight: Straight) -> list[Dispatch]:
    """The dispatches of a program of that name. `straight` gives those of simplified assignments without scans."""
    simple = simplify(assignments)
    found = repetitions(topological(a.value for a in simple))
    return _Stages(program, simple, found, straight).dispatches() if found else straight(simple)


@dataclass(eq=False)
class _Repetition:
    """The `scan` nodes of one repetition, the stage that runs before it, and two buffers for each carry."""

    nodes: list[Tensor]
    stage: int
    slots: list[tuple[Passed, Passed]] = field(default_factory=list)

    @property
    def body(self) -> ScanBody:
        """What is repeated."""
        body: ScanBody = self.nodes[0].attributes["body"]
        return body


class _Stages:
    """The stages of one program, and what they pass on.

    stage   number of a node -> the first stage in which it can be computed
    place   number of a node -> the stage that computes it: what has a kernel in the first that can, the rest where it
            is wanted first, so that an optimiser's updates stand together at the end
    passed  number of a node -> the buffer in which it is passed on, and the first stage that may read it there
    stored  stage -> what it assigns: variables, and buffers in which something is passed on
    """

    def __init__(
        self, program: str, assignments: Sequence[Assignment], found: Sequence[list[Tensor]], straight: Straight
    ) -> None:
        self.program, self.straight = program, straight
        order = topological(a.value for a in assignments)
        self.stage: dict[int, int] = {}
        for node in order:
            before = max((self.stage[x.number] for x in node.inputs), default=0)
            self.stage[node.number] = before + (node.op == "scan")
        self.repetitions = [self._repetition(nodes) for nodes in found]
        self.passed: dict[int, tuple[Passed, int]] = {}
        count = 1 + max(self.stage.values())
        self.stored: list[list[Assignment]] = [[] for _ in range(count)]
        read = {variable_of(node).name for node in order if node.op == "read"}
        # What is read is written at the end, when all have read what was there before.
        places = [count - 1 if a.variable.name in read else self.stage[a.value.number] for a in assignments]
        self.place = self._places(order, zip((a.value for a in assignments), places, strict=True))
        for a, at in zip(assignments, places, strict=True):
            self._store(a, at)
        for repetition in self.repetitions:
            self._hand_to(repetition)

    def _places(self, order: Sequence[Tensor], assigned: Iterable[tuple[Tensor, int]]) -> dict[int, int]:
        wanted: dict[int, int] = {}
        for x, at in assigned:
            wanted[x.number] = min(at, wanted.get(x.number, at))
        for node in reversed(order):
            at = self.stage[node.number] if is_anchor(node) else wanted[node.number]
            at = self.stage[node.number] - 1 if node.op == "scan" else at
            wanted |= {x.number: min(at, wanted.get(x.number, at)) for x in node.inputs} | {node.number: at}
        return wanted

    def dispatches(self) -> list[Dispatch]:
        """The dispatches of all stages and repetitions, in order."""
        result = []
        for at, stored in enumerate(self.stored):
            known = {number: passed.tensor for number, (passed, since) in self.passed.items() if since <= at}
            values = copied([a.value for a in stored], known)
            anew = [Assignment(a.variable, value) for a, value in zip(stored, values, strict=True)]
            result += self.straight(simplify(anew)) if anew else []
            for repetition in self.repetitions:
                result += self._repeated(repetition) if repetition.stage == at else []
        return result

    def _repetition(self, nodes: list[Tensor]) -> _Repetition:
        body: ScanBody = nodes[0].attributes["body"]
        names = [f"%{nodes[0].number}.{k}" for k in range(len(body.carries))]
        slots = [
            (self._buffer(f"{name}a", x), self._buffer(f"{name}b", x))
            for name, x in zip(names, body.carries, strict=True)
        ]
        return _Repetition(nodes, self.stage[nodes[0].number] - 1, slots)

    def _buffer(self, name: str, x: Tensor) -> Passed:
        with by_default_at(x.line):
            return Passed(name, x.type, "output", line=x.line, program=self.program)

    def _store(self, assignment: Assignment, at: int) -> None:
        """Have a stage assign a value, and others pass on what it needs."""
        self.stored[at].append(assignment)
        pending, seen = [assignment.value], set[int]()
        while pending:
            x = pending.pop()
            if x.number not in seen:
                seen.add(x.number)
                away = self.place[x.number] < at and not _is_made_anywhere(x)
                if x.op != "scan" and away:
                    self._pass_on(x, self.place[x.number])
                pending += () if x.op == "scan" or away else x.inputs

    def _pass_on(self, x: Tensor, at: int) -> None:
        """Have a stage store what others read."""
        if x.number not in self.passed:
            self.passed[x.number] = self._buffer(f"%{x.number}", x), at + 1
            self._store(Assignment(self.passed[x.number][0], x), at)

    def _hand_to(self, repetition: _Repetition) -> None:
        """Pass on the inputs of a repetition, and name the buffers of its results."""
        body, inputs = repetition.body, repetition.nodes[0].inputs
        for node in repetition.nodes:
            if "last" in node.attributes:
                buffer = repetition.slots[node.attributes["last"]][body.count % 2]
            else:
                buffer = self._buffer(f"%{node.number}", node)
            self.passed[node.number] = buffer, repetition.stage + 1
        for k in _carried(body, repetition.nodes):
            self._store(Assignment(repetition.slots[k][0], inputs[k]), repetition.stage)
        for x in map(_whole, inputs[len(body.carries) :]):
            if x.op not in ("read", "scan"):
                self._pass_on(x, repetition.stage if _is_made_anywhere(x) else self.place[x.number])

    def _handed(self, x: Tensor) -> Tensor:
        """What a body reads of an input of its repetition: a variable, or what is passed on."""
        whole = _whole(x)
        found = whole if whole.op == "read" else self.passed[whole.number][0].tensor
        return found if found.shape == x.shape else make("reshape", (found,), shape=x.shape)

    def _repeated(self, repetition: _Repetition) -> list[Dispatch]:
        """The dispatches of all times."""
        body, once = repetition.body, self._body(repetition)
        result = []
        for n, time in enumerate(body.times()):
            changed: dict[Key, Key] = {}
            for a, b in repetition.slots if n % 2 else ():
                changed |= {variable_key(a): variable_key(b), variable_key(b): variable_key(a)}
            result += [_at(time, changed, d) for d in once]
        return result

    def _body(self, repetition: _Repetition) -> list[Dispatch]:
        """The dispatches of one time."""
        body, nodes = repetition.body, repetition.nodes
        _, of_all_times, captured = body.divided(nodes[0].inputs)
        stacked = [node for node in nodes if "stack" in node.attributes]
        with by_default_at(nodes[0].line):
            time = make("time", ())
            known = {body.time.number: time}
            known |= {x.number: a.tensor for x, (a, _) in zip(body.carries, repetition.slots, strict=True)}
            rows = (make("gather", (self._handed(x), time)) for x in of_all_times)
            known |= dict(zip((x.number for x in body.elements), rows, strict=True))
            known |= dict(zip((x.number for x in body.captured), map(self._handed, captured), strict=True))
            buffers = [repetition.slots[k][1] for k in _carried(body, nodes)]
            values = [body.next[k] for k in _carried(body, nodes)] + [result_of(node) for node in stacked]
            values = copied(values, known)
            for n, node in enumerate(stacked, len(buffers)):
                buffers.append(self.passed[node.number][0])
                values[n] = make("update_at", (buffers[n].tensor, time, values[n]), axis=0)
        assignments = [Assignment(buffer, value) for buffer, value in zip(buffers, values, strict=True)]
        return [replace(d.widened(), pointwise=False) for d in dispatches_of(self.program, assignments, self.straight)]


def _carried(body: ScanBody, nodes: Sequence[Tensor]) -> list[int]:
    """The numbers of the carries of which results are computed; the others need not be carried on."""
    found = {node.attributes["last"] for node in nodes if "last" in node.attributes}
    results = [result_of(node) for node in nodes]
    while True:
        order = within([*results, *(body.next[k] for k in found)], body.leaves)
        numbers = {node.number for node in order}
        needed = found | {k for k, x in enumerate(body.carries) if x.number in numbers}
        if needed == found:
            return sorted(found)
        found = needed


def _at(time: int, changed: dict[Key, Key], d: Dispatch) -> Dispatch:
    """A dispatch of a body at one time, with some buffers in the place of others."""
    constants = d.constants
    if TIME in d.kernel.overrides and TIME not in dict(constants):  # else it is of a body within this one
        constants = tuple(sorted((*constants, (TIME, time))))
    return replace(d, constants=constants, keys=tuple(changed.get(key, key) for key in d.keys))


def _whole(x: Tensor) -> Tensor:
    """The tensor of whose elements x is another shape."""
    while x.op == "reshape":
        (x,) = x.inputs
    return x


def _is_made_anywhere(x: Tensor) -> bool:
    """Whether a stage makes the node anew rather than reading what another has stored.

    Not so what is transposed, which products want to lie in their order.
    """
    return (x.op in STRIDED and x.op != "transpose") or OPS[x.op].kind == "source"
