"""The sum of a tensor's gradients, one from each op that reads it, in as few ops as possible.

For example, a recurrent network reads one slice of its input at each time, and its weights at all times. The gradients
of the slices do not overlap, so that their sum is a concatenation. The gradients of the weights are products, and a sum
of products is one product of the operands below one another,

    Σ_t aₜᵀ bₜ = [a_1; a_2; …]ᵀ [b_1; b_2; …].

Likewise a sum of sums is one longer sum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .functions.matrix import matmul
from .functions.reduce import sum
from .functions.sources import full
from .functions.views import concatenate, reshape, stack
from .tensor import Tensor

MANY = 4  # from so many gradients on, concatenating their operands costs less than it saves


def total(parts: Sequence[Tensor]) -> Tensor:
    """The sum of gradients of one tensor."""
    alike: dict[object, list[Tensor]] = {}
    for part in parts:
        alike.setdefault(_kind(part), []).append(part)
    terms = [term for parts in alike.values() for term in _folded(parts)]
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def _kind(part: Tensor) -> object:
    """A key that is equal for gradients that may become one."""
    shapes = tuple(x.shape for x in part.inputs)
    if part.op == "pad":
        return "pad"
    if part.op == "matmul" and part.attributes["form"] == "tn":
        return "matmul", shapes
    if part.op == "sum" and part.attributes["axes"][0] == 0:
        return "sum", part.attributes["axes"], shapes
    return part.number


def _folded(parts: list[Tensor]) -> list[Tensor]:
    """Tensors with the same sum: fewer of them where possible, else the same."""
    if parts[0].op == "pad" and len(parts) > 1:
        return _side_by_side(parts)
    if len(parts) < MANY:
        return parts
    match parts[0].op:
        case "matmul":
            a, b = (_rows([part.inputs[n] for part in parts], 1) for n in range(2))
            return [matmul(a, b, "tn")]
        case "sum":
            rows = _rows([part.inputs[0] for part in parts], len(parts[0].attributes["axes"]))
            return [reshape(sum(rows, 0), parts[0].shape)]
    return parts


def _rows(tensors: Sequence[Tensor], axes: int) -> Tensor:
    """The rows of all the tensors, the first `axes` of which count rows, as one matrix.

    Row n of each is beside row n of the others, the last to arrive first: so lies a sequence [batch, time, features].
    """
    shape = tensors[0].shape
    matrix = math.prod(shape[:axes]), math.prod(shape[axes:])
    together = stack([reshape(x, matrix) for x in reversed(tensors)], axis=1)
    return reshape(together, (matrix[0] * len(tensors), matrix[1]))


def _side_by_side(pads: list[Tensor]) -> list[Tensor]:
    """The sum of pads: a concatenation if they pad along one axis and do not overlap, else the pads as they are."""
    shape = pads[0].shape
    axes = {a for pad in pads for a, (n, m) in enumerate(zip(pad.inputs[0].shape, shape, strict=True)) if n != m}
    if len(axes) > 1:
        return pads
    (axis,) = axes
    pieces: list[Tensor] = []
    end = 0
    for pad in sorted(pads, key=lambda pad: pad.attributes["before"][axis]):
        (x,), start = pad.inputs, pad.attributes["before"][axis]
        if start < end:
            return pads
        pieces += [*_gap(shape, axis, start - end), x]
        end = start + x.shape[axis]
    return [concatenate([*pieces, *_gap(shape, axis, shape[axis] - end)], axis)]


def _gap(shape: tuple[int, ...], axis: int, length: int) -> list[Tensor]:
    """A list of zeros of some length along the axis, or an empty one for length 0."""
    return [full((*shape[:axis], length, *shape[axis + 1 :]), 0.0)] if length else []
