"""A device and a tiny dispatcher for kernel tests: one kernel, one dispatch, arrays in, arrays out.

It knows nothing of plans; the runner has tests of its own.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from site_builder.plan.kernels import Kernel

Arrays = dict[str, np.ndarray[Any, Any]]
Dispatch = Callable[..., Arrays]

LIMITS = {
    "max-storage-buffers-per-shader-stage": 8,
    "max-compute-workgroup-storage-size": 16384,
    "max-compute-invocations-per-workgroup": 256,
    "max-compute-workgroups-per-dimension": 65535,
}


def missing(what: str) -> None:
    """A visible skip on a laptop, a failure in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def device() -> Any:
    wgpu = pytest.importorskip("wgpu")
    adapters = [a for a in wgpu.gpu.enumerate_adapters_sync() if a.info["backend_type"] == "Vulkan"]
    if not adapters:
        missing("a Vulkan adapter")
    device = adapters[0].request_device_sync(label="kernel tests", required_limits=LIMITS)
    yield device
    device.destroy()


def groups(invocations: int, size: int) -> tuple[int, int, int]:
    """The grid of a kernel that has one invocation per element."""
    needed = math.ceil(invocations / size)
    across = min(needed, 65535)
    return across, math.ceil(needed / across), 1


@pytest.fixture(scope="session")
def dispatch(device: Any) -> Dispatch:
    """dispatch(kernel, inputs, outputs, workgroups, **overrides) -> outputs.

    `inputs`: arrays by binding name; `outputs`: arrays that hold what the buffers hold before (NaN, to see what was
    written). 32-bit elements only.
    """
    import wgpu

    def dispatch(
        kernel: Kernel,
        inputs: Mapping[str, np.ndarray[Any, Any]],
        outputs: Mapping[str, np.ndarray[Any, Any]],
        workgroups: tuple[int, int, int],
        **overrides: float,
    ) -> Arrays:
        usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC
        arrays = {**inputs, **outputs}
        buffers = {
            b.name: device.create_buffer_with_data(data=np.ascontiguousarray(arrays[b.name]), usage=usage, label=b.name)
            for b in kernel.bindings
        }
        layout = device.create_bind_group_layout(
            entries=[
                {
                    "binding": n,
                    "visibility": wgpu.ShaderStage.COMPUTE,
                    "buffer": {"type": "storage" if b.access == "read_write" else "read-only-storage"},
                }
                for n, b in enumerate(kernel.bindings)
            ]
        )
        pipeline = device.create_compute_pipeline(
            layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
            compute={
                "module": device.create_shader_module(code=kernel.wgsl, label=kernel.file),
                "entry_point": kernel.entry,
                "constants": {name: overrides.get(name, value) for name, value in kernel.overrides.items()},
            },
        )
        group = device.create_bind_group(
            layout=layout,
            entries=[
                {"binding": n, "resource": {"buffer": buffers[b.name], "offset": 0, "size": buffers[b.name].size}}
                for n, b in enumerate(kernel.bindings)
            ],
        )
        encoder = device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        compute.dispatch_workgroups(*workgroups)
        compute.end()
        device.queue.submit([encoder.finish()])
        return {
            name: np.frombuffer(device.queue.read_buffer(buffers[name]), before.dtype).reshape(before.shape)
            for name, before in outputs.items()
            if name in buffers
        }

    return dispatch
