"""The kernels of convolutions and pools, against NumPy in float64, at sizes around their blocks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from site_builder.selfcheck.cases import HALF_TOLERANCE

from ..conftest import Array
from .table import HALF, Case, Problem, f32, normal, u32

PARTS = 3
WINDOW, STRIDE, TOP, LEFT = (3, 2), (2, 1), 1, 1  # of every problem that is large enough; the others have one tap


def grid(images: int, height: int, width: int) -> dict[str, int]:
    """Sizes of images with a row and a column of padding all around, if a window has more than one tap."""
    large = height > 1
    (high, wide), (down, across) = (WINDOW, STRIDE) if large else ((1, 1), (1, 1))
    return {
        "IMAGES": images,
        "HEIGHT": height,
        "WIDTH": width,
        "OUT_HEIGHT": (height + 2 * large - high) // down + 1,
        "OUT_WIDTH": (width + 2 * large - wide) // across + 1,
        "WINDOW_HEIGHT": high,
        "WINDOW_WIDTH": wide,
        "STRIDE_Y": down,
        "STRIDE_X": across,
        "TOP": TOP * large,
        "LEFT": LEFT * large,
    }


def seen(s: dict[str, int]) -> Iterator[tuple[tuple[int, int], tuple[int, ...], tuple[int, ...]]]:
    """(tap, window, pixel) wherever a window has a pixel of the image at a tap."""
    for y, x, tap_y, tap_x in np.ndindex(s["OUT_HEIGHT"], s["OUT_WIDTH"], s["WINDOW_HEIGHT"], s["WINDOW_WIDTH"]):
        pixel = y * s["STRIDE_Y"] + tap_y - s["TOP"], x * s["STRIDE_X"] + tap_x - s["LEFT"]
        if 0 <= pixel[0] < s["HEIGHT"] and 0 <= pixel[1] < s["WIDTH"]:
            yield (tap_y, tap_x), (y, x), pixel


def tensors(rng: np.random.Generator, s: dict[str, int], inputs: int, outputs: int) -> tuple[Array, Array, Array]:
    x = normal(rng, s["IMAGES"], s["HEIGHT"], s["WIDTH"], inputs)
    w = normal(rng, s["WINDOW_HEIGHT"], s["WINDOW_WIDTH"], inputs, outputs)
    return x, w, normal(rng, s["IMAGES"], s["OUT_HEIGHT"], s["OUT_WIDTH"], outputs)


def blocks(rows: int, block: int, quad: bool) -> int:
    """Blocks below one another; where four lanes work together, so many that each has one."""
    return 4 * math.ceil(rows / (4 * block)) if quad else math.ceil(rows / block)


def convolution(block: int, quad: bool = False) -> Callable[..., Problem]:
    def problem(rng: np.random.Generator, *sizes: int) -> Problem:
        s, (inputs, outputs) = grid(*sizes[:3]), sizes[3:]
        x, w, d = tensors(rng, s, inputs, outputs)
        y = np.zeros(d.shape)
        for tap, window, pixel in seen(s):
            y[:, *window] += x[:, *pixel].astype(np.float64) @ w[tap]
        cells = blocks(y[..., 0].size, block, quad) * math.ceil(outputs / 8)
        return Problem({**s, "INPUTS": inputs, "OUTPUTS": outputs}, {"x": x, "w": w}, {"y": f32(y)}, cells)

    return problem


def input_gradient(block: int, quad: bool = False) -> Callable[..., Problem]:
    def problem(rng: np.random.Generator, *sizes: int) -> Problem:
        s, (inputs, outputs) = grid(*sizes[:3]), sizes[3:]
        x, w, d = tensors(rng, s, inputs, outputs)
        dx = np.zeros(x.shape)
        for tap, window, pixel in seen(s):
            dx[:, *pixel] += d[:, *window].astype(np.float64) @ w[tap].T
        cells = blocks(x[..., 0].size, block, quad) * math.ceil(inputs / block)
        return Problem({**s, "INPUTS": inputs, "OUTPUTS": outputs}, {"w": w, "d": d}, {"dx": f32(dx)}, cells)

    return problem


def weight_gradient(block: int) -> Callable[..., Problem]:
    def problem(rng: np.random.Generator, *sizes: int) -> Problem:
        s, (inputs, outputs) = grid(*sizes[:3]), sizes[3:]
        x, w, d = tensors(rng, s, inputs, outputs)
        dw = np.zeros((PARTS, *w.shape))
        part = np.arange(d[..., 0].size).reshape(d.shape[:3]) // math.ceil(d[..., 0].size / PARTS)
        for tap, window, pixel in seen(s):
            for image in range(sizes[0]):
                dw[part[image, *window], *tap] += np.outer(x[image, *pixel], d[image, *window])
        taps = s["WINDOW_HEIGHT"] * s["WINDOW_WIDTH"]
        down = taps * math.ceil(inputs / block) if block == 8 else math.ceil(taps * inputs / block)
        sizes_of = {**s, "INPUTS": inputs, "OUTPUTS": outputs, "PARTS": PARTS}
        return Problem(sizes_of, {"x": x, "d": d}, {"dw": f32(dw)}, PARTS * down * math.ceil(outputs / block))

    return problem


def grouped(kind: str) -> Callable[..., Problem]:
    """[images, height, width, inputs of a group, outputs of a group, groups]."""

    def problem(rng: np.random.Generator, *sizes: int) -> Problem:
        s, (inputs, outputs, groups) = grid(*sizes[:3]), sizes[3:]
        x, _, d = tensors(rng, s, groups * inputs, groups * outputs)
        w = normal(rng, s["WINDOW_HEIGHT"], s["WINDOW_WIDTH"], inputs, groups * outputs)
        y, dx, dw = np.zeros(d.shape), np.zeros(x.shape), np.zeros((PARTS, *w.shape))
        part = np.arange(d[..., 0].size).reshape(d.shape[:3]) // math.ceil(d[..., 0].size / PARTS)
        for tap, window, pixel in seen(s):
            for n in range(groups):
                own, made = slice(n * inputs, (n + 1) * inputs), slice(n * outputs, (n + 1) * outputs)
                weights = w[*tap, :, made].astype(np.float64)
                y[:, *window, made] += x[:, *pixel, own] @ weights
                dx[:, *pixel, own] += d[:, *window, made] @ weights.T
                for image in range(sizes[0]):
                    dw[part[image, *window], *tap, :, made] += np.outer(x[image, *pixel, own], d[image, *window, made])
        of, given, result, cells = {
            "y": ({}, {"x": x, "w": w}, y, math.ceil(y[..., 0].size / 4) * y.shape[3]),
            "dx": ({}, {"w": w, "d": d}, dx, math.ceil(dx[..., 0].size / 4) * dx.shape[3]),
            "dw": ({"PARTS": PARTS}, {"x": x, "d": d}, dw, PARTS * math.ceil(w[..., 0].size / 4) * w.shape[3]),
        }[kind]
        s |= {"INPUTS": inputs, "OUTPUTS": outputs, "GROUPS": groups, **of}
        return Problem(s, given, {kind: f32(result)}, cells)

    return problem


def fours(images: Array) -> int:
    return images[..., 0].size * math.ceil(images.shape[-1] / 4)


def max_pool(rng: np.random.Generator, *sizes: int) -> Problem:
    s = grid(*sizes[:3])
    x = np.round(2 * normal(rng, *sizes))  # so that there are ties, of which the first must win
    y = np.full((sizes[0], s["OUT_HEIGHT"], s["OUT_WIDTH"], sizes[3]), -np.inf)
    index = np.zeros(y.shape, np.uint32)
    for (tap_y, tap_x), window, pixel in seen(s):
        larger = x[:, *pixel] > y[:, *window]
        y[:, *window] = np.where(larger, x[:, *pixel], y[:, *window])
        index[:, *window] = np.where(larger, tap_y * s["WINDOW_WIDTH"] + tap_x, index[:, *window])
    return Problem({**s, "CHANNELS": sizes[3]}, {"x": x}, {"y": f32(y), "index": index}, fours(y))


def max_pool_gradient(rng: np.random.Generator, *sizes: int) -> Problem:
    s = grid(*sizes[:3])
    d = normal(rng, sizes[0], s["OUT_HEIGHT"], s["OUT_WIDTH"], sizes[3])
    index = u32(rng.integers(0, s["WINDOW_HEIGHT"] * s["WINDOW_WIDTH"], d.shape))
    dx = np.zeros(sizes)
    for (tap_y, tap_x), window, pixel in seen(s):
        dx[:, *pixel] += (index[:, *window] == tap_y * s["WINDOW_WIDTH"] + tap_x) * d[:, *window]
    return Problem({**s, "CHANNELS": sizes[3]}, {"index": index, "d": d}, {"dx": f32(dx)}, fours(dx))


def average_pool(rng: np.random.Generator, *sizes: int) -> Problem:
    s, x = grid(*sizes[:3]), normal(rng, *sizes)
    y = np.zeros((sizes[0], s["OUT_HEIGHT"], s["OUT_WIDTH"], sizes[3]))
    for _, window, pixel in seen(s):
        y[:, *window] += x[:, *pixel] / (s["WINDOW_HEIGHT"] * s["WINDOW_WIDTH"])
    return Problem({**s, "CHANNELS": sizes[3]}, {"x": x}, {"y": f32(y)}, fours(y))


def average_pool_gradient(rng: np.random.Generator, *sizes: int) -> Problem:
    s = grid(*sizes[:3])
    d = normal(rng, sizes[0], s["OUT_HEIGHT"], s["OUT_WIDTH"], sizes[3])
    dx = np.zeros(sizes)
    for _, window, pixel in seen(s):
        dx[:, *pixel] += d[:, *window] / (s["WINDOW_HEIGHT"] * s["WINDOW_WIDTH"])
    return Problem({**s, "CHANNELS": sizes[3]}, {"d": d}, {"dx": f32(dx)}, fours(dx))


# [images, height, width, inputs, outputs]; a block is 4 or 8 windows of 4 or 8 channels
ANY = ((1, 1, 1, 1, 1), (3, 1, 1, 4, 4), (4, 1, 1, 3, 3), (5, 1, 1, 5, 9), (2, 7, 5, 3, 7), (3, 6, 9, 1, 16))
FOURS = ((1, 1, 1, 4, 4), (7, 1, 1, 8, 8), (8, 1, 1, 12, 8), (9, 1, 1, 8, 12), (2, 7, 5, 4, 20), (3, 6, 9, 16, 4))
QUADS = ((1, 1, 1, 4, 4), (31, 1, 1, 8, 8), (32, 1, 1, 12, 8), (33, 1, 1, 8, 12), (2, 7, 5, 4, 20), (3, 6, 9, 16, 4))
IMAGES = ((1, 1, 1, 1), (7, 1, 1, 9), (64, 1, 1, 4), (65, 1, 1, 5), (2, 7, 5, 3), (3, 6, 9, 1))
GROUPS = ((1, 1, 1, 1, 1, 1), (3, 1, 1, 4, 4, 2), (4, 1, 1, 1, 1, 64), (5, 1, 1, 5, 3, 3), (2, 7, 5, 1, 1, 65))
GROUPS += ((3, 6, 9, 1, 3, 5),)
SUMS = "f32 sums of up to 120 products of normal numbers"
MANY = "f32 sums of up to 180 products of normal numbers, which cancel"
EXACT = "numbers are moved, or compared, and not computed with"
FEW = "f32 sums of up to 6 numbers"

CASES = [
    Case("shaders/convolution/convolution.wgsl", ANY, convolution(4), 2e-6, SUMS),
    Case("shaders/convolution/convolution_vec4.wgsl", FOURS, convolution(8), 2e-6, SUMS),
    Case("shaders/convolution/convolution_half.wgsl", FOURS, convolution(8), HALF_TOLERANCE, HALF),
    Case("shaders/convolution/convolution_quad.wgsl", QUADS, convolution(8, quad=True), 2e-6, SUMS),
    Case("shaders/convolution/convolution_input_gradient.wgsl", ANY, input_gradient(4), 2e-6, SUMS),
    Case("shaders/convolution/convolution_input_gradient_vec4.wgsl", FOURS, input_gradient(8), 2e-6, SUMS),
    Case("shaders/convolution/convolution_input_gradient_quad.wgsl", QUADS, input_gradient(8, quad=True), 2e-6, SUMS),
    Case("shaders/convolution/convolution_weight_gradient.wgsl", ANY, weight_gradient(4), 3e-6, MANY),
    Case("shaders/convolution/convolution_weight_gradient_vec4.wgsl", FOURS, weight_gradient(8), 3e-6, MANY),
    Case("shaders/convolution/grouped_convolution.wgsl", GROUPS, grouped("y"), 2e-6, SUMS),
    Case("shaders/convolution/grouped_convolution_input_gradient.wgsl", GROUPS, grouped("dx"), 2e-6, SUMS),
    Case("shaders/convolution/grouped_convolution_weight_gradient.wgsl", GROUPS, grouped("dw"), 3e-6, MANY),
    Case("shaders/convolution/max_pool.wgsl", IMAGES, max_pool, 0, EXACT),
    Case("shaders/convolution/max_pool_gradient.wgsl", IMAGES, max_pool_gradient, 1e-6, FEW),
    Case("shaders/convolution/average_pool.wgsl", IMAGES, average_pool, 1e-6, FEW),
    Case("shaders/convolution/average_pool_gradient.wgsl", IMAGES, average_pool_gradient, 1e-6, FEW),
]
