"""ONNX's layers in our words. Its channels stand second, ours last; its recurrent gates stand in other orders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from site_builder import graph as g
from site_builder.graph import Tensor
from tests.onnx.node import Builder, Node


def channels_last(x: Tensor) -> Tensor:
    return g.transpose(x, (0, *range(2, len(x.shape)), 1))


def channels_second(x: Tensor) -> Tensor:
    return g.transpose(x, (0, len(x.shape) - 1, *range(1, len(x.shape) - 1)))


def of_channels(x: Tensor, like: Tensor) -> Tensor:
    """A number for each channel, to be broadcast with what has its channels second."""
    return g.reshape(x, (x.shape[0], *[1] * (len(like.shape) - 2)))


def padding(n: Node, window: tuple[int, ...], stride: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """(before, after) of each axis; with `ceil_mode` more stands after the last one."""
    axes = len(window)
    lengths, kind = n[0].shape[2:], n.get("auto_pad", "NOTSET")
    if kind.startswith("SAME"):
        pairs = []
        for length, k, s in zip(lengths, window, stride, strict=True):
            missing = max((-(-length // s) - 1) * s + k - length, 0)
            less, more = missing // 2, missing - missing // 2
            pairs.append((less, more) if kind == "SAME_UPPER" else (more, less))
        return tuple(pairs)
    pads = n.get("pads", [0] * 2 * axes)
    return tuple(zip(pads[:axes], pads[axes:], strict=True))


def given(pairs: tuple[tuple[int, int], ...]) -> tuple[int, int] | tuple[tuple[int, int], ...]:
    return pairs[0] if len(pairs) == 1 else pairs


def convolution(n: Node) -> Tensor:
    x, w = channels_last(n[0]), n[1]
    axes = len(w.shape) - 2
    stride = tuple(n.get("strides", [1] * axes))
    weights = g.transpose(w, (*range(2, axes + 2), 1, 0))
    y = g.convolution(x, weights, stride, given(padding(n, w.shape[2:], stride)))
    y = channels_second(y)
    return y + of_channels(n[2], y) if n.has(2) else y


def pooled(word: Callable[..., Tensor]) -> Builder:
    def build(n: Node) -> Tensor:
        window = tuple(n.get("kernel_shape"))
        stride = tuple(n.get("strides", [1] * len(window)))
        pairs = padding(n, window, stride)
        pool = lambda x: channels_second(word(channels_last(x), window, stride, given(pairs)))  # noqa: E731
        y = pool(n[0])
        if word is g.average_pool and not n.get("count_include_pad", 0) and any(map(any, pairs)):
            y = y / pool(g.full(n[0].shape, 1.0))
        return y

    return build


def batch_normalisation(n: Node) -> Tensor:
    x, scale, shift, mean, variance = n.all()
    mean, variance, scale, shift = (of_channels(each, x) for each in (mean, variance, scale, shift))
    return (x - mean) / g.sqrt(variance + n.get("epsilon", 1e-5)) * scale + shift


def layer_normalisation(n: Node) -> list[Tensor]:
    """Over all axes from the attribute's on."""
    shape, rank = n[0].shape, len(n[0].shape)
    axis, epsilon = n.get("axis", -1) % rank, n.get("epsilon", 1e-5)
    axes = tuple(range(axis, rank))
    rows = g.reshape(n[0], (*shape[:axis], -1))
    y = g.reshape(g.layer_norm(rows, epsilon=epsilon), shape) * n[1]
    y = y + n[2] if n.has(2) else y
    mean = g.mean(n[0], axes, keepdims=True)
    return [y, mean, 1 / g.sqrt(g.var(n[0], axes, keepdims=True) + epsilon)][: len(n.test.outputs)]


def rms_normalisation(n: Node) -> Tensor:
    shape = n[0].shape
    axis = n.get("axis", -1) % len(shape)
    rows = g.reshape(n[0], (*shape[:axis], -1))
    return g.reshape(g.rms_norm(rows, epsilon=n.get("epsilon", 1e-5)), shape) * n[1]


def mean_variance_normalisation(n: Node) -> Tensor:
    axes = tuple(n.get("axes", (0, 2, 3)))
    return (n[0] - g.mean(n[0], axes, keepdims=True)) / g.sqrt(g.var(n[0], axes, keepdims=True) + 1e-9)


def linear(n: Node) -> Tensor:
    a, b = n[0], n[1]
    a = g.transpose(a, (1, 0)) if n.get("transA", 0) else a
    b = g.transpose(b, (1, 0)) if n.get("transB", 0) else b
    y = n.get("alpha", 1.0) * (a @ b)
    return y + n.get("beta", 1.0) * n[2] if n.has(2) else y


def local_response(n: Node) -> Tensor:
    size, x = n.get("size"), n[0]
    before = (size - 1) // 2
    channels = x.shape[1]
    squares = g.pad(g.square(x), [(0, 0), (before, size - 1 - before), *[(0, 0)] * (len(x.shape) - 2)])
    total = sum(squares[:, k : k + channels] for k in range(1, size)) + squares[:, :channels]
    return x / (n.get("bias", 1.0) + n.get("alpha", 1e-4) / size * total) ** n.get("beta", 0.75)


def rows_and_labels(n: Node) -> tuple[Tensor, Tensor, Tensor]:
    """Scores with classes last, the labels, and the weight of each: 0 where the label is ignored."""
    ignored = n.get("ignore_index")
    labels = n.array(1)
    kept = np.ones(labels.shape, bool) if ignored is None else labels != ignored
    n.test.inputs[1][...] = np.where(kept, labels, 0)  # type: ignore[index]
    scores = channels_last(n[0])
    weights = n[2][n[1]] if n.has(2) else g.full(labels.shape, 1.0)
    return scores, n[1], weights * g.constant(kept.astype(np.float32)) if ignored is not None else weights


def reduced_loss(n: Node, losses: Tensor, weights: Tensor) -> Tensor:
    match n.get("reduction", "mean"):
        case "none":
            return losses * weights
        case "sum":
            return g.sum(losses * weights)
        case _:
            return g.mean(losses, weights=weights)


def cross_entropy(n: Node) -> list[Tensor]:
    scores, labels, weights = rows_and_labels(n)
    results = [reduced_loss(n, g.cross_entropy(scores, labels), weights)]
    return [*results, channels_second(g.log_softmax(scores))][: len(n.test.outputs)]


def negative_log_likelihood(n: Node) -> Tensor:
    scores, labels, weights = rows_and_labels(n)
    return reduced_loss(n, -g.sum(scores * g.one_hot(labels, scores.shape[-1]), -1), weights)


WORDS: dict[str, Builder] = {
    "AveragePool": pooled(g.average_pool),
    "BatchNormalization": batch_normalisation,
    "Conv": convolution,
    "Gemm": linear,
    "LRN": local_response,
    "LayerNormalization": layer_normalisation,
    "MatMul": lambda n: n[0] @ n[1],
    "MaxPool": pooled(g.max_pool),
    "MeanVarianceNormalization": mean_variance_normalisation,
    "NegativeLogLikelihoodLoss": negative_log_likelihood,
    "RMSNormalization": rms_normalisation,
    "SoftmaxCrossEntropyLoss": cross_entropy,
}
