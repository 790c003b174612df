"""The NumPy runner: runs a model's graph, node by node. It is the definition of what a run means.

In: a model. Out: arrays. It knows nothing of plans and kernels, and shares nothing with them but the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import PlanError
from ..graph import Model, Tensor
from ..graph.program import Program, Variable, topological, variable_of
from .arrays import Array
from .bounds import checked
from .definitions import DEFINITIONS
from .definitions.scan import Evaluate, evaluated
from .loading import Loader, no_data
from .unset import Unset


class NumPyRunner:
    """Runs programs on the host in `float32` or `float64`. `load` fills the data that has a source."""

    def __init__(self, model: Model, dtype: str = "float64", load: Loader = no_data) -> None:
        self._load = load
        self.adapter = f"NumPy, {dtype}"
        self._programs: Mapping[str, Program] = model.programs
        self._orders: dict[str, list[Tensor]] = {}
        self._variables: Mapping[str, Variable] = model.variables
        self._unset = Unset(name for name, v in self._variables.items() if v.role == "parameter")
        self._float = np.dtype(dtype)
        self._values: dict[str, Array] = {name: self._at_first(v) for name, v in self._variables.items()}

    def write(self, name: str, array: Any) -> None:
        """Set a variable. PlanError when there is none of that name, or when `bounds.checked` refuses the numbers."""
        variable = self._variable(name)
        value = checked(name, array, variable.type.shape, variable.type.dtype, variable.bound)
        self._values[name] = value.astype(self._numpy_type(variable.type.dtype))
        self._unset.wrote(name)

    def read(self, name: str) -> Array:
        """A copy of a variable's value."""
        self._variable(name)
        return self._values[name].copy()

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times. PlanError when there is none, or when a parameter that it reads is not set."""
        if program not in self._programs:
            raise PlanError(f"there is no program {program!r}, only {', '.join(self._programs)}")
        self._unset.runs(program, self._read(program), (a.variable.name for a in self._programs[program].assignments))
        for _ in range(times):
            values = self._values_of(program, self._evaluate)
            for a in self._programs[program].assignments:
                self._values[a.variable.name] = values[a.value.number]

    def first_not_finite(self, program: str) -> Tensor | None:
        """What the program, run from here, makes no finite number, though all that it is computed from is finite."""
        found: list[Tensor] = []

        def watched(node: Tensor, inputs: Sequence[Array]) -> Array:
            value = self._evaluate(node, inputs)
            if not found and inputs and not np.isfinite(value).all() and all(np.isfinite(x).all() for x in inputs):
                found.append(node)
            return value

        self._values_of(program, watched)
        return found[0] if found else None

    def _values_of(self, program: str, evaluate: Evaluate) -> dict[int, Array]:
        """The values of the program's nodes, by their number."""
        with np.errstate(all="ignore"):  # NaN and infinity travel as IEEE says, as they do on the device
            return evaluated(self._order(program), {}, evaluate)

    def _order(self, program: str) -> list[Tensor]:
        if program not in self._orders:
            self._orders[program] = topological(a.value for a in self._programs[program].assignments)
        return self._orders[program]

    def _read(self, program: str) -> list[str]:
        return [variable_of(node).name for node in self._order(program) if node.op == "read"]

    def _evaluate(self, node: Tensor, inputs: Sequence[Array]) -> Array:
        given = (self._values[variable_of(node).name],) if node.op == "read" else inputs
        result = DEFINITIONS[node.op](node, *given)
        return np.asarray(result).astype(self._numpy_type(node.dtype), copy=False)

    def _variable(self, name: str) -> Variable:
        if name not in self._variables:
            raise PlanError(f"there is no variable {name!r}, only {', '.join(self._variables)}")
        return self._variables[name]

    def _numpy_type(self, dtype: str) -> np.dtype[Any]:
        return self._float if dtype == "f32" else np.dtype({"u32": np.uint32, "i32": np.int32}[dtype])

    def _at_first(self, variable: Variable) -> Array:
        dtype = self._numpy_type(variable.type.dtype)
        if variable.source is not None:
            shape, kind, bound = variable.type.shape, variable.type.dtype, variable.bound
            return self._load(variable.source, variable.name, shape, kind, bound).astype(dtype)
        if isinstance(variable.initial, tuple):
            return np.array(variable.initial, dtype).reshape(variable.type.shape)
        return np.full(variable.type.shape, variable.initial or 0, dtype)
