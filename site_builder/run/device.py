"""The adapter and the device on which wgpu runs plans, and what they can do.

In: nothing but the machine. Out: one device for the process, its optional features, and answers to what WebGPU does not
say: whether quads are neighbours, how long loops are. It knows nothing of plans but the limits that they keep to.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

# Where no desktop runs, wgpu complains on the console about the lack of a folder that only windows need.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
import wgpu

from ..errors import DeviceError
from ..plan.kernels import HALF, load
from ..plan.limits import PROMISED
from .arrays import Array

# What devices are asked for, in wgpu's names: what WebGPU promises, so that what runs here runs in any browser.
LIMITS = {re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", name): value for name, value in PROMISED.items()}
QUADS, LOOPS = "shaders/device/quads.wgsl", "shaders/device/loops.wgsl"


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
    return offered if "subgroups" in offered and quads_are_neighbours(gpu_device()) else offered - {"subgroups"}


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
def gpu_device() -> wgpu.GPUDevice:
    """The device that runs plans, with all features that kernels may use. DeviceError where it offers too little."""
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
    (found,) = _found(gpu_device(), LOOPS, 1, {"FIRST": first, "OUTER": outer, "INNER": inner})
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
