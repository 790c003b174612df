"""The words of runners that run plans, as far as they are about names and numbers, and not about a device.

In: a plan, and what the host writes. Out: buffers by name, and their numbers as a device holds them; or a sentence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import PlanError
from ..plan import Buffer, Plan, PlanProgram
from .arrays import Array
from .bounds import checked
from .loading import Loader
from .unset import Unset


class NamedBuffers:
    """The named buffers and the programs of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._buffers = {b.name: b for b in plan.buffers if b.name is not None}
        self._unset = Unset(name for name, buffer in self._buffers.items() if buffer.role == "parameter")

    def get(self, name: str) -> Buffer:
        """A named buffer. PlanError when there is none."""
        if name not in self._buffers:
            raise PlanError(f"there is no buffer {name!r}, only {', '.join(self._buffers)}")
        return self._buffers[name]

    def program(self, name: str) -> PlanProgram:
        """A program that is to run. PlanError when there is none, or when a parameter that it reads is not set."""
        if name not in self._plan.programs:
            raise PlanError(f"there is no program {name!r}, only {', '.join(self._plan.programs)}")
        program = self._plan.programs[name]
        self._unset.runs(name, program.inputs, program.outputs)
        return program

    def written(self, name: str, array: Any) -> Array:
        """What a write of `array` puts into a named buffer. PlanError when `bounds.checked` refuses the numbers."""
        buffer = self.get(name)
        value = checked(name, array, buffer.shape, buffer.dtype, buffer.bound)
        self._unset.wrote(name)
        with np.errstate(over="ignore"):  # what f32 cannot hold is infinite
            return np.ascontiguousarray(value, dtype_of(buffer))

    def initial(self, load: Loader) -> dict[str, Array]:
        """What named buffers hold at first; those that are left out hold zeros. DataError or PlanError for wrong data.

        `load` fills the data that has a source.
        """
        found = {}
        for name, buffer in self._buffers.items():
            if buffer.source is not None:
                found[name] = load(buffer.source, name, buffer.shape, buffer.dtype, buffer.bound)
            elif buffer.initial:
                several = isinstance(buffer.initial, tuple)
                value = (np.reshape if several else np.broadcast_to)(buffer.initial, buffer.shape)
                found[name] = checked(name, value, buffer.shape, buffer.dtype, buffer.bound)
        return found


def dtype_of(buffer: Buffer) -> np.dtype[Any]:
    """How a buffer's numbers lie in memory."""
    return np.dtype({"f32": "<f4", "u32": "<u4", "i32": "<i4"}[buffer.dtype])
