"""Reverse-mode differentiation: from a scalar back through the graph that computes it.

One pass goes over the nodes in reverse order. At each node, the rule in `derivatives.py` makes the gradients of its
inputs from its own. Where several nodes read a tensor, its gradient is the sum of what they give.
Source: S. Linnainmaa, The representation of the cumulative rounding error of an algorithm (1970).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence

from .derivatives import DERIVATIVES, NOT_DIFFERENTIABLE
from .functions.sources import full
from .model import Model
from .program import topological, variable_of
from .scan_derivative import repetition
from .scans import ScanBody, repetitions, within
from .tensor import Tensor, caller, fail
from .totals import total
from .types import Type

Gradients = Callable[[Tensor, Sequence[Tensor]], list[Tensor]]
Arrived = dict[int, list[Tensor]]


def _noted(differentiate: Gradients) -> Gradients:
    """The function, which also notes in the program being traced what it differentiates: `Model.probe` asks for it."""

    @functools.wraps(differentiate)
    def noted(loss: Tensor, targets: Sequence[Tensor]) -> list[Tensor]:
        found, model = differentiate(loss, targets), Model.tracing()
        if model is not None:
            model.differentiates(loss, found)
        return found

    return noted


@_noted
# region: gradients
def gradients(loss: Tensor, targets: Sequence[Tensor]) -> list[Tensor]:
    """∂loss/∂target for each target, of the target's shape; zeros for a variable on which the loss does not depend.

    They can be part of another loss, and be differentiated again. Raises GraphError when `loss` is no scalar, and for a
    target that was computed but from which the loss is not: say a slice of x, when the loss was computed from x itself.
    """
    order = topological([loss])
    _check(loss, targets, order)
    arrived = {loss.number: [full((), 1.0)]}
    backward(order, arrived, {target.number for target in targets})
    return [total(arrived[t.number]) if t.number in arrived else full(t.shape, 0.0) for t in targets]


def backward(order: Sequence[Tensor], arrived: Arrived, wanted: Collection[int], leaves: Collection[int] = ()) -> None:
    """Add to what has `arrived`, number of a node -> gradients by it, all that arrives at the nodes that are `wanted`.

    `order`: the nodes of a graph, inputs before users, which ends at its `leaves`.
    """
    leads = _leading(order, wanted, leaves)
    for results in reversed(_results(order, leaves)):
        given = [y for y in results if y.number in arrived and y.number in leads and not _stops(y)]
        if not given:
            continue
        parts = _parts(given, [total(arrived[y.number]) for y in given], leads)
        for x, part in zip(given[0].inputs, parts, strict=True):
            if part is not None and x.number in leads:
                arrived.setdefault(x.number, []).append(part)


# endregion


def _leading(order: Sequence[Tensor], wanted: Collection[int], leaves: Collection[int]) -> set[int]:
    """The numbers of the nodes on a way from one that is wanted to the end of the order."""
    leads: set[int] = set()
    for node in order:
        inputs = () if node.number in leaves else node.inputs
        if node.number in wanted or any(x.number in leads for x in inputs):
            leads.add(node.number)
    return leads


def _results(order: Sequence[Tensor], leaves: Collection[int]) -> list[list[Tensor]]:
    """Each node that is no leaf; those of a repetition together, at the first, before which all readers have been."""
    repeated = {results[0].number: list(results) for results in repetitions(order)}
    inner = (node for node in order if node.number not in leaves)
    return [repeated.get(node.number, [node]) for node in inner if node.op != "scan" or node.number in repeated]


def _parts(given: Sequence[Tensor], gradients: Sequence[Tensor], leads: Collection[int]) -> Sequence[Tensor | None]:
    """The gradients by the inputs of a node, or of a repetition, from those by what it gives."""
    if given[0].op == "scan":
        return repetition(given, gradients, leads)
    return DERIVATIVES[given[0].op](given[0], *gradients)


def _check(loss: Tensor, targets: Sequence[Tensor], order: Sequence[Tensor]) -> None:
    """Raise GraphError for what `gradients` does not take."""
    if loss.type != Type(()):
        raise fail(f"only a scalar can be differentiated, found {loss.type}", caller(), hint="Take a sum or a mean")
    parts = {node.number for node in order}
    for stray in (t for t in targets if t.op != "read" and t.number not in parts):
        raise fail(
            f"the loss does not go through {stray!r}, whose gradient would be 0 everywhere",
            caller(),
            hint="Differentiate by the very tensor that the loss is computed from, not by a slice or a copy of it",
        )
    for repeated in (t for t in targets if t.op == "broadcast" and t.number in _in_bodies(order)):
        raise fail(
            f"a scan makes {repeated!r} anew where it reads it, so that a gradient by it would miss that part",
            caller(),
            hint="Differentiate by the tensor that is repeated here",
        )
    for variable in (variable_of(t) for t in targets if t.op == "read"):
        if variable.one is not None and variable.one.tensor.number in parts:
            raise fail(
                f"the loss is of one model of an ensemble, and {variable.name} holds what all have",
                caller(),
                hint="Within its vmap, differentiate by what that one's named_parameters() gives",
            )


def _in_bodies(order: Sequence[Tensor]) -> set[int]:
    """The numbers of what the bodies of scans compute."""
    bodies: list[ScanBody] = [node.attributes["body"] for node in order if node.op == "scan"]
    return {x.number for body in bodies for x in within((*body.next, *body.results), body.leaves)}


def _stops(node: Tensor) -> bool:
    """Whether no gradient passes the node. Into a carry of a scan nothing goes."""
    return not node.inputs or node.op in NOT_DIFFERENTIABLE


def reached(loss: Tensor) -> set[int]:
    """The numbers of all nodes that may have a gradient of `loss`: no op like `stop_gradient` stands between."""
    found: set[int] = set()
    pending = [loss]
    while pending:
        node = pending.pop()
        if node.number not in found:
            found.add(node.number)
            pending.extend(() if node.op in NOT_DIFFERENTIABLE else node.inputs)
    return found
