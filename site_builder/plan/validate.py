"""Whether a plan holds together: every number points to something, nothing lies outside what holds it.

In: a plan, as `lower` has made it or a reader of its JSON. Out: nothing, or one sentence that says where and what. That
keys and types are right, `schema.json` says of the JSON; what devices promise, `limits.py`.
"""

from __future__ import annotations

import math
from itertools import pairwise

from ..errors import PlanError
from ..graph.types import BYTES_PER_ELEMENT, WHOLE
from .plan import Buffer, Plan, Step


def validate(plan: Plan) -> None:
    """Raise PlanError on the first thing that is wrong: above all, no dispatch reads and writes one allocation."""
    _check_buffers(plan)
    for number, kernel in enumerate(plan.kernels):
        for source in (kernel.source, *(variant.source for variant in kernel.variants)):
            if source not in plan.sources:
                raise PlanError(f"kernel {number}: there is no source {source}")
    names = {buffer.name for buffer in plan.buffers}
    ranges = [_range(buffer) for buffer in plan.buffers]
    for name, program in plan.programs.items():
        for given in (*program.inputs, *program.outputs):
            if given not in names:
                raise PlanError(f"program {name}: there is no buffer {given!r}")
        for number, step in enumerate(program.steps):
            place = f"program {name}, step {number}"
            _check_numbers(plan, step, place)
            _check_access(plan, step, ranges, place)


def _check_buffers(plan: Plan) -> None:
    names = set()
    for number, buffer in enumerate(plan.buffers):
        place = f"buffer {number} ({buffer.name})"
        if buffer.allocation >= len(plan.allocations):
            raise PlanError(f"{place} is in allocation {buffer.allocation}, of which there are {len(plan.allocations)}")
        _, _, end = _range(buffer)
        if end > plan.allocations[buffer.allocation]:
            raise PlanError(f"{place} ends at byte {end}, its allocation at {plan.allocations[buffer.allocation]}")
        numbers = buffer.initial if isinstance(buffer.initial, tuple) else (buffer.initial or 0,)
        if isinstance(buffer.initial, tuple) and len(numbers) != math.prod(buffer.shape):
            raise PlanError(f"{place} has {math.prod(buffer.shape)} elements, and {len(numbers)} numbers at first")
        if buffer.dtype in WHOLE:
            least, most = WHOLE[buffer.dtype]
            most = most if buffer.bound is None else buffer.bound - 1
            odd = next((n for n in numbers if not (least <= n <= most and n == int(n))), None)
            if odd is not None:
                raise PlanError(f"{place} holds whole numbers from {least} to {most}, not {odd} at first")
        if buffer.name in names:
            raise PlanError(f"{place}: there are two buffers of this name")
        if buffer.name is not None:
            names.add(buffer.name)


def _check_numbers(plan: Plan, step: Step, place: str) -> None:
    if step.kernel >= len(plan.kernels):
        raise PlanError(f"{place}: there is no kernel {step.kernel}")
    kernel = plan.kernels[step.kernel]
    if len(step.bindings) != len(kernel.access):
        raise PlanError(f"{place} binds {len(step.bindings)} buffers, its kernel wants {len(kernel.access)}")
    if len(step.variants) != len(kernel.variants):
        have = len(kernel.variants)
        raise PlanError(f"{place} has workgroups for {len(step.variants)} variants, its kernel has {have}")
    if len(step.params) != len(kernel.params):
        raise PlanError(f"{place} brings {len(step.params)} parameters, its kernel wants {len(kernel.params)}")
    for binding in step.bindings:
        if binding >= len(plan.buffers):
            raise PlanError(f"{place}: there is no buffer {binding}")


def _check_access(plan: Plan, step: Step, ranges: list[tuple[int, int, int]], place: str) -> None:
    access: dict[int, set[str]] = {}
    bound = [*zip(step.bindings, plan.kernels[step.kernel].access, strict=True)]
    for binding, how in bound:
        access.setdefault(plan.buffers[binding].allocation, set()).add(how)
    if any(len(hows) > 1 for hows in access.values()):
        raise PlanError(f"{place} reads and writes one allocation")
    written = sorted(ranges[binding] for binding, how in bound if how == "read_write")
    if any(left[:1] == right[:1] and left[2] > right[1] for left, right in pairwise(written)):
        raise PlanError(f"{place} writes twice to one place")


def _range(buffer: Buffer) -> tuple[int, int, int]:
    """Its allocation, and its first byte and the one past its end there."""
    length = math.prod(buffer.shape) * BYTES_PER_ELEMENT
    return buffer.allocation, buffer.offset, buffer.offset + length
