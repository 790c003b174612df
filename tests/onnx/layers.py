"""ONNX's layers in our words. Its channels stand second, ours last; its recurrent gates stand in other orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder import nn
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
    stride, dilation = (tuple(n.get(name, [1] * axes)) for name in ("strides", "dilations"))
    weights = g.transpose(w, (*range(2, axes + 2), 1, 0))
    around = given(padding(n, w.shape[2:], stride))
    y = g.convolution(x, weights, stride, around, dilation, n.get("group", 1))
    y = channels_second(y)
    return y + of_channels(n[2], y) if n.has(2) else y


def transposed_convolution(n: Node) -> Tensor:
    """All of what the windows reach, zeros after it, and then less by `pads`, or as much as is asked for."""
    x, w = channels_last(n[0]), n[1]
    axes = len(w.shape) - 2
    stride, dilation = (tuple(n.get(name, [1] * axes)) for name in ("strides", "dilations"))
    more = n.get("output_padding", [0] * axes)
    groups = n.get("group", 1)
    weights = g.transpose(w, (*range(2, axes + 2), 1, 0))
    y = g.transposed_convolution(x, weights, stride, "valid", 0, dilation, groups)
    y = g.pad(y, [(0, 0), *((0, each) for each in more), (0, 0)])
    wanted = n.test.outputs[0]
    assert wanted is not None
    pads = n.get("pads", [0] * 2 * axes)
    for axis, length in enumerate(wanted.shape[2:]):
        missing = y.shape[axis + 1] - length
        start = missing // 2 if "output_shape" in n.test.attributes else pads[axis]
        start = missing // 2 if n.get("auto_pad", "NOTSET") == "SAME_UPPER" else start
        y = y[(*[slice(None)] * (axis + 1), slice(start, start + length))]
    return channels_second(y)


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
    n.instead[1] = np.where(kept, labels, 0)
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


def group_normalisation(n: Node) -> Tensor:
    return channels_second(g.group_norm(channels_last(n[0]), n.get("num_groups"), n[1], n[2], n.get("epsilon", 1e-5)))


def instance_normalisation(n: Node) -> Tensor:
    return channels_second(g.instance_norm(channels_last(n[0]), n[1], n[2], n.get("epsilon", 1e-5)))


def cells(n: Node, kind: type[nn.RNN] | type[nn.GRU] | type[nn.LSTM], order: tuple[int, ...]) -> list[Tensor | None]:
    """A recurrent layer with the weights given. `order`: where ONNX has each of our gates. Time stands first."""
    hidden, gates = n.get("hidden_size"), len(order)

    def in_order(w: Tensor) -> Tensor:
        return g.concatenate([w[k * hidden : (k + 1) * hidden] for k in order], 0)

    x = n[0] if n.get("layout", 0) else g.transpose(n[0], (1, 0, 2))
    network = kind(x.shape[-1], hidden)
    (cell,) = network.cells
    bias = n[3][0] if n.has(3) else g.full((2 * gates * hidden,), 0.0)
    cell.weight_ih, cell.weight_hh = (g.transpose(in_order(n[k][0]), (1, 0)) for k in (1, 2))
    cell.bias_ih, cell.bias_hh = in_order(bias[: gates * hidden]), in_order(bias[gates * hidden :])
    y, states = network.unroll(x)
    first = [y[:, :, None], *(state[:, None] for state in states[0])]
    if not n.get("layout", 0):
        first = [g.transpose(y, (1, 0, 2))[:, None], *(state[None] for state in states[0])]
    return [each if wanted is not None else None for each, wanted in zip(first, n.test.outputs, strict=False)]


def attention(n: Node) -> Tensor:
    """[batch, heads, time, features], or heads and features as one axis, last."""
    parts = [n[0], n[1], n[2]]
    heads = [n.get("q_num_heads"), *[n.get("kv_num_heads")] * 2]
    flat = len(n[0].shape) == 3
    if flat:
        parts = [g.reshape(x, (*x.shape[:2], count, -1)) for x, count in zip(parts, heads, strict=True)]
    else:
        parts = [g.transpose(x, (0, 2, 1, 3)) for x in parts]
    options: dict[str, Any] = {"causal": bool(n.get("is_causal", 0)), "scale": n.get("scale")}
    if n.has(3):
        options["mask" if n.array(3).dtype == bool else "bias"] = n[3]
    y = g.attention(*parts, **options)
    return g.reshape(y, (*y.shape[:2], -1)) if flat else g.transpose(y, (0, 2, 1, 3))


def resize(n: Node) -> Tensor:
    """By whole factors, to the nearest or linearly, as networks enlarge and reduce images."""
    x, wanted = n[0], n.test.outputs[0]
    assert wanted is not None
    mode = "nearest" if n.get("mode", "nearest") == "nearest" else "bilinear"
    return channels_second(g.interpolate(channels_last(x), wanted.shape[2:], mode=mode))


WORDS: dict[str, Builder] = {
    "Attention": attention,
    "AveragePool": pooled(g.average_pool),
    "BatchNormalization": batch_normalisation,
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "GRU": lambda n: cells(n, nn.GRU, (1, 0, 2)),
    "Gemm": linear,
    "GroupNormalization": group_normalisation,
    "InstanceNormalization": instance_normalisation,
    "LRN": local_response,
    "LSTM": lambda n: cells(n, nn.LSTM, (0, 2, 3, 1)),
    "LayerNormalization": layer_normalisation,
    "MatMul": lambda n: n[0] @ n[1],
    "MaxPool": pooled(g.max_pool),
    "MeanVarianceNormalization": mean_variance_normalisation,
    "NegativeLogLikelihoodLoss": negative_log_likelihood,
    "RNN": lambda n: cells(n, nn.RNN, (0,)),
    "RMSNormalization": rms_normalisation,
    "Resize": resize,
    "SoftmaxCrossEntropyLoss": cross_entropy,
    "Upsample": resize,
}
