"""Reverse-mode differentiation: from a scalar back through the graph that made it.

One pass over the nodes in reverse order. Each node hands its gradient to its inputs by the rule in `derivatives.py`;
where a tensor was used more than once, what arrives is added up.
Source: S. Linnainmaa, The representation of the cumulative rounding error of an algorithm (1970).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from .derivatives import DERIVATIVES, NOT_DIFFERENTIABLE, UNKNOWN
from .functions.sources import full
from .model import Model
from .program import topological
from .tensor import Tensor, caller, fail
from .totals import total
from .types import Type

Gradients = Callable[[Tensor, Sequence[Tensor]], list[Tensor]]


def _noted(differentiate: Gradients) -> Gradients:
    """Let the program that is being traced know what is differentiated, since `Model.probe` may ask for more of it."""

    @functools.wraps(differentiate)
    def noted(loss: Tensor, targets: Sequence[Tensor]) -> list[Tensor]:
        model = Model.tracing()
        if model is not None:
            model.differentiates(loss)
        return differentiate(loss, targets)

    return noted


@_noted
# region: gradients
def gradients(loss: Tensor, targets: Sequence[Tensor]) -> list[Tensor]:
    """∂loss/∂target for each target, of the target's shape; zeros for a variable on which the loss does not depend.

    Raises GraphError when `loss` is no scalar, where a second derivative would be wanted of what has but a first, and
    for what was computed but is no part of the loss, as a slice of a tensor is none when the tensor is.
    """
    order = topological([loss])
    _check(loss, targets, order)
    wanted = {target.number for target in targets}
    leads = set()  # the nodes through which a target reaches the loss
    for node in order:
        if node.number in wanted or any(x.number in leads for x in node.inputs):
            leads.add(node.number)

    arrived = {loss.number: [full((), 1.0)]}
    for node in reversed(order):
        if node.number not in arrived or node.number not in leads or _stops(node):
            continue
        gradient = total(arrived[node.number])
        for x, part in zip(node.inputs, DERIVATIVES[node.op](node, gradient), strict=True):
            if part is not None and x.number in leads:
                arrived.setdefault(x.number, []).append(part)
    return [total(arrived[t.number]) if t.number in arrived else full(t.shape, 0.0) for t in targets]


# endregion


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


def _stops(node: Tensor) -> bool:
    """Whether no gradient passes. A GraphError where one would pass if its rule were known: 0 would be wrong."""
    why = NOT_DIFFERENTIABLE.get(node.op)
    if why in UNKNOWN:
        hint = "Make it of other ops, or put stop_gradient around it"
        raise fail(f"{node.op} cannot be differentiated: it is {why}", caller(), hint=hint)
    return why is not None


def reached(loss: Tensor) -> set[int]:
    """The numbers of all nodes to which gradients of `loss` can come: not past `stop_gradient` and its like."""
    found: set[int] = set()
    pending = [loss]
    while pending:
        node = pending.pop()
        if node.number not in found:
            found.add(node.number)
            pending.extend(() if node.op in NOT_DIFFERENTIABLE else node.inputs)
    return found
