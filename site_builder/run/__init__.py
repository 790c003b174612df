"""What executes: the NumPy runner runs a model's graph and defines what is right; the wgpu runner runs its plan.

Both have the browser runtime's three words: `write(name, array)`, `run(program, times)`, `read(name)`; and `adapter`,
a line that says what computed. Nothing here imports NumPy or wgpu before a runner is wanted.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from types import ModuleType
from typing import Any, Literal, Protocol

from ..errors import DeviceError
from ..graph import Model
from ..plan import Plan, lower
from .demo import Demo, Recording

__all__ = ["Demo", "Recording", "Runner", "best_runner", "has_adapter", "numpy_runner", "wgpu_runner"]


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


def numpy_runner(model: Model, dtype: Literal["float32", "float64"] = "float64") -> Runner:
    """Runs the model's graph in NumPy."""
    runner: Runner = _part("numpy_runner", "NumPyRunner")(model, dtype)
    return runner


def wgpu_runner(plan: Plan) -> Runner:
    """Runs a plan through wgpu. DeviceError where there is no adapter."""
    runner: Runner = _part("wgpu_runner", "WgpuRunner")(plan)
    return runner


def _part(module: str, name: str) -> Any:
    """What a runner's module holds. A submodule's first import binds it here, over the function of the same name: put that back."""
    function = globals()[module]
    found = getattr(import_module(f".{module}", __name__), name)
    globals()[module] = function
    return found


def best_runner(model: Model, plan: Plan | None = None) -> Runner:
    """wgpu where there is an adapter, else NumPy in float32; `adapter` says which."""
    if not has_adapter():
        return numpy_runner(model, "float32")
    return wgpu_runner(lower(model) if plan is None else plan)


@lru_cache(maxsize=1)
def has_adapter() -> bool:
    """Whether wgpu finds an adapter that can run plans."""
    try:
        _part("wgpu_runner", "adapter")()
    except (DeviceError, ImportError, OSError):  # without Vulkan's loader, wgpu cannot even be imported everywhere
        return False
    return True


class _Package(ModuleType):
    """This package, whose functions stay: importing its module `numpy_runner` would else hide the function so named."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
