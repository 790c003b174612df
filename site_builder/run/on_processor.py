"""The processor's runner: runs a plan's WebAssembly module through wasmtime, in one thread.

In: a plan and its module. Out: arrays, the same bits on every machine. It knows nothing of models, and no WGSL: the
module holds what the compiler made of it.

Relaxed SIMD and threads are off: with either, two machines could give different numbers. What WebAssembly leaves open
besides is the sign and the payload of a NaN. No result shows these (JSON knows one NaN), and kernels that read bits ask
whether they are those of any NaN; to have wasmtime settle them takes twice the time for every step of a transformer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
import wasmtime

from ..errors import PlanError
from ..plan import Plan, PlanModule
from ..plan.limits import check
from .arrays import Array
from .buffers import NamedBuffers, dtype_of
from .loading import Loader, no_data


class ProcessorRunner:
    """Runs one plan. When it is made, `load` fills the data that has a source, and inputs get their initial values.

    Raises PlanError where there is not enough memory, or where the module does not fit the plan.
    """

    adapter = "processor"

    def __init__(self, plan: Plan, module: PlanModule, load: Loader = no_data) -> None:
        self.plan = plan
        check(plan)
        self._named = NamedBuffers(plan)
        first = self._named.initial(load)  # may be refused: before anything is allocated
        self._places = {b.name: at for b, at in zip(plan.buffers, module.addresses, strict=True) if b.name is not None}
        self._store = wasmtime.Store(engine())
        with _sentences(f"{plan.name} cannot run here"):
            code = _machine_code(module.wasm)
            limits = wasmtime.Limits(module.pages, module.pages)
            memory = wasmtime.Memory(self._store, wasmtime.MemoryType(limits))
            kind = wasmtime.GlobalType(wasmtime.ValType.i32(), False)
            scratch = wasmtime.Global(self._store, kind, wasmtime.Val.i32(module.scratch))
            self._exports = wasmtime.Instance(self._store, code, [memory, scratch]).exports(self._store)
        # It can neither grow nor move, and lives as long as the store.
        self._bytes = np.ctypeslib.as_array(memory.data_ptr(self._store), (memory.data_len(self._store),))
        for name, value in first.items():
            self.write(name, value)

    def write(self, name: str, array: Any) -> None:
        """Set a named buffer. PlanError when there is none, or when `bounds.checked` refuses the numbers."""
        self._view(name)[...] = self._named.written(name, array)

    def read(self, name: str) -> Array:
        """A copy of a named buffer's value."""
        return self._view(name).copy()

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times. PlanError when there is none, or when it stops on its way."""
        self._named.program(program)
        function = self._exports[program]
        assert isinstance(function, wasmtime.Func)
        with _sentences(f"the program {program} of {self.plan.name} stopped"):
            for _ in range(times):
                function(self._store)

    def _view(self, name: str) -> Array:
        buffer = self._named.get(name)
        start = self._places[name]
        return self._bytes[start : start + 4 * math.prod(buffer.shape)].view(dtype_of(buffer)).reshape(buffer.shape)


@lru_cache(maxsize=1)
def engine() -> wasmtime.Engine:
    """What compiles modules to machine code, for all runners of this process."""
    config = wasmtime.Config()
    config.wasm_relaxed_simd = False
    config.wasm_threads = False
    return wasmtime.Engine(config)


@lru_cache(maxsize=32)
def _machine_code(wasm: bytes) -> wasmtime.Module:
    """What the engine made of a module: runs of one plan share it."""
    return wasmtime.Module(engine(), wasm)


@contextmanager
def _sentences(what: str) -> Iterator[None]:
    """What wasmtime says inside the block becomes a PlanError that begins with `what`."""
    try:
        yield
    except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = next((line for line in reversed(lines) if not line.startswith(("note:", "at "))), "no reason is given")
        raise PlanError(f"{what}: {reason}") from error
