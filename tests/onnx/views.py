"""ONNX's ops that move elements, or find them, in our words."""

from __future__ import annotations

import math

import numpy as np

from site_builder import graph as g
from site_builder.graph import Tensor
from tests.onnx.node import Builder, Node


def concat(n: Node) -> Tensor:
    return g.concatenate(n.all(), n.get("axis"))


def constant_of_shape(n: Node) -> Tensor:
    from onnx import numpy_helper

    value = n.get("value")
    number = 0.0 if value is None else float(numpy_helper.to_array(value).ravel()[0])
    return g.full(n.whole(0), number)


def depth_to_space(n: Node) -> Tensor:
    batch, channels, height, width = n[0].shape
    block = n.get("blocksize")
    inner = channels // block**2
    if n.get("mode", "DCR") == "DCR":
        parts = g.transpose(g.reshape(n[0], (batch, block, block, inner, height, width)), (0, 3, 4, 1, 5, 2))
    else:
        parts = g.transpose(g.reshape(n[0], (batch, inner, block, block, height, width)), (0, 1, 4, 2, 5, 3))
    return g.reshape(parts, (batch, inner, height * block, width * block))


def space_to_depth(n: Node) -> Tensor:
    batch, channels, height, width = n[0].shape
    block = n.get("blocksize")
    cut = g.reshape(n[0], (batch, channels, height // block, block, width // block, block))
    axes = (0, 3, 5, 1, 2, 4) if n.get("mode", "DCR") == "DCR" else (0, 1, 3, 5, 2, 4)
    return g.reshape(g.transpose(cut, axes), (batch, channels * block**2, height // block, width // block))


def expand(n: Node) -> Tensor:
    return g.broadcast(n[0], np.broadcast_shapes(n[0].shape, n.whole(1)))


def flatten(n: Node) -> Tensor:
    axis = n.get("axis", 1)
    axis += len(n[0].shape) if axis < 0 else 0
    return g.reshape(n[0], (math.prod(n[0].shape[:axis]), math.prod(n[0].shape[axis:])))


def places(n: Node, k: int, length: int) -> Tensor:
    """Input k as places on an axis, of which negative ones count from the end."""
    n.instead[k] = np.where(n.array(k) < 0, n.array(k) + length, n.array(k))
    return n[k]


def gather(n: Node) -> Tensor:
    axis = n.get("axis", 0) % len(n[0].shape)
    return n[0][(*[slice(None)] * axis, places(n, 1, n[0].shape[axis]))]


def one_hot(n: Node) -> Tensor:
    depth, (off, on) = int(n.array(1).ravel()[0]), n.array(2)
    hot = g.one_hot(g.cast(places(n, 0, depth), "u32"), depth)
    axis = n.get("axis", -1) % len(hot.shape)
    axes = [*range(len(hot.shape) - 1)]
    axes.insert(axis, len(hot.shape) - 1)
    return g.transpose(float(off) + (float(on) - float(off)) * hot, tuple(axes))


def reshape(n: Node) -> Tensor:
    given = n[0].shape
    shape = [given[k] if size == 0 and not n.get("allowzero") else size for k, size in enumerate(n.whole(1))]
    return g.reshape(n[0], tuple(shape))


def slice_of(n: Node) -> Tensor:
    starts, ends = n.whole(1), n.whole(2)
    axes = n.whole(3) if n.has(3) else tuple(range(len(starts)))
    steps = n.whole(4) if n.has(4) else (1,) * len(starts)
    index: list[slice] = [slice(None)] * len(n[0].shape)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        index[axis] = slice(start, end, step)
    return n[0][tuple(index)]


def split(n: Node) -> list[Tensor]:
    axis, x = n.get("axis", 0), n[0]
    count = len(n.test.outputs)
    length = x.shape[axis]
    each = -(-length // count)
    sizes = n.whole(1) if n.has(1) else (*[each] * (count - 1), length - each * (count - 1))
    ends = np.cumsum(sizes)
    index = [slice(None)] * (axis % len(x.shape))
    return [x[(*index, slice(int(end - size), int(end)))] for size, end in zip(sizes, ends, strict=True)]


def squeeze(n: Node) -> Tensor:
    rank = len(n[0].shape)
    axes = n.axes(1) or tuple(k for k, size in enumerate(n[0].shape) if size == 1)
    gone = {axis % rank for axis in axes}
    return g.reshape(n[0], tuple(size for k, size in enumerate(n[0].shape) if k not in gone))


def unsqueeze(n: Node) -> Tensor:
    axes, size = n.axes(1) or (), list(n[0].shape)
    for axis in sorted(axis % (len(size) + len(axes)) for axis in axes):
        size.insert(axis, 1)
    return g.reshape(n[0], tuple(size))


def transpose(n: Node) -> Tensor:
    return g.transpose(n[0], tuple(n.get("perm", reversed(range(len(n[0].shape))))))


def trilu(n: Node) -> Tensor:
    word = g.triu if n.get("upper", 1) else g.tril
    return word(n[0], n.whole(1)[0] if n.has(1) else 0)


def eye(n: Node) -> Tensor:
    rows, columns = n.test.inputs[0].shape  # type: ignore[union-attr]
    k = n.get("k", 0)
    return g.eye(rows + abs(k), columns + abs(k))[max(k, 0) :, max(-k, 0) :][:rows, :columns]


def shape(n: Node) -> Tensor:
    return g.constant(np.array(n.array(0).shape[slice(n.get("start", 0), n.get("end"))]))


def gather_elements(n: Node) -> Tensor:
    axis = n.get("axis", 0) % len(n[0].shape)
    x = n[0][tuple(slice(m if k != axis else None) for k, m in enumerate(n[1].shape))]
    return g.take_along_axis(x, n[1], axis)


def gather_nd(n: Node) -> Tensor:
    """The last axis of the places names one element, or one part, each."""
    batch, depth = n.get("batch_dims", 0), n.array(1).shape[-1]
    rows = [g.reshape(g.iota(n[0].shape[k]), (-1, *[1] * (len(n[1].shape) - 2 - k))) for k in range(batch)]
    return n[0][(*rows, *(n[1][..., k] for k in range(depth)))]


def pad(n: Node) -> Tensor:
    rank = len(n[0].shape)
    axes = [axis % rank for axis in n.whole(3)] if n.has(3) else list(range(rank))
    pads, widths = n.whole(1), [(0, 0)] * rank
    for k, axis in enumerate(axes):
        widths[axis] = (pads[k], pads[len(axes) + k])
    mode = n.get("mode", "constant")
    number = float(n.array(2)) if n.has(2) else 0.0
    if mode == "constant" and number:
        return g.pad(n[0] - number, widths) + number
    return g.pad(n[0], widths, {"edge": "replicate", "wrap": "circular"}.get(mode, mode))


def scatter(n: Node) -> Tensor:
    """Added to, or replaced by, what is given: 0 first where something is replaced."""
    axis, x, places, values = n.get("axis", 0), n[0], n[1], n[2]
    if n.get("reduction", "none") == "none":
        x = x * (1 - g.minimum(g.scatter_add(g.zeros_like(x), places, g.ones_like(values), axis), 1.0))
    return g.scatter_add(x, places, values, axis)


def center_crop_pad(n: Node) -> Tensor:
    x = n[0]
    axes = n.get("axes") or range(len(x.shape))
    for axis, length in zip(axes, n.whole(1), strict=True):
        axis %= len(x.shape)
        more = length - x.shape[axis]
        index: list[slice] = [slice(None)] * len(x.shape)
        if more < 0:
            start = -more // 2
            index[axis] = slice(start, start + length)
            x = x[tuple(index)]
        elif more:
            widths = [(0, 0)] * len(x.shape)
            widths[axis] = (more // 2, more - more // 2)
            x = g.pad(x, widths)
    return x


WORDS: dict[str, Builder] = {
    "CenterCropPad": center_crop_pad,
    "Concat": concat,
    "ConstantOfShape": constant_of_shape,
    "DepthToSpace": depth_to_space,
    "Expand": expand,
    "EyeLike": eye,
    "Flatten": flatten,
    "Gather": gather,
    "GatherElements": gather_elements,
    "GatherND": gather_nd,
    "OneHot": one_hot,
    "Pad": pad,
    "Range": lambda n: g.arange(*(each.item() for each in map(n.array, range(3)))),
    "Reshape": reshape,
    "Scatter": scatter,
    "ScatterElements": scatter,
    "Shape": shape,
    "Size": lambda n: g.constant(n.array(0).size, "u32"),
    "Slice": slice_of,
    "SpaceToDepth": space_to_depth,
    "Split": split,
    "Squeeze": squeeze,
    "Tile": lambda n: g.tile(n[0], n.whole(1)),
    "Transpose": transpose,
    "Trilu": trilu,
    "Unsqueeze": unsqueeze,
}
