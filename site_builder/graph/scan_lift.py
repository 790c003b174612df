"""What a body computes at one time, computed for all times at once.

In: a tensor of a body, and what its leaves are at all times. Out: its values at all times, [count, …]. Elementwise ops
and views act on each time alone, so that they may as well act on all. Then no time stores what can be computed of fewer
numbers that are stored anyway.
"""

from __future__ import annotations

from collections.abc import Callable

from .functions.views import reshape
from .ops import OPS
from .scans import is_row
from .tensor import Tensor, broadcast, make

_VIEWS = ("broadcast", "reshape", "transpose", "slice", "pad", "concatenate")


def can_lift(x: Tensor) -> bool:
    """Whether `lifted` knows the op."""
    aligned = OPS[x.op].kind == "elementwise" and all(each.shape == x.shape for each in x.inputs)
    return aligned or x.op in _VIEWS or (is_row(x) and x.inputs[1].op == "time")


def lifted(x: Tensor, count: int, at_all_times: Callable[[Tensor], Tensor]) -> Tensor:
    """The values of x, given those of its inputs."""
    if is_row(x):
        return x.inputs[0]
    inputs = [at_all_times(each) for each in x.inputs]
    match x.op:
        case "reshape":
            return reshape(inputs[0], (count, *x.shape))
        case "broadcast":
            ones = (1,) * (len(x.shape) - len(x.inputs[0].shape))
            return broadcast(reshape(inputs[0], (count, *ones, *x.inputs[0].shape)), (count, *x.shape))
    return make(x.op, tuple(inputs), **_later(x, count))


def _later(x: Tensor, count: int) -> dict[str, object]:
    """The attributes of a view of tensors with one axis more in front."""
    changed: dict[str, object] = dict(x.attributes)
    for name in ("starts", "before"):
        if name in changed:
            changed[name] = (0, *x.attributes[name])
    if x.op in ("slice", "pad"):
        changed["shape"] = (count, *x.shape)
    if x.op == "transpose":
        changed["axes"] = (0, *(axis + 1 for axis in x.attributes["axes"]))
    if x.op == "concatenate":
        changed["axis"] = x.attributes["axis"] + 1
    return changed
