"""What executes: the NumPy runner runs a model's graph and defines what is right; two others run its plan.

These are wgpu's, on a GPU or what a driver makes of a CPU, and the processor's, which runs a plan's WebAssembly module.
All have the browser runtime's three words: `write(name, array)`, `run(program, times)`, `read(name)`; and `adapter`, a
line that says what computed. Nothing here imports NumPy, wgpu or wasmtime before a runner is wanted.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import Any, Literal, Protocol

from ..errors import DeviceError, PlanError
from ..graph import Model
from ..plan import Plan, PlanModule
from .declarations import Demo, Trained
from .loading import Loader, no_data

__all__ = [
    "Demo",
    "Loader",
    "Runner",
    "Trained",
    "expect_compilable",
    "has_adapter",
    "numpy_runner",
    "processor_runner",
    "wgpu_runner",
]


class Runner(Protocol):
    """What every runner offers."""

    adapter: str

    def write(self, name: str, array: Any) -> None:
        """Set a variable."""
        ...

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times."""
        ...

    def read(self, name: str) -> Any:
        """A copy of a variable's value, a NumPy array."""
        ...


def numpy_runner(model: Model, dtype: Literal["float32", "float64"] = "float64", load: Loader = no_data) -> Runner:
    """Runs the model's graph in NumPy. `load` (site_builder.data.load_data) fills data that has a source."""
    if not isinstance(model, Model):
        raise PlanError(f"numpy_runner runs a Model, found {type(model).__name__}", hint="Hand it what was lowered")
    from .on_numpy import NumPyRunner

    return NumPyRunner(model, dtype, load)


def wgpu_runner(plan: Plan, load: Loader = no_data) -> Runner:
    """Runs a plan through wgpu, with `load` as in `numpy_runner`. DeviceError where there is no adapter."""
    _expect_plan("wgpu_runner", plan)
    from .on_wgpu import WgpuRunner

    return WgpuRunner(plan, load=load)


def processor_runner(plan: Plan, module: PlanModule, load: Loader = no_data) -> Runner:
    """Runs a plan's module through wasmtime, with `load` as in `numpy_runner`."""
    _expect_plan("processor_runner", plan)
    from .on_processor import ProcessorRunner

    return ProcessorRunner(plan, module, load)


def _expect_plan(runner: str, plan: Plan) -> None:
    if not isinstance(plan, Plan):
        hint = "Hand it lower(model), from site_builder.plan"
        raise PlanError(f"{runner} runs a Plan, found {type(plan).__name__}", hint=hint)


def expect_compilable(plan: Plan) -> None:
    """Lets a GPU's compiler read the kernels of a plan that nobody runs here, where there is one: readers' GPUs will.

    KernelError where it refuses one, also in what the processor's compiler never looks at, as functions that nobody
    calls.
    """
    if not has_adapter():
        return
    from .on_wgpu import expect_compilable as expect

    with suppress(DeviceError):  # it offers too little to run plans, which is said where one is to be run
        expect(plan)


@lru_cache(maxsize=1)
def has_adapter() -> bool:
    """Whether wgpu finds an adapter that can run plans."""
    try:
        from .device import adapter

        adapter()
    except (DeviceError, ImportError, OSError):  # without Vulkan's loader, wgpu cannot even be imported everywhere
        return False
    return True
