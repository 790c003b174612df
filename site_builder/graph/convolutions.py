"""The derivatives of convolutions and of their gradients: three ops, of which each is the gradient of the other two.

In: a node and the gradient of the loss by it, as for every rule of `derivatives.py`. Out: the gradients of its inputs.
Knows nothing of kernels, nor of how images are padded at first: attributes say where windows lie.

With y = x ∗ w, a pair of dL/dx and dL/dw is linear in each of its operands as y is, so that its own gradients are these
three again: of dL/dx = d ∗ᵀ w, by d it is e ∗ w, where e is what arrives. In single precision, as all gradients.
"""

from __future__ import annotations

import functools
import math
import operator

from .functions.reduce import sum
from .functions.sources import iota
from .functions.views import reshape
from .tensor import Tensor, broadcast, make

# Of a gradient by the weights: how many sums all its parts are together, so that many can be at work …
PARTIAL_SUMS = 2**17
WINDOWS = 64  # … if each part is over so many windows at least
INPUT, WEIGHT = "_input_gradient", "_weight_gradient"


def of_convolution(y: Tensor, d: Tensor) -> tuple[Tensor, ...]:
    """By images and weights."""
    x, w = y.inputs
    by_weights = _by_weights(y, y.op, x, d, w)
    return _by_images(y, y.op, w, d, x), sum(by_weights, 0)


def of_input_gradient(y: Tensor, e: Tensor) -> tuple[Tensor, ...]:
    """By the weights and by d, of which y is a transposed convolution."""
    (w, d), op = y.inputs, y.op.removesuffix(INPUT)
    return sum(_by_weights(y, op, e, d, w), 0), make(op, (e, w), **_windows(y), single=True)


def of_weight_gradient(y: Tensor, e: Tensor) -> tuple[Tensor, ...]:
    """By the images and by d. What arrives is the same for all parts where, as everywhere here, these are added up."""
    (x, d), op = y.inputs, y.op.removesuffix(WEIGHT)
    parts = y.shape[0]
    (given,) = e.inputs if e.op == "broadcast" else (e,)
    if given.shape[0] == 1 and len(given.shape) == len(e.shape):
        w = broadcast(given, (1, *e.shape[1:]))[0]
        return _by_images(y, op, w, d, x), make(op, (x, w), **_windows(y), single=True)
    count = math.prod(d.shape[:3])
    part = reshape(iota(count) // -(-count // parts), (*d.shape[:3], 1))
    there = [broadcast(part == n, d.shape) for n in range(parts)]
    by_x = [_by_images(y, op, e[n], d * there[n], x) for n in range(parts)]
    by_d = [make(op, (x, e[n]), **_windows(y), single=True) * there[n] for n in range(parts)]
    return functools.reduce(operator.add, by_x), functools.reduce(operator.add, by_d)


def _windows(y: Tensor) -> dict[str, object]:
    """What all three ops are told of where windows lie, and of groups."""
    return {name: y.attributes[name] for name in ("stride", "padding", "groups") if name in y.attributes}


def _by_images(y: Tensor, op: str, w: Tensor, d: Tensor, x: Tensor) -> Tensor:
    return make(op + INPUT, (w, d), size=x.shape[1:3], **_windows(y))


def _by_weights(y: Tensor, op: str, x: Tensor, d: Tensor, w: Tensor) -> Tensor:
    """In parts, since the weights are few and their sums are long."""
    parts = min(-(-PARTIAL_SUMS // w.size), -(-d.size // d.shape[-1] // WINDOWS))
    return make(op + WEIGHT, (x, d), window=w.shape[:2], parts=parts, **_windows(y))
