"""WebGPU's limits, which hold on every device, and whether a plan keeps to them.

In: a plan. Out: nothing, or an error of one sentence: which limit it is, what devices have, and what needs more of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

from ..errors import PlanError
from ..graph.types import BYTES_PER_ELEMENT
from ..project.paths import shipped
from .plan import Plan

# The defaults of the WebGPU specification (section 3.6.2): a plan that keeps to them runs wherever WebGPU does. The
# page's runtime reads the same file.
LIMITS = shipped("shaders") / "device/limits.json"
PROMISED: Mapping[str, int] = json.loads(LIMITS.read_text(encoding="utf-8"))
STORAGE_BUFFERS = PROMISED["maxStorageBuffersPerShaderStage"]  # how many buffers one dispatch can bind


def check(plan: Plan) -> None:
    """Raise PlanError where the plan needs more than WebGPU promises, before anything is allocated.

    Runners ask devices for these limits and no more, so that a plan that runs here runs in every reader's browser.
    """
    for limit, needed, what in _needs(plan):
        if needed > PROMISED[limit]:
            raise PlanError(
                f"{plan.name} needs {limit} of {needed} for {what}, and the device offers {PROMISED[limit]}",
                hint="Make the batch or the model smaller",
            )


def _needs(plan: Plan) -> Iterator[tuple[str, int, str]]:
    for number, size in enumerate(plan.allocations):
        held = [b for b in plan.buffers if b.allocation == number]
        largest = max(held, key=lambda b: math.prod(b.shape), default=None)
        what = (
            f"{largest.name or 'an intermediate result'} {list(largest.shape)}" if largest else f"allocation {number}"
        )
        yield "maxBufferSize", size, what
        bound = max((math.prod(b.shape) * BYTES_PER_ELEMENT for b in held), default=0)
        yield "maxStorageBufferBindingSize", bound, what
    for kernel in plan.kernels:
        yield "maxStorageBuffersPerShaderStage", len(kernel.access), plan.sources[kernel.source].file
    for name, program in plan.programs.items():
        for step in program.steps:
            file = plan.sources[plan.kernels[step.kernel].source].file
            yield "maxComputeWorkgroupsPerDimension", max(step.workgroups), f"{file} in program {name}"
