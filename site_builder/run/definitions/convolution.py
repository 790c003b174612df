"""Convolutions and pools, as NumPy defines them: over all windows of the padded images at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import Tensor
from ..arrays import Array
from .table import Definition


def _padding(y: Tensor) -> tuple[tuple[int, int], ...]:
    top, bottom, left, right = y.attributes["padding"]
    return (0, 0), (top, bottom), (left, right), (0, 0)


def _windows(y: Tensor, x: Array, window: tuple[int, ...], outside: float = 0.0) -> Any:
    """[batch, windows below one another, side by side, channels, *window], a view of the padded x."""
    down, across = y.attributes["stride"]
    padded = np.pad(x, _padding(y), constant_values=outside)
    return np.lib.stride_tricks.sliding_window_view(padded, window, (1, 2))[:, ::down, ::across]


def _folded(y: Tensor, parts: Array) -> Array:
    """The images whose every pixel is the sum of `parts`, [batch, …, …, channels, *window], that lie on it."""
    (down, across), (_, (top, _), (left, _), _) = y.attributes["stride"], _padding(y)
    (images, high, wide, _), channels = y.shape, parts.shape[3]
    padded = np.zeros((images, *(n + sum(p) for n, p in zip((high, wide), _padding(y)[1:3], strict=True)), channels))
    rows, columns = parts.shape[1:3]
    for tap_y in range(parts.shape[4]):
        for tap_x in range(parts.shape[5]):
            last_y, last_x = tap_y + (rows - 1) * down, tap_x + (columns - 1) * across
            padded[:, tap_y : last_y + 1 : down, tap_x : last_x + 1 : across] += parts[..., tap_y, tap_x]
    return padded[:, top : top + high, left : left + wide].astype(parts.dtype)


def _convolution(y: Tensor, x: Array, w: Array) -> Any:
    return np.einsum("npqiyx,yxio->npqo", _windows(y, x, w.shape[:2]), w, optimize=True)


def _input_gradient(y: Tensor, w: Array, d: Array) -> Array:
    return _folded(y, np.einsum("npqo,yxio->npqiyx", d, w, optimize=True))


def _weight_gradient(y: Tensor, x: Array, d: Array) -> Array:
    """Part after part of the windows: [windows, inputs, *taps] and [windows, outputs] -> [*taps, inputs, outputs]."""
    windows = _windows(y, x, y.shape[1:3])
    windows, d = windows.reshape(-1, *windows.shape[3:]), d.reshape(-1, d.shape[-1])
    length = -(-len(d) // y.shape[0])
    parts = [slice(part * length, (part + 1) * length) for part in range(y.shape[0])]
    return np.stack([np.tensordot(windows[p], d[p], (0, 0)).transpose(1, 2, 0, 3) for p in parts])


def _in_groups(of_one: Definition, cut: tuple[int, ...], joined: int) -> Definition:
    """`of_one` for each group: the inputs are cut along the axes `cut`, and what they give is joined along another."""

    def of_all(y: Tensor, *inputs: Array) -> Array:
        groups = y.attributes["groups"]
        parts = zip(*(np.split(x, groups, axis) for x, axis in zip(inputs, cut, strict=True)), strict=True)
        return np.concatenate([of_one(y, *part) for part in parts], joined)

    return of_all


def _candidates(y: Tensor, x: Array) -> Any:
    windows = _windows(y, x, y.attributes["window"], outside=-np.inf)
    return windows.reshape(*windows.shape[:4], -1)


def _max_pool_gradient(y: Tensor, index: Array, d: Array) -> Array:
    window = y.attributes["window"]
    hits = index[..., None] == np.arange(window[0] * window[1])
    return _folded(y, (hits * d[..., None]).reshape(*d.shape, *window))


def _average_pool_gradient(y: Tensor, d: Array) -> Array:
    window = y.attributes["window"]
    share = d / (window[0] * window[1])
    return _folded(y, np.broadcast_to(share[..., None, None], (*d.shape, *window)))


DEFINITIONS: dict[str, Definition] = {
    "convolution": _convolution,
    "convolution_input_gradient": _input_gradient,
    "convolution_weight_gradient": _weight_gradient,
    "grouped_convolution": _in_groups(_convolution, (3, 3), 3),
    "grouped_convolution_input_gradient": _in_groups(_input_gradient, (3, 3), 3),
    "grouped_convolution_weight_gradient": _in_groups(_weight_gradient, (3, 3), 4),
    "max_pool": lambda y, x: _candidates(y, x).max(axis=-1),
    "max_pool_index": lambda y, x: _candidates(y, x).argmax(axis=-1).astype(np.uint32),
    "max_pool_gradient": _max_pool_gradient,
    "average_pool": lambda y, x: _windows(y, x, y.attributes["window"]).mean(axis=(-2, -1)),
    "average_pool_gradient": _average_pool_gradient,
}
