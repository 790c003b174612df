"""A device, a browser, and a tiny dispatcher on each for kernel tests: one kernel, one dispatch, arrays in, arrays out.

It knows nothing of plans; the runners have tests of their own.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from site_builder.plan.kernels import HALF, Kernel
from tests.chromium import find, started
from tests.missing import missing

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Job:
    """One dispatch. `outputs` hold what their buffers hold before. All elements have 32 bits."""

    kernel: Kernel
    inputs: Mapping[str, Array]
    outputs: Mapping[str, Array]
    workgroups: tuple[int, int, int]
    overrides: Mapping[str, float]

    @property
    def arrays(self) -> list[Array]:
        """What the kernel's bindings are given, in their order."""
        given = {**self.inputs, **self.outputs}
        return [np.ascontiguousarray(given[binding.name]) for binding in self.kernel.bindings]

    def read(self, contents: list[bytes]) -> dict[str, Array]:
        """The outputs, from what all buffers hold afterwards."""
        by_name = dict(zip((b.name for b in self.kernel.bindings), contents, strict=True))
        return {name: np.frombuffer(by_name[name], before.dtype) for name, before in self.outputs.items()}


Dispatch = Callable[[Job], dict[str, Array]]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: starts Chromium")


@pytest.fixture(scope="session")
def device() -> Iterator[Any]:
    import wgpu

    from site_builder.run.device import LIMITS

    adapters = [a for a in wgpu.gpu.enumerate_adapters_sync() if a.info["backend_type"] == "Vulkan"]
    if not adapters:
        missing("a Vulkan adapter")
    # Both software adapters have subgroups, and lavapipe has half precision, so that all kernels are tested.
    features = sorted({"subgroup", "shader-f16"} & set(adapters[0].features))
    device = adapters[0].request_device_sync(label="kernel tests", required_limits=LIMITS, required_features=features)
    yield device
    device.destroy()


@pytest.fixture(scope="session")
def dispatch(device: Any) -> Dispatch:
    """Runs a job through wgpu, that is naga."""
    return dispatcher(device)


def dispatcher(device: Any) -> Dispatch:
    """What runs jobs on a device of wgpu's."""
    import wgpu

    def dispatch(job: Job) -> dict[str, Array]:
        kernel = job.kernel
        if kernel.requires == HALF and HALF not in device.features:
            missing("an adapter with half precision")
        enabled = "enable f16; " if kernel.requires == HALF else ""
        usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC
        buffers = [device.create_buffer_with_data(data=array, usage=usage) for array in job.arrays]
        types = {"read": "read-only-storage", "read_write": "storage"}
        layout = device.create_bind_group_layout(
            entries=[
                {"binding": n, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": {"type": types[binding.access]}}
                for n, binding in enumerate(kernel.bindings)
            ]
        )
        pipeline = device.create_compute_pipeline(
            layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
            compute={
                "module": device.create_shader_module(code=enabled + kernel.wgsl, label=kernel.file),
                "entry_point": kernel.entry,
                "constants": dict(job.overrides),
            },
        )
        group = device.create_bind_group(
            layout=layout, entries=[{"binding": n, "resource": {"buffer": b}} for n, b in enumerate(buffers)]
        )
        encoder = device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        compute.dispatch_workgroups(*job.workgroups)
        compute.end()
        device.queue.submit([encoder.finish()])
        return job.read([bytes(device.queue.read_buffer(buffer)) for buffer in buffers])

    return dispatch


IN_PAGE = """
async (jobs) => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return null;
  const device = await adapter.requestDevice({ requiredFeatures: ["subgroups"] });
  const results = [];
  for (const job of jobs) {
    device.pushErrorScope("validation");
    const buffers = job.buffers.map((text) => {
      const data = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      const buffer = device.createBuffer({ size: data.length, usage, mappedAtCreation: true });
      new Uint8Array(buffer.getMappedRange()).set(data);
      buffer.unmap();
      return buffer;
    });
    const layout = device.createBindGroupLayout({
      entries: job.types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
    });
    const module = device.createShaderModule({ code: job.wgsl });
    const compiled = await module.getCompilationInfo();
    const messages = compiled.messages.map((m) => `${m.type}, line ${m.lineNum}: ${m.message}`);
    const pipeline = device.createComputePipeline({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: job.entry, constants: job.constants },
    });
    const group = device.createBindGroup({
      layout, entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...job.workgroups);
    pass.end();
    const copies = buffers.map((buffer) => {
      const copy = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
      return copy;
    });
    device.queue.submit([encoder.finish()]);
    const error = await device.popErrorScope();
    if (error) messages.push(error.message);
    const contents = [];
    for (const copy of error ? [] : copies) {
      await copy.mapAsync(GPUMapMode.READ);
      contents.push(btoa(String.fromCharCode(...new Uint8Array(copy.getMappedRange()))));
    }
    results.push({ messages, contents });
    [...buffers, ...copies].forEach((buffer) => buffer.destroy());
  }
  return results;
}
"""


def _visit(jobs: list[Any]) -> Any:
    with started() as browser:
        page = browser.new_page()
        # WebGPU wants a secure context, which an https address is, also when nothing is fetched from it.
        page.route(
            "https://kernels.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html")
        )
        page.goto("https://kernels.test/")
        return page.evaluate(IN_PAGE, jobs)


@pytest.fixture(scope="session")
def chromium() -> Callable[[list[Job]], list[dict[str, Array]]]:
    """Runs jobs through Chromium, that is Tint, in one visit. Whatever the compiler says, even a warning, fails."""
    if find() is None:
        missing("Chromium")

    def run(jobs: list[Job]) -> list[dict[str, Array]]:
        descriptions = [
            {
                "wgsl": (f"enable {job.kernel.requires};\n" if job.kernel.requires else "") + job.kernel.wgsl,
                "entry": job.kernel.entry,
                "constants": dict(job.overrides),
                "types": ["storage" if b.access == "read_write" else "read-only-storage" for b in job.kernel.bindings],
                "buffers": [base64.b64encode(array.tobytes()).decode() for array in job.arrays],
                "workgroups": job.workgroups,
            }
            for job in jobs
        ]
        # In a thread of its own, because another test of this session may hold a browser open in this one.
        with ThreadPoolExecutor(1) as thread:
            results = thread.submit(_visit, descriptions).result()
        if results is None:
            missing("WebGPU in Chromium")
        problems = [f"{job.kernel.file}: {m}" for job, r in zip(jobs, results, strict=True) for m in r["messages"]]
        assert not problems, "\n".join(problems)
        return [
            job.read([base64.b64decode(text) for text in result["contents"]])
            for job, result in zip(jobs, results, strict=True)
        ]

    return run
