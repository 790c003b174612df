"""WebGPU's limits, which hold on every device, and whether a plan keeps to them.

In: a plan, and the author's lines that its buffers come from. Out: nothing, or an error of one sentence: which limit it
is, what devices have, and what needs more of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

from ..errors import PlanError
from ..graph.tensor import AuthorLine, located
from ..graph.types import BYTES_PER_ELEMENT
from ..project.paths import shipped
from .plan import Buffer, Plan

# The defaults of the WebGPU specification (section 3.6.2), those of its compatibility mode where that promises less: a
# plan that keeps to them runs wherever WebGPU does. One number is ours, since WebGPU promises nothing of it. The page's
# runtime reads the same file.
LIMITS = shipped("shaders") / "device/limits.json"
_NUMBERS: Mapping[str, int] = json.loads(LIMITS.read_text(encoding="utf-8"))
MEMORY = _NUMBERS["buildSiteMaxMemory"]  # bytes of a plan: more would be too much for many a reader's machine
PROMISED = {name: number for name, number in _NUMBERS.items() if not name.startswith("buildSite")}
STORAGE_BUFFERS = PROMISED["maxStorageBuffersPerShaderStage"]  # how many buffers one dispatch can bind

HINT = "Make the batch or the model smaller"


def check(plan: Plan, lines: Mapping[int, AuthorLine | None] = {}) -> None:
    """Raise PlanError where the plan needs more than WebGPU promises, before anything is allocated.

    `lines`: number of a buffer -> the author's line that it comes from, where that is known. Runners ask devices for
    these limits and no more, so that a plan that runs here runs in every reader's browser.
    """
    for limit, needed, what, buffer in _needs(plan):
        if needed > PROMISED[limit]:
            message = f"{plan.name} needs {limit} of {needed} for {what}, and the device offers {PROMISED[limit]}"
            raise PlanError(message, *located(lines.get(buffer)), hint=HINT)
    if plan.bytes > MEMORY:
        largest = max(range(len(plan.buffers)), key=lambda number: _size(plan.buffers[number]))
        message = f"{plan.name} needs {plan.bytes} bytes of memory, and the page gives no demo more than {MEMORY}"
        raise PlanError(message, *located(lines.get(largest)), hint=HINT)


def _needs(plan: Plan) -> Iterator[tuple[str, int, str, int]]:
    """(limit, how much of it, for what, the number of the buffer that it is about or -1)."""
    for number, size in enumerate(plan.allocations):
        held = [n for n, buffer in enumerate(plan.buffers) if buffer.allocation == number]
        largest = max(held, key=lambda n: _size(plan.buffers[n]), default=-1)
        what, bound = f"allocation {number}", 0
        if held:
            buffer = plan.buffers[largest]
            what, bound = f"{buffer.name or 'an intermediate result'} {list(buffer.shape)}", _size(buffer)
        yield "maxBufferSize", size, what, largest
        yield "maxStorageBufferBindingSize", bound, what, largest
    for kernel in plan.kernels:
        yield "maxStorageBuffersPerShaderStage", len(kernel.access), plan.sources[kernel.source].file, -1
    for name, program in plan.programs.items():
        for step in program.steps:
            file = plan.sources[plan.kernels[step.kernel].source].file
            yield "maxComputeWorkgroupsPerDimension", max(step.workgroups), f"{file} in program {name}", -1


def _size(buffer: Buffer) -> int:
    """In bytes."""
    return math.prod(buffer.shape) * BYTES_PER_ELEMENT
