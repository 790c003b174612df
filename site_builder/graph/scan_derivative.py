"""The derivative of a repetition: another one, back through time, whose body is the derivative of the body.

In: `scan` nodes of one repetition, and the gradients by them. Out: the gradients by its inputs.

The body going back takes the gradient by the next carry and gives that by the carry. What it needs of the way forward
is stacked there: carries, results, and tensors that have a kernel of their own; it computes the rest again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .functions.sources import full, iota
from .functions.views import reshape
from .ops import OPS
from .scan_lift import can_lift, lifted
from .scan_sums import OverTime, over_time
from .scans import ScanBody, captured_by, copied, depending, is_row, leaf, result_of, within
from .tensor import Tensor, broadcast, constant
from .totals import total


def repetition(
    results: Sequence[Tensor], gradients: Sequence[Tensor], leads: Collection[int]
) -> tuple[Tensor | None, ...]:
    """The gradients by the inputs of these results; None for inputs that are not among `leads`, or of whole numbers."""
    forward = _Forward(results[0].attributes["body"], results[0].inputs)
    back = _Back(forward)
    for node, d in zip(results, gradients, strict=True):
        back.arrives(node, d)
    return back.gradients(leads)


class _Forward:
    """The way forward: a body that was repeated with these inputs, and what there is of it outside.

    known    number of a tensor of the body, or of a gradient by one -> its values at all times
    changing numbers of the nodes that depend on the time, once `survey` has seen them
    """

    def __init__(self, body: ScanBody, inputs: tuple[Tensor, ...]) -> None:
        self.body, self.inputs = body, inputs
        self.first, self.of_all_times, self.captured = body.divided(inputs)
        self.carries = {x.number: k for k, x in enumerate(body.carries)}
        self.known = {x.number: xs for x, xs in zip(body.elements, self.of_all_times, strict=True)}
        self.known[body.time.number] = iota(body.count)
        self.results = {x.number for x in (*body.next, *body.results)}
        self.made = self._made()
        self.changing: set[int] = set()

    def _made(self) -> set[int]:
        """The numbers of what kernels give: their results, and what is computed of these alone and read by one op."""
        order = within((*self.body.next, *self.body.results), self.body.leaves)
        users: dict[int, list[Tensor]] = {}
        for node in order:
            for x in {x.number for x in node.inputs}:
                users.setdefault(x, []).append(node)
        found = set()
        for node in order:
            if node.number not in self.body.leaves and OPS[node.op].kind == "anchor" and not is_row(node):
                while node.number not in self.results and len(users[node.number]) == 1:
                    (user,) = users[node.number]
                    if OPS[user.op].kind != "elementwise" or user.size != node.size:
                        break
                    node = user
                found.add(node.number)
        return found

    def survey(self, order: Sequence[Tensor]) -> None:
        """Find what depends on the time."""
        leaves = self.body.leaves
        self.changing = depending(order, leaves, leaves.keys() - {x.number for x in self.body.captured})

    def is_kept(self, x: Tensor) -> bool:
        """Whether a tensor that depends on the time is read from its values at all times, and not computed again."""
        if x.number in self.known or x.number in self.carries or x.number in self.results | self.made:
            return True
        return OPS[x.op].kind == "anchor" and not is_row(x)

    def at_all_times(self, x: Tensor) -> Tensor:
        """The values of x, which depends on no gradient."""
        if x.number not in self.known:
            self.known[x.number] = self._found(x)
        return self.known[x.number]

    def _found(self, x: Tensor) -> Tensor:
        count = self.body.count
        if x.number not in self.changing:
            return broadcast(reshape(x, (1, *x.shape)), (count, *x.shape))
        if x.number in self.carries:
            return self.body.before(self.carries[x.number], self.inputs)
        if can_lift(x) and not self.is_kept(x):
            return lifted(x, count, self.at_all_times)
        return self.body.stack(x, self.inputs)


class _Back:
    """The way back.

    carried  leaves of the body back: gradients by carries, and sums; with their `first` and their `next` values
    given    leaves of the body back: gradients by stacked results, at one time
    arrived  number of a tensor of the body -> what arrives there at one time
    """

    def __init__(self, forward: _Forward) -> None:
        self.forward, body = forward, forward.body
        self.floats = [k for k, x in enumerate(body.carries) if x.dtype == "f32"]
        self.carried = [leaf(body.carries[k].type) for k in self.floats]
        self.first = [full(x.shape, 0.0) for x in self.carried]
        self.next: list[Tensor] = []
        self.given: list[Tensor] = []
        self.arrived: dict[int, list[Tensor]] = {}
        for k, d in zip(self.floats, self.carried, strict=True):
            self.arrived.setdefault(body.next[k].number, []).append(d)

    def arrives(self, node: Tensor, d: Tensor) -> None:
        """Take the gradient by one result."""
        if "last" in node.attributes:
            self.first[self.floats.index(node.attributes["last"])] = d
            return
        row = leaf(result_of(node).type)
        self.given.append(row)
        self.forward.known[row.number] = d
        self.arrived.setdefault(node.attributes["stack"], []).append(row)

    def gradients(self, leads: Collection[int]) -> tuple[Tensor | None, ...]:
        """Make the repetition that goes back, and take its results."""
        body, forward = self.forward.body, self.forward
        pairs = zip((*body.elements, *body.captured), (*forward.of_all_times, *forward.captured), strict=True)
        wanted = {x.number for x, outside in pairs if outside.number in leads and x.dtype == "f32"}
        self._differentiate(wanted)
        rows = [self._by(x) if x.number in wanted else None for x in body.elements]
        sums = [self._summed(x) if x.number in wanted else ([], None) for x in body.captured]
        roots = [x for x in rows if x is not None] + [x for folded, _ in sums for each in folded for x in each.operands]
        back = _Backward(forward, self, roots)
        firsts: list[Tensor | None] = [None] * len(body.carries)
        for place, k in enumerate(self.floats):
            firsts[k] = back.last(place)
        by_captured: list[Tensor | None] = []
        for folded, carry in sums:
            parts = [each.finish([back.at_all_times(x) for x in each.operands]) for each in folded]
            parts += [] if carry is None else [back.last(carry)]
            by_captured.append(total(parts) if parts else None)
        return (*firsts, *(None if x is None else back.at_all_times(x) for x in rows), *by_captured)

    def _differentiate(self, wanted: Collection[int]) -> None:
        """Differentiate the body, by its carries and by the leaves that are wanted."""
        from .autodiff import backward  # which differentiates scans

        body, leaves = self.forward.body, self.forward.body.leaves
        carries = [body.carries[k] for k in self.floats]
        roots = [x for x in (*body.next, *body.stacked.values()) if x.number in self.arrived]
        backward(within(roots, leaves), self.arrived, {*wanted, *(x.number for x in carries)}, leaves)
        self.next = [self._by(x) for x in carries]

    def _by(self, x: Tensor) -> Tensor:
        """The gradient by a leaf, at one time."""
        return total(self.arrived[x.number]) if x.number in self.arrived else full(x.shape, 0.0)

    def _summed(self, x: Tensor) -> tuple[list[OverTime], int | None]:
        """How the gradient by a captured leaf is summed: over stacked operands, and as the carry of this number."""
        parts = self.arrived.get(x.number, [])
        folded = [each for each in map(over_time, parts) if each is not None]
        rest = [part for part in parts if over_time(part) is None]
        if not rest:
            return folded, None
        so_far = leaf(x.type)
        self.carried.append(so_far)
        self.first.append(full(x.shape, 0.0))
        self.next.append(so_far + total(rest))
        return folded, len(self.carried) - 1


class _Backward:
    """The body back, repeated: it computes the next carries of the way back and `roots`."""

    def __init__(self, forward: _Forward, back: _Back, roots: Sequence[Tensor]) -> None:
        body = forward.body
        self.forward, self.count = forward, body.count
        self.carried, self.first, self.next = list(back.carried), list(back.first), list(back.next)
        self.given = {x.number for x in back.given}
        self.reverse, self.time = not body.reverse, body.time
        self.roots = {root.number: root for root in roots}
        self.earlier: set[int] = set()
        for k in range(len(back.floats)):
            self._survey()
            self._turn(k)
        self._survey()
        every = [*self.next, *self.roots.values()]
        elements = self._elements(every)
        changing = {self.time.number, *(x.number for x in self.carried), *elements}
        captured = captured_by(every, changing)
        parts = (*self.carried,), (*elements.values(),), captured, (*self.next,)
        self.body = ScanBody(self.count, self.reverse, self.time, *parts)
        self.inputs = (*self.first, *map(forward.at_all_times, elements.values()), *captured)
        self.found: dict[int, Tensor] = {}

    def last(self, place: int) -> Tensor:
        """What is carried, when all times have passed."""
        return self.body.last(place, self.inputs)

    def at_all_times(self, root: Tensor) -> Tensor:
        """The values of one of the roots."""
        return self._found(self.roots[root.number])

    def _found(self, x: Tensor) -> Tensor:
        if x.number not in self.of_gradients or x.number in self.forward.known:
            return self.forward.at_all_times(x)
        if x.number not in self.found:
            places = [k for k, each in enumerate(self.carried) if each is x]
            if places:
                found = self.body.before(places[0], self.inputs)
            elif can_lift(x):
                found = lifted(x, self.count, self._found)
            else:
                found = self.body.stack(x, self.inputs)
            self.found[x.number] = found
        return self.found[x.number]

    def _survey(self) -> None:
        """Find what depends on the time, and what on gradients."""
        gradients = {*self.given, *(x.number for x in self.carried)}
        self.leaves = {*self.forward.body.leaves, *gradients}
        order = within([*self.next, *self.roots.values()], self.leaves)
        self.forward.survey(order)
        self.of_gradients = depending(order, self.leaves, gradients | self.earlier)  # none of the way forward has these
        self.order = order

    def _elements(self, roots: Sequence[Tensor]) -> dict[int, Tensor]:
        """Number -> tensor of either body that the roots read from its values at all times."""
        seen, found = {self.time.number, *(x.number for x in self.carried)}, dict[int, Tensor]()
        pending = list(roots)
        while pending:
            x = pending.pop()
            if x.number in seen:
                continue
            seen.add(x.number)
            if x.number in self.of_gradients:
                kept = x.number in self.given
            elif x.number in self.forward.changing:
                kept = self.forward.is_kept(x)
            else:
                continue  # it is the same at all times, and captured
            if kept:
                found[x.number] = x
            else:
                pending += x.inputs
        return found

    def _turn(self, k: int) -> None:
        """Carry, in the place of the gradient by a carry, what is first computed of it: then the kernel that makes the
        gradient does that too, as it stores it, a time before.

        For example h' = tanh(x + h W) has the gradients p = (dh + dy) (1 - h'²) and dh = p Wᵀ, of which p is carried.
        """
        p = self._first_of(k)
        after = depending(self.order, self.leaves, {p.number})
        made = {n.number for n in self.order if n.number in after and n is not p and OPS[n.op].kind == "anchor"}
        if p is self.carried[k] or self.next[k].number not in depending(self.order, self.leaves, made):
            return
        earlier = (self.time + (self.count - 1 if self.reverse else 1)) % self.count  # than which it goes on to
        self.earlier.add(earlier.number)
        begin = self.count - 1 if self.reverse else 0
        turned = leaf(p.type)
        rest = copied([*self.next, *self.roots.values()], {p.number: turned})
        self.next, following = rest[: len(self.next)], rest[len(self.next) :]
        self.roots = dict(zip(self.roots, following, strict=True))
        read = [*self._elements([p]).values()]
        for at, of, place in ((begin, self.first[k], self.first), (earlier, self.next[k], self.next)):
            known = {x.number: self.forward.at_all_times(x)[at] for x in read}
            time = constant(at, "u32") if isinstance(at, int) else at
            place += copied([p], {self.carried[k].number: of, self.time.number: time, **known})
        self.carried.append(turned)

    def _first_of(self, k: int) -> Tensor:
        """The last tensor of those through which all goes that is computed of a carry, and of no other carry."""
        x, ends = self.carried[k], {each.number for each in (*self.next, *self.roots.values())}
        carried = {each.number for each in self.carried}
        others = depending(self.order, self.leaves, carried - {x.number})
        while True:
            users = [n for n in self.order if n.number not in self.leaves and any(each is x for each in n.inputs)]
            if x.number in ends or len(users) != 1 or users[0].number in others:
                return x
            if OPS[users[0].op].kind != "elementwise" or users[0].shape != x.shape:
                return x
            (x,) = users
