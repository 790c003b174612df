"""Ours through wgpu and through wasmtime, bare kernels, PyTorch: each as a function that does a workload some times.

In: a workload. Out: `Job`s, checked, whose `run(times)` returns when all is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any

import numpy as np
import torch
import wgpu

from site_builder.modules import compiled
from site_builder.plan import Plan
from site_builder.project.cache import Cache
from site_builder.run import Runner, processor_runner, wgpu_runner
from site_builder.run.device import LIMITS, adapter

from .roof import Kernel
from .twins import Twin
from .workloads import MOST, TRAINED, Array, Workload

ROOT = Path(__file__).parents[2]
SUBGROUPS = "subgroup"  # what wgpu calls the feature
PAUSE = 0.5  # seconds, after which no threads of another engine still spin in wait for work


@dataclass
class Job:
    """Work that is ready to be repeated. `errors`: how far its results are from what is right. Times in ms."""

    run: Callable[[int], None]
    errors: Mapping[str, float]
    cold: float
    note: str = ""


def apart(found: Array, right: Array) -> float:
    """|found - right| / |right| over all numbers at once."""
    return float(np.linalg.norm(found.astype(np.float64) - right) / np.linalg.norm(right))


def _checked(
    workload: Workload, right: Mapping[str, Array], losses: list[float], read: Callable[[str], Array]
) -> dict[str, float]:
    """As the pages check: the outputs, or the losses and how all parameters together changed."""
    if not workload.parameters:
        return {name: apart(read(name), right[name]) for name in workload.outputs}

    def change(after: Callable[[str], Array]) -> Array:
        moved = [after(name).astype(np.float64) - workload.arrays[name] for name in workload.parameters]
        return np.concatenate([each.ravel() for each in moved])

    found, wanted = change(read), change(lambda name: right[name])
    return {"losses": apart(np.array(losses), right["losses"]), "parameters": apart(found, wanted)}


def started(workload: Workload, runner: Runner) -> Runner:
    """A runner with the workload's data and weights."""
    runner.run("init")
    for name, array in workload.arrays.items():
        runner.write(name, array)
    return runner


def ours(workload: Workload, plan: Plan, right: Mapping[str, Array]) -> Job:
    """The plan through wgpu."""
    return _ours(workload, right, lambda: wgpu_runner(plan))


def ours_on_processor(workload: Workload, plan: Plan, right: Mapping[str, Array]) -> Job:
    """The plan's module through wasmtime, in one thread. The first step is without what the build did before."""
    module = compiled(plan, ROOT, Cache(ROOT / ".cache" / "bench-engine"))
    return _ours(workload, right, lambda: processor_runner(plan, module))


def _ours(workload: Workload, right: Mapping[str, Array], make: Callable[[], Runner]) -> Job:
    began = perf_counter()
    runner = started(workload, make())
    last = "loss" if workload.parameters else workload.outputs[0]

    def once() -> float:
        runner.run("step")
        return float(runner.read(last).flat[0])

    losses = [once()]
    cold = perf_counter() - began
    if workload.parameters:
        losses += [once() for _ in range(TRAINED - 1)]

    def run(times: int) -> None:
        runner.run("step", times)
        runner.read(last)

    return Job(run, _checked(workload, right, losses, runner.read), 1e3 * cold)


def torch_cpu(workload: Workload, right: Mapping[str, Array], threads: int) -> Job:
    """PyTorch on so many threads."""
    torch.set_num_threads(threads)
    began = perf_counter()
    twin = Twin(workload, torch.float32)
    steps = [twin.step()]
    cold = perf_counter() - began
    if workload.parameters:
        steps += [twin.step() for _ in range(TRAINED - 1)]
    losses = [float(step["loss"]) for step in steps] if workload.parameters else []

    def read(name: str) -> Array:
        return (twin.tensors[name].detach() if workload.parameters else steps[0][name]).numpy()

    def run(times: int) -> None:
        torch.set_num_threads(threads)
        for _ in range(times):
            twin.step()

    return Job(run, _checked(workload, right, losses, read), 1e3 * cold)


@cache
def _device(subgroups: bool) -> Any:
    features = [SUBGROUPS] if subgroups else []
    return adapter().request_device_sync(label="bench", required_limits=LIMITS, required_features=features)


def has_subgroups() -> bool:
    """Whether the adapter's subgroups can be used."""
    return SUBGROUPS in adapter().features


def bare(workload: Workload, kernels: list[Kernel], right: Mapping[str, Array]) -> Job:
    """The fastest of these kernels on this adapter."""
    device = _device(kernels[0].subgroups)
    usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC
    buffers = [device.create_buffer_with_data(data=array, usage=usage) for array in workload.arrays.values()]
    (name,) = workload.outputs
    buffers.append(device.create_buffer(size=right[name].size * 4, usage=usage))
    began = perf_counter()
    runs = {kernel.name: _dispatcher(device, kernel, buffers) for kernel in kernels}
    cold = perf_counter() - began
    least: dict[str, float] = {}
    for times in (1, 4, 4, 4):
        for kernel, run in runs.items():
            start = perf_counter()
            run(times)
            taken = (perf_counter() - start) / times
            least[kernel] = min(least.get(kernel, taken), taken) if times > 1 else np.inf
    chosen = min(least, key=lambda kernel: least[kernel])
    runs[chosen](1)
    result = np.frombuffer(device.queue.read_buffer(buffers[-1]), np.float32).reshape(right[name].shape)
    return Job(runs[chosen], {name: apart(result, right[name])}, 1e3 * cold, chosen)


def _dispatcher(device: Any, kernel: Kernel, buffers: list[Any]) -> Callable[[int], None]:
    module = device.create_shader_module(code=kernel.wgsl, label=kernel.name)
    pipeline = device.create_compute_pipeline(layout="auto", compute={"module": module, "entry_point": "main"})
    entries = [{"binding": n, "resource": {"buffer": each}} for n, each in enumerate(buffers)]
    group = device.create_bind_group(layout=pipeline.get_bind_group_layout(0), entries=entries)

    def run(times: int) -> None:
        encoder = device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        for _ in range(times):
            compute.dispatch_workgroups(*kernel.workgroups)
        compute.end()
        device.queue.submit([encoder.finish()])
        device.queue.read_buffer(buffers[-1], 0, 4)

    return run


def timed(job: Job, budget: float, samples: int) -> list[tuple[float, float]]:
    """Milliseconds a step, of the clock and of processors, over as many steps as take `budget` ms; so many times."""

    def measured(times: int) -> tuple[float, float]:
        began, used = perf_counter(), process_time()
        job.run(times)
        return 1e3 * (perf_counter() - began) / times, 1e3 * (process_time() - used) / times

    sleep(PAUSE)
    once, _ = measured(4)
    once, _ = measured(max(1, min(MOST, round(budget / 4 / once))))
    times = max(1, min(MOST, round(budget / once)))
    return [measured(times) for _ in range(samples)]
