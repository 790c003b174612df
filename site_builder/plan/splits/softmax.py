"""Softmax of long rows, made of maxima and sums."""

from __future__ import annotations

from ...graph import Tensor
from ...graph.functions.elementwise import where
from ...graph.functions.index import gather
from ...graph.functions.reduce import max, sum
from ...graph.functions.sources import iota
from ...graph.functions.views import reshape
from ...graph.ops.elementwise import absolute, equal, exp, less, less_equal, log, minimum, sqrt
from ...graph.ops.sources import LARGEST
from .table import Split


def _parts(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The largest number of each row, e to the distances from it, and the sums of these; rows have one element left.

    Of a row whose largest number is infinite, the sum is NaN.
    """
    largest = max(x, -1, keepdims=True)
    e = exp(x - largest)
    return largest, e, sum(e, -1, keepdims=True) * _known(_is_finite(largest))


def _is_finite(x: Tensor) -> Tensor:
    return less_equal(absolute(x), LARGEST)


def _known(condition: Tensor) -> Tensor:
    """1 where a condition holds, else NaN, which the root of a negative number is everywhere."""
    return sqrt(where(condition, 1.0, -1.0))


def _softmax(y: Tensor) -> Tensor:
    _, e, total = _parts(y.inputs[0])
    return e / total


def _softmax_gradient(node: Tensor) -> Tensor:
    y, dy = node.inputs
    return y * (dy - sum(y * dy, -1, keepdims=True))


def _logsumexp(y: Tensor) -> Tensor:
    largest, _, total = _parts(y.inputs[0])
    return reshape(where(_is_finite(largest), largest + log(total), largest), y.shape)


def _cross_entropy(y: Tensor) -> Tensor:
    logits, labels = y.inputs
    classes = logits.shape[-1]
    largest, _, total = _parts(logits)
    at = iota(*labels.shape) * classes + minimum(labels, classes - 1)
    right = gather(reshape(logits, (logits.size,)), at)
    loss = log(reshape(total, y.shape)) - (right - reshape(largest, y.shape))
    return loss * _known(less(labels, classes))


def _cross_entropy_gradient(y: Tensor) -> Tensor:
    logits, labels, upstream = y.inputs
    classes = logits.shape[-1]
    _, e, total = _parts(logits)
    right = equal(iota(classes), reshape(labels, (*labels.shape, 1)))
    return (e / total - right) * reshape(upstream * _known(less(labels, classes)), (*upstream.shape, 1))


SPLITS: dict[str, Split] = {
    "softmax": _softmax,
    "softmax_gradient": _softmax_gradient,
    "logsumexp": _logsumexp,
    "cross_entropy": _cross_entropy,
    "cross_entropy_gradient": _cross_entropy_gradient,
}
