"""What a `scan` repeats: a body, a graph of its own, from a carry and the elements of one time to the next carry.

In: traced tensors. Out: `ScanBody`, and the results of repeating it as tensors, each a node of op `scan`: the last
value of a carry, or the values that any tensor of the body has at all times, stacked along a new leading axis.

A body's graph ends at its *leaves*: carries, elements, the time, and captured tensors. These are the very tensors of
the graph around it, which stay the same at all times: weights, and whatever is computed of such alone, so that it is
computed once. `scan` nodes of one body with the same inputs are results of one repetition.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from .functions.views import concatenate, reshape
from .ops import OPS
from .tensor import Tensor, caller, fail, make
from .types import Type

Value = TypeVar("Value")  # a tensor, or what it is when the program runs

LEAF = "element"  # the op of carries and elements, which stand for numbers that are known when the body runs
_THROUGH = ("broadcast", "reshape")  # views that cost nothing where they are taken


@dataclass(eq=False)
class ScanBody:
    """What is repeated `count` times, in each of which `time` counts up from 0, or with `reverse` down to 0.

    Its inputs, those of each `scan` node, are the first carries, the elements of all times, and what it captures.
    `next` are the carries of the next time, `results` what each time gives beside. `stacked`: number -> any tensor
    whose values at all times were asked for, these and others.
    """

    count: int
    reverse: bool
    time: Tensor = field(repr=False)
    carries: tuple[Tensor, ...] = field(repr=False)
    elements: tuple[Tensor, ...] = field(repr=False)
    captured: tuple[Tensor, ...] = field(repr=False)
    next: tuple[Tensor, ...] = field(repr=False)
    results: tuple[Tensor, ...] = field(repr=False, default=())
    stacked: dict[int, Tensor] = field(repr=False, default_factory=dict)

    @property
    def leaves(self) -> dict[int, Tensor]:
        """Number -> tensor at which the body's graph ends."""
        return {x.number: x for x in (self.time, *self.carries, *self.elements, *self.captured)}

    def last(self, k: int, inputs: Sequence[Tensor]) -> Tensor:
        """Carry `k` when all times have passed."""
        return make("scan", tuple(inputs), body=self, last=k)

    def stack(self, x: Tensor, inputs: Sequence[Tensor]) -> Tensor:
        """The values of a tensor of the body, [count, …]."""
        self.stacked[x.number] = x
        return make("scan", tuple(inputs), body=self, stack=x.number)

    def before(self, k: int, inputs: Sequence[Tensor]) -> Tensor:
        """Carry `k` as each time finds it, [count, …]: the first, and all but the last that the times leave."""
        first = reshape(inputs[k], (1, *inputs[k].shape))
        if self.count == 1:
            return first
        left = self.stack(self.next[k], inputs)
        return concatenate([left[1:], first] if self.reverse else [first, left[:-1]])

    def divided(self, inputs: Sequence[Value]) -> tuple[Sequence[Value], Sequence[Value], Sequence[Value]]:
        """The first carries, the elements of all times, and what is captured, out of a node's inputs."""
        first, second = len(self.carries), len(self.carries) + len(self.elements)
        return inputs[:first], inputs[first:second], inputs[second:]

    def times(self) -> Iterable[int]:
        """The times in their order."""
        return reversed(range(self.count)) if self.reverse else range(self.count)


def result_of(node: Tensor) -> Tensor:
    """The tensor of the body whose last value, or whose values at all times, a `scan` node gives."""
    body: ScanBody = node.attributes["body"]
    return body.next[node.attributes["last"]] if "last" in node.attributes else body.stacked[node.attributes["stack"]]


def repetitions(nodes: Iterable[Tensor]) -> list[list[Tensor]]:
    """The `scan` nodes among the nodes, those of one repetition together, in the order of the first of each."""
    found: dict[object, list[Tensor]] = {}
    for node in nodes:
        if node.op == "scan":
            found.setdefault((node.attributes["body"], tuple(x.number for x in node.inputs)), []).append(node)
    return list(found.values())


def within(roots: Iterable[Tensor], leaves: Collection[int]) -> list[Tensor]:
    """`roots` and all from which they are computed, down to the leaves; inputs before users."""
    seen: dict[int, Tensor] = {}
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node.number not in seen:
            seen[node.number] = node
            pending.extend(() if node.number in leaves else node.inputs)
    return [seen[number] for number in sorted(seen)]


def depending(order: Sequence[Tensor], leaves: Collection[int], on: Collection[int]) -> set[int]:
    """The numbers of those nodes of a body's `order` that depend on one of the leaves `on`."""
    found: set[int] = set()
    for node in order:
        inputs = () if node.number in leaves else node.inputs
        if node.number in on or any(x.number in found for x in inputs):
            found.add(node.number)
    return found


def captured_by(roots: Sequence[Tensor], changing: Collection[int]) -> tuple[Tensor, ...]:
    """What a body of these results captures: all that does not depend on the leaves `changing`, computed outside.

    Constants, counters and random numbers are made where they are needed, reshaped there too, and tensors broadcast
    there. A reshaped tensor is captured as it is: it costs nothing, and a gradient may be asked for by it.
    """
    order = within(roots, changing)
    inside = depending(order, changing, changing)
    own = inside - set(changing)
    inputs = (x for node in order if node.number in own for x in node.inputs)
    pending = deque(x for x in (*inputs, *roots) if x.number not in inside)
    found: dict[int, Tensor] = {}
    seen: set[int] = set()
    while pending:
        x = pending.popleft()
        if x.number in seen:
            continue
        seen.add(x.number)
        if x.op == "broadcast" or _is_made(x):
            pending.extend(x.inputs)
        else:
            found[x.number] = x
    return tuple(found.values())


def _is_made(x: Tensor) -> bool:
    """Whether x is a constant, a counter or random numbers, or a view of such."""
    while x.op in _THROUGH:
        (x,) = x.inputs
    return x.op in OPS and OPS[x.op].kind == "source" and x.op not in ("read", "time")


def copied(roots: Sequence[Tensor], known: Mapping[int, Tensor]) -> list[Tensor]:
    """The roots with other tensors in the place of the known ones; anew where they depend on them."""
    new = dict(known)
    for node in within(roots, known):
        if node.number not in new:
            inputs = tuple(new[x.number] for x in node.inputs)
            same = all(x is y for x, y in zip(inputs, node.inputs, strict=True))
            new[node.number] = node if same else Tensor(node.op, inputs, node.attributes, node.type, node.line)
    return [new[root.number] for root in roots]


def leaf(type: Type) -> Tensor:
    """What stands for a carry, or for an element of one time."""
    return Tensor(LEAF, (), {}, type, caller())


def perturbed(body: ScanBody, x: Tensor) -> tuple[ScanBody, dict[int, Tensor]]:
    """The body with one more element, the last, which is added to its tensor x; and its results there by number."""
    added = leaf(x.type)
    results = [*body.next, *body.results, *body.stacked.values()]
    anew = copied(results, {x.number: make("add", (x, added))})
    count = len(body.next)
    parts = body.carries, (*body.elements, added), body.captured, (*anew[:count],), (*anew[count:],)
    changed = ScanBody(body.count, body.reverse, body.time, *parts)
    return changed, {old.number: new for old, new in zip(results, anew, strict=True)}


@dataclass
class Tracing:
    """A body that is being traced: what its function exposes by name."""

    time: Tensor
    count: int
    exposed: list[tuple[Callable[[str, Tensor], None], str, Tensor]] = field(default_factory=list)


_OPEN: ContextVar[tuple[Tracing, ...]] = ContextVar("bodies that are being traced", default=())


@contextmanager
def tracing(time: Tensor, count: int) -> Iterator[Tracing]:
    """Within it, a body is traced."""
    opened = Tracing(time, count)
    token = _OPEN.set((*_OPEN.get(), opened))
    try:
        yield opened
    finally:
        _OPEN.reset(token)


def being_traced() -> tuple[Tracing, ...]:
    """The bodies that are being traced, the outermost first."""
    return _OPEN.get()


def expect_outside(what: str) -> None:
    """GraphError within the function of a scan, for what happens once a run and not at each time."""
    if _OPEN.get():
        hint = "Have the function return it as its second result, and use what `scan` gives of all times"
        raise fail(f"{what} stands in the function of a scan, which is traced once for all times", caller(), hint)


def tells_time(x: Tensor) -> bool:
    """Whether x is the time, or another one counted from it."""
    if x.op == "time":
        return True
    return x.op in ("add", "modulo") and x.shape == () and tells_time(x.inputs[0]) and x.inputs[1].op == "constant"


def is_row(x: Tensor) -> bool:
    """Whether x is what one time takes of something that there is of all times."""
    return x.op == "gather" and tells_time(x.inputs[1])
