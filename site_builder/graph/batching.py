"""What was traced for one, for many at once: node after node by the rule of its op, and bodies of scans by those.

In: tensors that a function made of one example or one model, and what stands for all in the place of each thing that is
one's own, along a new first axis. Out: the function's tensors for all. It knows nothing of models and programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .batching_rules import DRAWS, RULES, Each
from .functions.views import moved
from .scans import ScanBody, captured_by, leaf, within
from .tensor import Tensor, broadcast, by_default_at

BATCHING = (*RULES, "scan")
NOT_BATCHED = dict.fromkeys(("constant", "read", "iota", "time"), "the same for all, since nothing goes in")


def batched(roots: Iterable[Tensor], known: Mapping[int, Tensor], count: int, began: int) -> dict[int, Tensor]:
    """Number -> tensor for all, of the roots and of what they are made of; what is the same for all is left out.

    known  number -> tensor for all, of what stands for one
    began  nodes of larger numbers were traced for one: what is drawn there is drawn for each
    """
    found, bodies = dict(known), _Bodies(count, began)
    for node in _above(roots, known, min([began, *known])):
        mapped = tuple(x.number in found for x in node.inputs)
        if any(mapped) or bodies.draws(node):
            each = Each(node, tuple(found.get(x.number, x) for x in node.inputs), mapped, count)
            with by_default_at(node.line):
                found[node.number] = bodies.repeated(each) if node.op == "scan" else RULES[node.op](each)
    return found


def _above(roots: Iterable[Tensor], known: Mapping[int, Tensor], least: int) -> list[Tensor]:
    """The roots and what they are computed from, inputs first, down to what is known or too old to depend on it."""
    seen: dict[int, Tensor] = {}
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node.number > least and node.number not in seen and node.number not in known:
            seen[node.number] = node
            pending.extend(node.inputs)
    return [seen[number] for number in sorted(seen)]


@dataclass
class _Bodies:
    """The bodies of scans for all, each made once for all that is asked of its repetition."""

    count: int
    began: int
    made: dict[object, _BodyForAll] = field(default_factory=dict)

    def draws(self, node: Tensor) -> bool:
        """Whether each draws numbers of its own in the node."""
        if node.op == "scan":
            body: ScanBody = node.attributes["body"]
            return any(self.draws(x) for x in within(_results(body), body.leaves))
        return node.op in DRAWS and node.number > self.began

    def repeated(self, e: Each) -> Tensor:
        """What a scan gives: the last carry, or what stands at all times, the axis of many before that of time."""
        body: ScanBody = e.node.attributes["body"]
        key = body, tuple(x.number for x in e.node.inputs)
        if key not in self.made:
            self.made[key] = _BodyForAll(body, e, self.began)
        return self.made[key].result(e.node)


class _BodyForAll:
    """A body for all. A carry is each one's own where it begins so, or where a time makes it so for the next."""

    def __init__(self, body: ScanBody, e: Each, began: int) -> None:
        self._body, self._count = body, e.count
        first, rows, captured = body.divided(e.inputs)
        own, each_row, each_captured = body.divided(e.mapped)
        known = {x.number: whole for x, whole, m in zip(body.captured, captured, each_captured, strict=True) if m}
        elements = [self._leaf(x) if m else x for x, m in zip(body.elements, each_row, strict=True)]
        known |= {x.number: new for x, new, m in zip(body.elements, elements, each_row, strict=True) if m}
        while True:
            carries = [self._leaf(x) if m else x for x, m in zip(body.carries, own, strict=True)]
            stand = known | {x.number: new for x, new, m in zip(body.carries, carries, own, strict=True) if m}
            self._found = batched(_results(body), stand, e.count, began)
            after = [m or x.number in self._found for x, m in zip(body.next, own, strict=True)]
            if after == list(own):
                break
            own = after
        following = [self._of(x, m) for x, m in zip(body.next, own, strict=True)]
        results = [self._found.get(x.number, x) for x in body.results]
        stacked = {x.number: x for x in (self._found.get(x.number, x) for x in body.stacked.values())}
        changing = {x.number for x in (body.time, *carries, *elements)}
        inside = captured_by([*following, *results, *stacked.values()], changing)
        parts = (*carries,), (*elements,), inside, (*following,), (*results,), stacked
        self._new = ScanBody(body.count, body.reverse, body.time, *parts)
        starts = [x if x.shape == new.shape else broadcast(x, new.shape) for x, new in zip(first, carries, strict=True)]
        times = [moved(x, 0, 1) if m else x for x, m in zip(rows, each_row, strict=True)]
        self._inputs = (*starts, *times, *inside)

    def result(self, node: Tensor) -> Tensor:
        """What a node of the body gives, for all."""
        if "last" in node.attributes:
            return self._wide(self._new.last(node.attributes["last"], self._inputs), node)
        x = self._body.stacked[node.attributes["stack"]]
        y = self._new.stack(self._found.get(x.number, x), self._inputs)
        return moved(y, 0, 1) if x.number in self._found else self._wide(y, node)

    def _leaf(self, x: Tensor) -> Tensor:
        return leaf(replace(x.type, shape=(self._count, *x.shape)))

    def _of(self, x: Tensor, mapped: bool) -> Tensor:
        """The next carry: for all where the carry is."""
        return self._wide(self._found.get(x.number, x), x) if mapped else x

    def _wide(self, y: Tensor, one: Tensor) -> Tensor:
        return broadcast(y, (self._count, *one.shape))


def _results(body: ScanBody) -> Sequence[Tensor]:
    return [*body.next, *body.results, *body.stacked.values()]
