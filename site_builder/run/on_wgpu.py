"""The wgpu runner: runs a plan on a GPU, or on a CPU that plays one.

In: a plan. Out: arrays. k runs of a program are k times its dispatches in one compute pass and one submit.
It knows nothing of models: what the browser's runner gets, it gets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import wgpu

from ..errors import KernelError, PlanError
from ..plan import Plan, PlanKernel, ShaderSource, Step
from ..plan.limits import PROMISED, check
from .arrays import Array
from .buffers import NamedBuffers, dtype_of
from .device import FEATURES, adapter, describe, features, gpu_device
from .loading import Loader, no_data

SLOT = PROMISED["minUniformBufferOffsetAlignment"]  # bytes that each set of parameters takes
DISPATCHES_PER_SUBMIT = 2_000  # so that a driver's watchdog never sees a submit of many seconds


class WgpuRunner:
    """Runs one plan. When it is made, `load` fills the data that has a source, and inputs get their initial values.

    `using`: the optional features, in WebGPU's names, that kernels may use where the device has them.
    """

    def __init__(self, plan: Plan, using: Collection[str] = tuple(FEATURES), load: Loader = no_data) -> None:
        usable = features().intersection(using) if any(kernel.variants for kernel in plan.kernels) else frozenset()
        self._variants = [kernel.variant(usable) for kernel in plan.kernels]
        self.plan = plan
        self.adapter = describe(adapter())
        self._device = gpu_device()
        check(plan)
        self._named = NamedBuffers(plan)
        first = self._named.initial(load)  # may be refused: before anything is allocated
        usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_DST | wgpu.BufferUsage.COPY_SRC
        self._allocations = [
            self._device.create_buffer(label=f"{plan.name}, allocation {n}", size=size, usage=usage)
            for n, size in enumerate(plan.allocations)
        ]
        self._params, self._slots = self._upload(plan)
        self._pipelines: dict[int, wgpu.GPUComputePipeline] = {}
        self._encoded: dict[str, list[tuple[Any, Any, tuple[int, int, int]]]] = {}
        for name, value in first.items():
            self.write(name, value)

    def write(self, name: str, array: Any) -> None:
        """Set a named buffer. PlanError when there is none, or when `bounds.checked` refuses the numbers."""
        buffer, value = self._named.get(name), self._named.written(name, array)
        self._device.queue.write_buffer(self._allocations[buffer.allocation], buffer.offset, value)

    def read(self, name: str) -> Array:
        """A named buffer's value, when all that was run before is done."""
        buffer = self._named.get(name)
        size = 4 * math.prod(buffer.shape)
        data = self._device.queue.read_buffer(self._allocations[buffer.allocation], buffer.offset, size)
        return np.frombuffer(data, dtype_of(buffer)).reshape(buffer.shape).copy()

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times; returns before the device is done. PlanError when the device refuses it."""
        steps = self._named.program(program).steps
        if program not in self._encoded:
            self._encoded[program] = [self._bound(step) for step in steps]
        dispatches = self._encoded[program]
        per_submit = max(1, DISPATCHES_PER_SUBMIT // max(1, len(dispatches)))
        for start in range(0, times, per_submit):
            encoder = self._device.create_command_encoder(label=f"{self.plan.name}.{program}")
            compute = encoder.begin_compute_pass(label=f"{self.plan.name}.{program}")
            for _ in range(min(per_submit, times - start)):
                for pipeline, group, workgroups in dispatches:
                    compute.set_pipeline(pipeline)
                    compute.set_bind_group(0, group)
                    compute.dispatch_workgroups(*workgroups)
            compute.end()
            try:
                self._device.queue.submit([encoder.finish()])
            except wgpu.GPUError as error:
                reason = str(error).strip().rpartition("\n")[2].strip()
                raise PlanError(f"the device refuses program {program}: {reason}") from None

    def _upload(self, plan: Plan) -> tuple[wgpu.GPUBuffer | None, dict[tuple[int, ...], int]]:
        """A uniform buffer of all steps' parameters, and where in it, in bytes, each set of them lies."""
        sets = dict.fromkeys(s.params for p in plan.programs.values() for s in p.steps if s.params)
        slots = {params: SLOT * number for number, params in enumerate(sets)}
        if not slots:
            return None, slots
        numbers = np.zeros((len(slots), SLOT // 4), np.uint32)
        for params, offset in slots.items():
            numbers[offset // SLOT, : len(params)] = params
        data = numbers.tobytes()
        label = f"{plan.name}, parameters"
        return self._device.create_buffer_with_data(label=label, data=data, usage=wgpu.BufferUsage.UNIFORM), slots

    def _bound(self, step: Step) -> tuple[Any, Any, tuple[int, int, int]]:
        pipeline = self._pipeline(step.kernel)
        entries = []
        for number, index in enumerate(step.bindings):
            buffer = self.plan.buffers[index]
            resource = {
                "buffer": self._allocations[buffer.allocation],
                "offset": buffer.offset,
                "size": 4 * math.prod(buffer.shape),
            }
            entries.append({"binding": number, "resource": resource})
        if step.params:
            resource = {"buffer": self._params, "offset": self._slots[step.params], "size": SLOT}
            entries.append({"binding": len(step.bindings), "resource": resource})
        group = self._device.create_bind_group(layout=pipeline.get_bind_group_layout(0), entries=entries)
        variant = self._variants[step.kernel]
        return pipeline, group, step.workgroups if variant is None else step.variants[variant]

    def _pipeline(self, number: int) -> wgpu.GPUComputePipeline:
        if number not in self._pipelines:
            kernel, chosen = self.plan.kernels[number], self._variants[number]
            variant = None if chosen is None else kernel.variants[chosen]
            source = self.plan.sources[kernel.source if variant is None else variant.source]
            enabled = "" if variant is None else FEATURES[variant.feature].enable
            self._pipelines[number] = compiled(self._device, source, kernel, enabled)
        return self._pipelines[number]


def compiled(
    device: wgpu.GPUDevice, source: ShaderSource, kernel: PlanKernel, enabled: str = ""
) -> wgpu.GPUComputePipeline:
    """The pipeline of a kernel, `enabled` before its text, in the same line.

    Raises KernelError at the line of the `.wgsl` file that the compiler refuses.
    """
    types: Mapping[str, str] = {"read": "read-only-storage", "read_write": "storage", "params": "uniform"}
    try:
        layout = device.create_bind_group_layout(
            entries=[
                {"binding": n, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": {"type": types[access]}}
                for n, access in enumerate((*kernel.access, *(["params"] if kernel.params else [])))
            ]
        )
        return device.create_compute_pipeline(
            label=source.file,
            layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
            compute={
                "module": device.create_shader_module(label=source.file, code=enabled + source.wgsl),
                "entry_point": kernel.entry,
                "constants": dict(kernel.constants),
            },
        )
    except wgpu.GPUError as error:
        raise refusal(source, str(error)) from None


def expect_compilable(plan: Plan) -> None:
    """KernelError, as `compiled` raises it, where a text of the plan is no WGSL. Nothing is run."""
    device = gpu_device()
    for name in dict.fromkeys(kernel.source for kernel in plan.kernels):
        source = plan.sources[name]
        try:
            device.create_shader_module(label=source.file, code=source.wgsl)
        except wgpu.GPUError as error:
            raise refusal(source, str(error)) from None


def refusal(source: ShaderSource, said: str) -> KernelError:
    """What the compiler said of a text, as one sentence at the line of the file that the text was made from."""
    place = re.search(r"wgsl:(\d+):\d+", said)
    reason = re.search(r"error: (.+)", said) or re.search(r"(\S.*)\s*$", said)
    file, line = source.file, None
    if place and source.origins:
        file, line = source.origins[min(int(place[1]), len(source.origins)) - 1]
    return KernelError(f"the compiler refuses this kernel: {reason[1] if reason else said}", file, line)
