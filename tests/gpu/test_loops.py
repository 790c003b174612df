"""Rows of `plan/anchors/` say how many passes through loops their kernels take: counted, for every kernel.

Each is run with a counter in the head of every loop, a few times, some of its sizes being large and others small: any
two differ in some run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder.errors import GraphError
from site_builder.graph.passes import simplify
from site_builder.graph.program import topological
from site_builder.plan.anchors import ANCHORS, Anchor, is_anchor, paired
from site_builder.plan.kernels import Binding, Kernel, load
from site_builder.run.device import LIMITS
from site_builder.selfcheck.cases import CASES, model_of

from .conftest import Dispatch, Job, dispatcher, missing

SHADERS = Path(__file__).parents[2] / "shaders"
FILES = sorted(
    path.relative_to(SHADERS.parent).as_posix()
    for path in SHADERS.rglob("*.wgsl")
    if path.parent.name not in ("device", "elementwise", "lib", "plots", "processor")  # without loops
    and path.name != "gather.wgsl"
)
SMALL, LARGE, NESTED = 8, 1_000, 80  # the last where loops lie in loops
PLACES = ("_OFFSET", "_OUTER", "_HEAD", "_ROW", "_INNER", "_COLUMN", "_BATCH")  # where operands lie
FIXED = {
    "TOP",
    "LEFT",
    "STRIDE_Y",
    "STRIDE_X",
    "PARTS",
    "BEGIN",
    "ASCENDING",
    "STEP",
    "PIVOTING",
    "LOWER",
    "UNIT",
}  # which make no loop longer
COUNTER = """
var<private> passes: u32;
fn counted() -> bool { passes += 1u; atomicMax(&most, passes); return true; }
"""


@cache
def rows() -> dict[str, Anchor]:
    """Kernel -> the row that names it, gathered from the cases of all ops, with derivatives."""
    found: dict[str, Anchor] = {}
    for case in CASES:
        for assignment_set in (model_of(case).programs["run"], *_differentiated(case)):
            nodes = [n for n in topological(a.value for a in simplify(assignment_set.assignments)) if is_anchor(n)]
            for node in nodes:
                pair = paired(node, nodes)
                for anchor in (ANCHORS[node.op], *([pair[0]] if pair else [])):
                    first = node if pair is None or anchor is not pair[0] else pair[1][0]
                    for file in (anchor.file(first), *anchor.variants(first)):
                        found.setdefault(file, anchor)
    return found


def _differentiated(case: Any) -> Iterator[Any]:
    try:
        yield model_of(case, differentiate=True).programs["run"]
    except GraphError:  # what has no derivative
        return


@pytest.fixture(scope="module")
def counting(device: Any) -> Iterator[Dispatch]:
    """A device with a storage buffer more, for the counter."""
    more = {**LIMITS, "max-storage-buffers-per-shader-stage": 9}
    if device.adapter.limits["max-storage-buffers-per-shader-stage"] < 9:
        missing("a ninth storage buffer")
    own = device.adapter.request_device_sync(required_limits=more, required_features=sorted(device.features))
    yield dispatcher(own)
    own.destroy()


@pytest.mark.parametrize("file", FILES)
def test_a_row_says_how_long_its_kernels_loop(counting: Dispatch, file: str) -> None:
    kernel, anchor = load(file), rows()[file]
    lengths = [name for name in kernel.overrides if not name.endswith(PLACES) and name not in FIXED]
    large = NESTED if "WINDOW_HEIGHT" in lengths or "HEAD_DIM" in lengths else LARGE
    large = 32 if "triangular" in file else large  # for which it has an array
    for bit in range(len(lengths).bit_length()):
        sizes = {name: int(default) for name, default in kernel.overrides.items()}
        sizes |= {name: large if n >> bit & 1 else SMALL for n, name in enumerate(lengths, 1)}
        if "SIGHT" in sizes:
            sizes["SIGHT"] = sizes["KEYS"] + sizes["QUERIES"]
        passes, stated = count(counting, kernel, sizes), anchor.passes(file, sizes)
        assert 0 < passes <= stated, sizes
        if "convolution_input_gradient" not in file:  # of whose taps few are inside at the corner where this looks
            assert stated <= 4 * passes + 400, sizes  # some take four at a time; some hundred passes end a kernel


def count(counting: Dispatch, kernel: Kernel, sizes: dict[str, int]) -> int:
    """The most passes through loops that any invocation takes."""
    last = max(n for n, line in enumerate(kernel.lines) if "@binding(" in line.text)
    lines = [re.sub(r"\bfor \(([^;]*);", r"for (\1; counted() &&", line.text) for line in kernel.lines]
    binding = f"@group(0) @binding({len(kernel.bindings)}) var<storage, read_write> most: atomic<u32>;"
    wgsl = "\n".join([*lines[: last + 1], binding, COUNTER, *lines[last + 1 :], ""])
    bindings = (*kernel.bindings, Binding("most", "read_write", "u32"))
    # Numbers that say how many keys or rows there are say that there are all.
    inputs = {
        b.name: np.full(2**18, sizes.get("KEYS", 0), np.uint32 if b.dtype == "u32" else np.float32)
        for b in kernel.bindings
    }
    job = Job(replace(kernel, wgsl=wgsl, bindings=bindings), inputs, {"most": np.zeros(1, np.uint32)}, (1, 1, 1), sizes)
    return int(counting(job)["most"][0])
