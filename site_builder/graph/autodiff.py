"""Reverse-mode differentiation: from a scalar back through the graph that computes it.

One pass goes over the nodes in reverse order. At each node, the rule in `derivatives.py` makes the gradients of its
inputs from its own. Where several nodes read a tensor, its gradient is the sum of what they give.
Source: S. Linnainmaa, The representation of the cumulative rounding error of an algorithm (1970).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from .derivatives import DERIVATIVES, NOT_DIFFERENTIABLE
from .functions.sources import full
from .model import Model
from .program import topological
from .tensor import Tensor, caller, fail
from .totals import total
from .types import Type

Gradients = Callable[[Tensor, Sequence[Tensor]], list[Tensor]]


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
    wanted = {target.number for target in targets}
    leads = set()  # the nodes on a way from a target to the loss
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
    """Whether no gradient passes the node."""
    return node.op in NOT_DIFFERENTIABLE


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
