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
from .definitions.scan import evaluated
from .loading import Loader, no_data


class NumPyRunner:
    """Runs programs on the host in `float32` or `float64`. `load` fills the data that has a source."""

    def __init__(self, model: Model, dtype: str = "float64", load: Loader = no_data) -> None:
        self._load = load
        self.adapter = f"NumPy, {dtype}"
        self._programs: Mapping[str, Program] = model.programs
        self._orders: dict[str, list[Tensor]] = {}
        self._variables: Mapping[str, Variable] = model.variables
        self._float = np.dtype(dtype)
        self._values: dict[str, Array] = {name: self._at_first(v) for name, v in self._variables.items()}

    def write(self, name: str, array: Any) -> None:
        """Set a variable. PlanError when there is none of that name, or when `bounds.checked` refuses the numbers."""
        variable = self._variable(name)
        value = checked(name, array, variable.type.shape, variable.type.dtype, variable.bound)
        self._values[name] = value.astype(self._numpy_type(variable.type.dtype))

    def read(self, name: str) -> Array:
        """A copy of a variable's value."""
        self._variable(name)
        return self._values[name].copy()

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times."""
        if program not in self._programs:
            raise PlanError(f"there is no program {program!r}, only {', '.join(self._programs)}")
        assignments = self._programs[program].assignments
        if program not in self._orders:
            self._orders[program] = topological(a.value for a in assignments)
        for _ in range(times):
            with np.errstate(all="ignore"):  # NaN and infinity travel as IEEE says, as they do on the device
                values = evaluated(self._orders[program], {}, self._evaluate)
            for a in assignments:
                self._values[a.variable.name] = values[a.value.number]

    def _evaluate(self, node: Tensor, inputs: Sequence[Array]) -> Array:
        given = (self._values[variable_of(node).name],) if node.op == "read" else inputs
        result = DEFINITIONS[node.op](node, *given)
        return np.asarray(result).astype(self._numpy_type(node.dtype), copy=False)

    def _variable(self, name: str) -> Variable:
        if name not in self._variables:
            raise PlanError(f"there is no variable {name!r}, only {', '.join(self._variables)}")
        return self._variables[name]

    def _numpy_type(self, dtype: str) -> np.dtype[Any]:
        return np.dtype(np.uint32) if dtype == "u32" else self._float

    def _at_first(self, variable: Variable) -> Array:
        dtype = self._numpy_type(variable.type.dtype)
        if variable.source is not None:
            shape, kind, bound = variable.type.shape, variable.type.dtype, variable.bound
            return self._load(variable.source, variable.name, shape, kind, bound).astype(dtype)
        return np.full(variable.type.shape, variable.initial or 0, dtype)
