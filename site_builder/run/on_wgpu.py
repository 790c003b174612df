"""The wgpu runner: runs a plan on a GPU, or on a CPU that plays one. The only module that imports wgpu.

In: a plan. Out: arrays. k runs of a program are k times its dispatches in one compute pass and one submit.
It knows nothing of models: what the browser's runner gets, it gets.
"""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

# Where no desktop runs, wgpu complains on the console about the lack of a folder that only windows need.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
import wgpu

from ..errors import DeviceError, KernelError, PlanError
from ..plan import Buffer, Plan, PlanKernel, ShaderSource, Step
from ..plan.kernels import HALF, load
from ..plan.limits import PROMISED, check
from .arrays import Array
from .bounds import checked
from .loading import Loader, no_data

# What devices are asked for, in wgpu's names: what WebGPU promises, so that what runs here runs in any browser.
LIMITS = {re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", name): value for name, value in PROMISED.items()}
QUADS, LOOPS = "shaders/device/quads.wgsl", "shaders/device/loops.wgsl"
SLOT = PROMISED["minUniformBufferOffsetAlignment"]  # bytes that each set of parameters takes
DISPATCHES_PER_SUBMIT = 2_000  # so that a driver's watchdog never sees a submit of many seconds


class Feature(NamedTuple):
    """A feature by wgpu's name, what naga wants before a text that uses it, and what it is good for."""

    name: str
    enable: str
    purpose: str


# What variants of kernels may require, by WebGPU's name. naga refuses `enable subgroups;`, which Tint wants.
FEATURES = {
    "subgroups": Feature("subgroup", "", "faster variants of kernels"),
    HALF: Feature("shader-f16", "enable f16; ", "half precision, for models that ask for it"),
}


@lru_cache(maxsize=1)
def adapter() -> wgpu.GPUAdapter:
    """The adapter that runs plans: a Vulkan one (or Metal, on a Mac), hardware before software.

    Raises DeviceError where there is none.
    """
    wanted = ("Vulkan", "Metal", "D3D12")  # OpenGL lacks what compute needs
    order = {"DiscreteGPU": 0, "IntegratedGPU": 1, "CPU": 2}
    found = [a for a in wgpu.gpu.enumerate_adapters_sync() if a.info["backend_type"] in wanted]
    if not found:
        raise DeviceError(
            "no GPU adapter was found", hint="On Debian, `apt install mesa-vulkan-drivers` gives a software one"
        )
    return min(found, key=lambda a: order.get(a.info["adapter_type"], 3))


def describe(found: wgpu.GPUAdapter) -> str:
    """One line: what the adapter calls itself, its kind and its driver."""
    info = found.info
    return f"{info['device']} ({info['adapter_type']}, {info['backend_type']}, {info['description'] or info['vendor']})"


@lru_cache(maxsize=1)
def features() -> frozenset[str]:
    """Those of `FEATURES` that kernels may use here, in WebGPU's names: quads must be what they take them for."""
    offered = _offered()
    return offered if "subgroups" in offered and quads_are_neighbours(_device()) else offered - {"subgroups"}


def _offered() -> frozenset[str]:
    return frozenset(ours for ours, feature in FEATURES.items() if feature.name in adapter().features)


def lacks(found: wgpu.GPUAdapter) -> list[str]:
    """The limits, with what is found and needed, in which an adapter offers less than plans may need."""
    # An alignment is better when smaller; everything else when larger.
    return [
        f"{name} {found.limits[name]} (needed: {needed})"
        for name, needed in LIMITS.items()
        if (found.limits[name] > needed if "alignment" in name else found.limits[name] < needed)
    ]


@lru_cache(maxsize=1)
def _device() -> wgpu.GPUDevice:
    lacking = lacks(adapter())
    if lacking:
        raise DeviceError(f"{describe(adapter())} offers too little for plans: {', '.join(lacking)}")
    wanted = sorted(FEATURES[feature].name for feature in _offered())
    return adapter().request_device_sync(label="build-site", required_limits=LIMITS, required_features=wanted)


def quads_are_neighbours(device: wgpu.GPUDevice) -> bool:
    """Whether a quad of this device is four neighbouring invocations of a line, which WGSL does not promise."""
    return bool(np.all(_found(device, QUADS, 8) == 1))


def passes_run(first: int, outer: int, inner: int) -> int:
    """How many of `first` passes of a loop, and of `inner` of one that runs `outer` times, the device has run in all.

    0 where it has come to a number that does not stand in the sequence at all.
    """
    (found,) = _found(_device(), LOOPS, 1, {"FIRST": first, "OUTER": outer, "INNER": inner})
    x, run = 0, 0
    while x != found and run < first + outer * inner:
        x, run = (x * 1664525 + 1013904223) % 2**32, run + 1
    return run if x == found else 0


def _found(device: wgpu.GPUDevice, file: str, workgroups: int, constants: Mapping[str, float] = {}) -> Array:
    """What a kernel that asks a device something writes: a u32 for each invocation."""
    trial = load(file)
    usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC
    found = device.create_buffer(size=4 * workgroups * trial.workgroup_size[0], usage=usage)
    module = device.create_shader_module(label=file, code=trial.wgsl)
    stage = {"module": module, "entry_point": trial.entry, "constants": dict(constants)}
    pipeline = device.create_compute_pipeline(layout="auto", compute=stage)
    layout = pipeline.get_bind_group_layout(0)
    group = device.create_bind_group(layout=layout, entries=[{"binding": 0, "resource": {"buffer": found}}])
    encoder = device.create_command_encoder(label=file)
    compute = encoder.begin_compute_pass(label=file)
    compute.set_pipeline(pipeline)
    compute.set_bind_group(0, group)
    compute.dispatch_workgroups(workgroups)
    compute.end()
    device.queue.submit([encoder.finish()])
    return np.frombuffer(device.queue.read_buffer(found), np.uint32)


class WgpuRunner:
    """Runs one plan. When it is made, `load` fills the data that has a source, and inputs get their initial values.

    `using`: the optional features, in WebGPU's names, that kernels may use where the device has them.
    """

    def __init__(self, plan: Plan, using: Collection[str] = tuple(FEATURES), load: Loader = no_data) -> None:
        usable = features().intersection(using) if any(kernel.variants for kernel in plan.kernels) else frozenset()
        self._variants = [kernel.variant(usable) for kernel in plan.kernels]
        self.plan = plan
        self.adapter = describe(adapter())
        self._device = _device()
        check(plan)
        self._buffers = {b.name: b for b in plan.buffers if b.name is not None}
        sets = {
            b.name: _at_first(b, load) for b in self._buffers.values()
        }  # may be refused: before anything is allocated
        usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_DST | wgpu.BufferUsage.COPY_SRC
        self._allocations = [
            self._device.create_buffer(label=f"{plan.name}, allocation {n}", size=size, usage=usage)
            for n, size in enumerate(plan.allocations)
        ]
        self._params, self._slots = self._upload(plan)
        self._pipelines: dict[int, wgpu.GPUComputePipeline] = {}
        self._encoded: dict[str, list[tuple[Any, Any, tuple[int, int, int]]]] = {}
        for buffer in self._buffers.values():
            if (first := sets[buffer.name]) is not None:
                self.write(str(buffer.name), first)

    def write(self, name: str, array: Any) -> None:
        """Set a named buffer. PlanError when there is none, or when `bounds.checked` refuses the numbers."""
        buffer = self._buffer(name)
        value = checked(name, array, buffer.shape, buffer.dtype, buffer.bound)
        with np.errstate(over="ignore"):  # what f32 cannot hold is infinite
            value = np.ascontiguousarray(value, np.uint32 if buffer.dtype == "u32" else np.float32)
        self._device.queue.write_buffer(self._allocations[buffer.allocation], buffer.offset, value)

    def read(self, name: str) -> Array:
        """A named buffer's value, when all that was run before is done."""
        buffer = self._buffer(name)
        size = 4 * math.prod(buffer.shape)
        data = self._device.queue.read_buffer(self._allocations[buffer.allocation], buffer.offset, size)
        return np.frombuffer(data, np.uint32 if buffer.dtype == "u32" else np.float32).reshape(buffer.shape).copy()

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times; returns before the device is done. PlanError when the device refuses it."""
        if program not in self.plan.programs:
            raise PlanError(f"there is no program {program!r}, only {', '.join(self.plan.programs)}")
        if program not in self._encoded:
            self._encoded[program] = [self._bound(step) for step in self.plan.programs[program].steps]
        steps = self._encoded[program]
        per_submit = max(1, DISPATCHES_PER_SUBMIT // max(1, len(steps)))
        for start in range(0, times, per_submit):
            encoder = self._device.create_command_encoder(label=f"{self.plan.name}.{program}")
            compute = encoder.begin_compute_pass(label=f"{self.plan.name}.{program}")
            for _ in range(min(per_submit, times - start)):
                for pipeline, group, workgroups in steps:
                    compute.set_pipeline(pipeline)
                    compute.set_bind_group(0, group)
                    compute.dispatch_workgroups(*workgroups)
            compute.end()
            try:
                self._device.queue.submit([encoder.finish()])
            except wgpu.GPUError as error:
                reason = str(error).strip().rpartition("\n")[2].strip()
                raise PlanError(f"the device refuses program {program}: {reason}") from None

    def _buffer(self, name: str) -> Buffer:
        if name not in self._buffers:
            raise PlanError(f"there is no buffer {name!r}, only {', '.join(self._buffers)}")
        return self._buffers[name]

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


def _at_first(buffer: Buffer, load: Loader) -> Array | None:
    """What a named buffer holds at first, None for zeros. DataError or PlanError where it cannot."""
    name, shape, dtype, bound = str(buffer.name), buffer.shape, buffer.dtype, buffer.bound
    if buffer.source is not None:
        return load(buffer.source, name, shape, dtype, bound)
    return checked(name, np.broadcast_to(buffer.initial, shape), shape, dtype, bound) if buffer.initial else None


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


def refusal(source: ShaderSource, said: str) -> KernelError:
    """What the compiler said of a text, as one sentence at the line of the file that the text was made from."""
    place = re.search(r"wgsl:(\d+):\d+", said)
    reason = re.search(r"error: (.+)", said) or re.search(r"(\S.*)\s*$", said)
    file, line = source.file, None
    if place and source.origins:
        file, line = source.origins[min(int(place[1]), len(source.origins)) - 1]
    return KernelError(f"the compiler refuses this kernel: {reason[1] if reason else said}", file, line)
