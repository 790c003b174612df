"""Softmax of long rows, made of maxima and sums."""

from __future__ import annotations

from ...graph import Tensor
from ...graph.functions.index import gather
from ...graph.functions.reduce import max, sum
from ...graph.functions.sources import iota
from ...graph.functions.views import reshape
from ...graph.ops.elementwise import equal, exp, log, minimum
from .table import Split


def _parts(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The largest number of each row, e to the distances from it, and the sums of these; rows have one element left."""
    largest = max(x, -1, keepdims=True)
    e = exp(x - largest)
    return largest, e, sum(e, -1, keepdims=True)


def _softmax(y: Tensor) -> Tensor:
    _, e, total = _parts(y.inputs[0])
    return e / total


def _softmax_gradient(node: Tensor) -> Tensor:
    y, dy = node.inputs
    return y * (dy - sum(y * dy, -1, keepdims=True))


def _logsumexp(y: Tensor) -> Tensor:
    largest, _, total = _parts(y.inputs[0])
    return reshape(largest + log(total), y.shape)


def _cross_entropy(y: Tensor) -> Tensor:
    logits, labels = y.inputs
    classes = logits.shape[-1]
    largest, _, total = _parts(logits)
    at = iota(*labels.shape) * classes + minimum(labels, classes - 1)
    right = gather(reshape(logits, (logits.size,)), at)
    return log(reshape(total, y.shape)) - (right - reshape(largest, y.shape))


def _cross_entropy_gradient(y: Tensor) -> Tensor:
    logits, labels, upstream = y.inputs
    classes = logits.shape[-1]
    _, e, total = _parts(logits)
    right = equal(iota(classes), reshape(minimum(labels, classes - 1), (*labels.shape, 1)))
    return (e / total - right) * reshape(upstream, (*upstream.shape, 1))


SPLITS: dict[str, Split] = {
    "softmax": _softmax,
    "softmax_gradient": _softmax_gradient,
    "logsumexp": _logsumexp,
    "cross_entropy": _cross_entropy,
    "cross_entropy_gradient": _cross_entropy_gradient,
}
