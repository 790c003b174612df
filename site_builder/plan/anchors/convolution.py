"""Which kernel computes a convolution, a pool, or the gradient of one."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...graph import Tensor
from ..kernels import Kernel
from .table import LARGE, STORED, Anchor, Sizes, along, better, blocks, loop, looping


def _grid_sizes(y: Tensor, image: tuple[int, ...], windows: tuple[int, ...], window: tuple[int, ...]) -> Sizes:
    """The sizes that shaders/lib/window.wgsl declares, of images [batch, height, width, …] and their windows."""
    (down, across), (top, _, left, _) = y.attributes["stride"], y.attributes["padding"]
    return {
        "IMAGES": image[0],
        "HEIGHT": image[1],
        "WIDTH": image[2],
        "OUT_HEIGHT": windows[1],
        "OUT_WIDTH": windows[2],
        "WINDOW_HEIGHT": window[0],
        "WINDOW_WIDTH": window[1],
        "STRIDE_Y": down,
        "STRIDE_X": across,
        "TOP": top,
        "LEFT": left,
    }


def _sizes(y: Tensor) -> Sizes:
    """Of a convolution, or the gradient of one: of x, w and y two are inputs and one is the output, in some order."""
    first, second = y.inputs
    match y.op:
        case "convolution":
            x, w, out = first.shape, second.shape, y.shape
        case "convolution_input_gradient":
            x, w, out = y.shape, first.shape, second.shape
        case _:
            x, w, out = first.shape, y.shape[1:], second.shape
    return {**_grid_sizes(y, x, out, w[:2]), "INPUTS": w[2], "OUTPUTS": w[3]}


def _file(y: Tensor) -> str:
    s = _sizes(y)
    windows = s["IMAGES"] * s["OUT_HEIGHT"] * s["OUT_WIDTH"]
    products = windows * s["WINDOW_HEIGHT"] * s["WINDOW_WIDTH"] * s["INPUTS"] * s["OUTPUTS"]
    fours = s["INPUTS"] % 4 == 0 and s["OUTPUTS"] % 4 == 0
    return f"shaders/convolution/{y.op}{'_vec4' if fours and products >= LARGE else ''}.wgsl"


def _variants(y: Tensor) -> tuple[str, ...]:
    """With 8 channels out or fewer, half of the lanes of each quad would wait. Gradients are never halves."""
    halves = [] if y.attributes.get("single") else ["_half"]
    return better(_file(y), *halves, *(["_quad"] if y.shape[-1] > 8 else []))


def _input_gradient_variants(y: Tensor) -> tuple[str, ...]:
    """The same; and back through a stride most taps are left out, which lanes of a quad cannot do."""
    return better(_file(y), "_quad") if y.attributes["stride"] == (1, 1) and y.shape[-1] > 8 else ()


def _block_cells(kernel: Kernel, sizes: Sizes) -> int:
    """One invocation for each block of y, or of dL/dx: a row is a window, or a pixel."""
    if "input_gradient" in kernel.file:
        rows, columns = sizes["IMAGES"] * sizes["HEIGHT"] * sizes["WIDTH"], sizes["INPUTS"]
    else:
        rows, columns = sizes["IMAGES"] * sizes["OUT_HEIGHT"] * sizes["OUT_WIDTH"], sizes["OUTPUTS"]
    return blocks(kernel, {"ROWS": rows, "COLUMNS": columns})


def _weight_cells(kernel: Kernel, sizes: Sizes) -> int:
    """One invocation for each block of each part; blocks of vec4 do not reach from one tap to the next."""
    taps, columns = sizes["WINDOW_HEIGHT"] * sizes["WINDOW_WIDTH"], sizes["OUTPUTS"]
    if kernel.file.endswith("_vec4.wgsl"):
        count = taps * blocks(kernel, {"ROWS": sizes["INPUTS"], "COLUMNS": columns})
    else:
        count = blocks(kernel, {"ROWS": taps * sizes["INPUTS"], "COLUMNS": columns})
    return count * sizes["PARTS"]


def _grouped_sizes(y: Tensor) -> Sizes:
    """The sizes of one group, of which a convolution's weights say all but how many groups share their outputs."""
    first, second = y.inputs
    groups = y.attributes["groups"]
    match y.op:
        case "grouped_convolution":
            x, w, out = first.shape, second.shape, y.shape
        case "grouped_convolution_input_gradient":
            x, w, out = y.shape, first.shape, second.shape
        case _:
            x, w, out = first.shape, y.shape[1:], second.shape
    return {**_grid_sizes(y, x, out, w[:2]), "INPUTS": w[2], "OUTPUTS": w[3] // groups, "GROUPS": groups}


def _pixels(sizes: Sizes) -> int:
    return sizes["IMAGES"] * sizes["HEIGHT"] * sizes["WIDTH"]


def _pool_sizes(y: Tensor) -> Sizes:
    image, windows = (y, y.inputs[-1]) if y.op.endswith("_gradient") else (y.inputs[0], y)
    return {**_grid_sizes(y, image.shape, windows.shape, y.attributes["window"]), "CHANNELS": y.shape[3]}


def _fours(height: str, width: str) -> Callable[[Kernel, Sizes], int]:
    """One invocation for four channels of each window or pixel."""
    return along(lambda s: s["IMAGES"] * s[height] * s[width] * math.ceil(s["CHANNELS"] / 4))


def _windows(sizes: Sizes) -> int:
    return sizes["IMAGES"] * sizes["OUT_HEIGHT"] * sizes["OUT_WIDTH"]


def _rows(sizes: Sizes) -> int:
    """Weights of one channel out."""
    return sizes["WINDOW_HEIGHT"] * sizes["WINDOW_WIDTH"] * sizes["INPUTS"]


def _taps(sizes: Sizes, inside: int = 0) -> int:
    """Passes over the taps of a window, each with so many inside it."""
    return loop(sizes["WINDOW_HEIGHT"], loop(sizes["WINDOW_WIDTH"], inside))


def _taps_apart(sizes: Sizes) -> int:
    """Passes over those taps of a window that a pixel can have in a whole number of strides."""
    down = math.ceil(sizes["WINDOW_HEIGHT"] / sizes["STRIDE_Y"])
    return loop(down, loop(math.ceil(sizes["WINDOW_WIDTH"] / sizes["STRIDE_X"])))


_WINDOWS, _PIXELS = _fours("OUT_HEIGHT", "OUT_WIDTH"), _fours("HEIGHT", "WIDTH")
_MAX_POOL = Anchor(
    file=lambda y: "shaders/convolution/max_pool.wgsl",
    feeds={"x": (0, "light")},
    sizes=_pool_sizes,
    stores={"max_pool": "y", "max_pool_index": "index"},
    cells=_WINDOWS,
    passes=looping(_taps),
)


ANCHORS: dict[str, Anchor] = {
    "convolution": Anchor(
        _file,
        {"x": (0, "buffer"), "w": (1, "buffer")},
        _sizes,
        {"convolution": "y"},
        _block_cells,
        looping(lambda s: _taps(s, loop(s["INPUTS"])) + STORED),
        _variants,
    ),
    "convolution_input_gradient": Anchor(
        _file,
        {"w": (0, "buffer"), "d": (1, "buffer")},
        _sizes,
        {"convolution_input_gradient": "dx"},
        _block_cells,
        looping(lambda s: _taps(s, loop(s["OUTPUTS"])) + STORED),
        _input_gradient_variants,
    ),
    "convolution_weight_gradient": Anchor(
        _file,
        {"x": (0, "buffer"), "d": (1, "buffer")},
        lambda y: {**_sizes(y), "PARTS": y.shape[0]},
        {"convolution_weight_gradient": "dw"},
        _weight_cells,
        looping(lambda s: loop(math.ceil(_windows(s) / s["PARTS"])) + STORED),
    ),
    "grouped_convolution": Anchor(
        file=lambda y: "shaders/convolution/grouped_convolution.wgsl",
        feeds={"x": (0, "buffer"), "w": (1, "buffer")},
        sizes=_grouped_sizes,
        stores={"grouped_convolution": "y"},
        cells=along(lambda s: math.ceil(_windows(s) / 4) * s["GROUPS"] * s["OUTPUTS"]),
        passes=looping(lambda s: _taps(s, loop(s["INPUTS"]))),
    ),
    "grouped_convolution_input_gradient": Anchor(
        file=lambda y: "shaders/convolution/grouped_convolution_input_gradient.wgsl",
        feeds={"w": (0, "buffer"), "d": (1, "buffer")},
        sizes=_grouped_sizes,
        stores={"grouped_convolution_input_gradient": "dx"},
        cells=along(lambda s: math.ceil(_pixels(s) / 4) * s["GROUPS"] * s["INPUTS"]),
        passes=looping(lambda s: _taps(s, loop(s["OUTPUTS"]))),
    ),
    "grouped_convolution_weight_gradient": Anchor(
        file=lambda y: "shaders/convolution/grouped_convolution_weight_gradient.wgsl",
        feeds={"x": (0, "buffer"), "d": (1, "buffer")},
        sizes=lambda y: {**_grouped_sizes(y), "PARTS": y.shape[0]},
        stores={"grouped_convolution_weight_gradient": "dw"},
        cells=along(lambda s: s["PARTS"] * math.ceil(_rows(s) / 4) * s["GROUPS"] * s["OUTPUTS"]),
        passes=looping(lambda s: loop(math.ceil(_windows(s) / s["PARTS"]))),
    ),
    "max_pool": _MAX_POOL,
    "max_pool_index": _MAX_POOL,
    "max_pool_gradient": Anchor(
        file=lambda y: "shaders/convolution/max_pool_gradient.wgsl",
        feeds={"index": (0, "buffer"), "d": (1, "light")},
        sizes=_pool_sizes,
        stores={"max_pool_gradient": "dx"},
        cells=_PIXELS,
        passes=looping(_taps_apart),
    ),
    "average_pool": Anchor(
        file=lambda y: "shaders/convolution/average_pool.wgsl",
        feeds={"x": (0, "light")},
        sizes=_pool_sizes,
        stores={"average_pool": "y"},
        cells=_WINDOWS,
        passes=looping(_taps),
    ),
    "average_pool_gradient": Anchor(
        file=lambda y: "shaders/convolution/average_pool_gradient.wgsl",
        feeds={"d": (0, "light")},
        sizes=_pool_sizes,
        stores={"average_pool_gradient": "dx"},
        cells=_PIXELS,
        passes=looping(_taps_apart),
    ),
}


def pair(first: Tensor, second: Tensor) -> Anchor | None:
    """The largest number of each window, and where it stands."""
    fits = first.op == "max_pool" and second.op == "max_pool_index" and first.same_inputs(second)
    return _MAX_POOL if fits and first.attributes == second.attributes else None
