"""What a row says of an anchor's kernel, and the grids that rows share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ...graph import Tensor
from ..kernels import Kernel
from ..limits import PROMISED

Sizes = dict[str, int]
Feed = Literal["buffer", "rows", "strided", "light", "inline"]
WORKGROUPS = PROMISED["maxComputeWorkgroupsPerDimension"]
LARGE = 2**20  # multiplications from which a product is worth the longer compilation of blocks in registers
VERY_LARGE = 2**26  # and from which it is worth that of the widest blocks
# Passes through loops that a driver runs of one invocation, in all its loops together, those inside others counted each
# time. Past them lavapipe goes on with the first pass of each loop alone, and says nothing: Mesa's
# LP_MAX_TGSI_LOOP_ITERATIONS (src/gallium/auxiliary/gallivm/lp_bld_limits.h).
PASSES = 2**16 - 1
STORED = 128  # passes at most that storing a block takes


@dataclass(frozen=True)
class Anchor:
    """How one kernel computes one op, or two.

    feeds: binding -> (position of the op's input, how):
        buffer   the kernel indexes the binding itself
        rows     the same, of a view: `sizes` gives offset and strides by `views.strided(x, rows=True)`; the last is 1
        strided  the same, with any strides
        light    through a load port, often more than once an element: only cheap expressions are spliced in
        inline   through a load port, once an element: anything elementwise is spliced in
    """

    file: Callable[[Tensor], str]
    feeds: Mapping[str, tuple[int, Feed]]
    sizes: Callable[[Tensor], Sizes]
    stores: Mapping[str, str]  # op -> store port
    cells: Callable[[Kernel, Sizes], int]  # invocations
    passes: Callable[[str, Sizes], int]  # of a kernel's file: passes through its loops, of one invocation at most
    variants: Callable[[Tensor], tuple[str, ...]] = lambda y: ()  # files with the same bindings, the best first


def along(count: Callable[[Sizes], int]) -> Callable[[Kernel, Sizes], int]:
    return lambda kernel, sizes: count(sizes)


def fits(passes: int) -> bool:
    """Whether drivers run so many passes."""
    return passes <= PASSES


def loop(trips: int, inside: int = 0) -> int:
    """Passes through a loop and those inside it: one a trip, and the one that ends the loop."""
    return trips * (1 + inside) + 1


def looping(count: Callable[[Sizes], int]) -> Callable[[str, Sizes], int]:
    """The passes of kernels whose variants take no more."""
    return lambda file, sizes: count(sizes)


def blocks(kernel: Kernel, sizes: Sizes) -> int:
    """An invocation for each block; for each block of those kernels in which four lanes share what they read, four."""
    across = math.ceil(sizes["COLUMNS"] / kernel.constants["BLOCK_COLUMNS"])
    lanes = 4 if kernel.requires == "subgroups" else 1
    return across * math.ceil(sizes["ROWS"] / kernel.constants["BLOCK_ROWS"]) * lanes


def better(file: str, *kinds: str) -> tuple[str, ...]:
    """Variants of a `_vec4` kernel; of others none. `_quad`: four lanes share what they read; `_half`: of 11 bits."""
    return tuple(file.replace("_vec4", kind) for kind in kinds) if file.endswith("_vec4.wgsl") else ()


def grid(kernel: Kernel, cells: int) -> tuple[int, int, int]:
    """Workgroups for `cells` invocations, folded into two dimensions where one would be too long."""
    x, y = math.ceil(cells / kernel.workgroup_size[0]), 1
    if x > WORKGROUPS:
        y = math.ceil(x / WORKGROUPS)
        x = math.ceil(x / y)
    return x, y, 1
