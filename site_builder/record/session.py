"""One seeded execution of a model on the runner that was asked for, with what it takes to record it.

In: a model, a seed, what the host writes. Out: `write`, `run`, `read`, and a Record. Experiments run on it. It does
not know what is measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from site_builder.data import datasets
from site_builder.errors import BuildError, DeviceError, GraphError
from site_builder.graph import Model
from site_builder.modules import COMPILER, compiled
from site_builder.plan import Plan
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import relative
from site_builder.project.machine import versions_with
from site_builder.project.paths import CACHE, project
from site_builder.record.divergence import Log, expect_numbers
from site_builder.record.lowering import lowered
from site_builder.record.records import Record, exact_list, packed
from site_builder.run import Runner, has_adapter, processor_runner, wgpu_runner
from site_builder.run.arrays import Array as Array


class Session:
    """A runner after `writes`, the seed and `init`.

    `runner`: "wgpu" or "processor"; None for wgpu where there is an adapter. It then says which it is. Raises
    DeviceError where wgpu is asked for and there is none.
    """

    def __init__(self, model: Model, runner: str | None, seed: int, writes: Mapping[str, Any]) -> None:
        self.model = model
        self.seed = seed
        self._log = Log()
        self.runner = runner or ("wgpu" if has_adapter() else "processor")
        try:
            self._runner: Runner = self._wgpu() if self.runner == "wgpu" else self._processor()
        except BuildError:
            refuse_wrong_data(model)
            raise
        self.adapter = self._runner.adapter
        self.versions = versions_with(self.runner)
        self.runtime = COMPILER if self.runner == "processor" else ()  # folders of what pages run that takes part
        for name, value in writes.items():
            refuse_what_init_sets(model, name)
            self.write(name, value)
        self.write("seed", seed)
        self.inputs = {name: self.read(name) for name in self._of_role("input") if name != "seed"}
        # A data set that was written over is the host's: a replay that read the set would compute something else.
        self.written = written_data(model, writes)
        self.run("init")

    def write(self, name: str, array: Any) -> None:
        """Set a variable."""
        self._runner.write(name, array)
        self._log.wrote(name, array)

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times."""
        self._runner.run(program, times)
        self._log.ran(program, times)

    def expect_numbers(self, hint: str) -> None:
        """GraphError where parameters, or gradients that are kept, are no numbers any more; the run is then over."""
        expect_numbers(self.model, self._runner, self._log, datasets.load_data, hint)

    def read(self, name: str) -> Array:
        """A copy of a variable's value."""
        return np.asarray(self._runner.read(name))

    def _wgpu(self) -> Runner:
        if not has_adapter():
            raise DeviceError(
                "wgpu was asked for, and no GPU adapter was found",
                hint="Ask for the processor, or for neither; `build-site doctor` says what there is",
            )
        return wgpu_runner(self._lowered, datasets.load_data)

    def _processor(self) -> Runner:
        root = project()
        return processor_runner(self._lowered, compiled(self._lowered, root, Cache(root / CACHE)), datasets.load_data)

    @cached_property
    def _lowered(self) -> Plan:
        return lowered(self.model)

    @cached_property
    def plan(self) -> str:
        """The model's plan as JSON, as the page gets it."""
        return self._lowered.to_json()

    @cached_property
    def plan_digest(self) -> str:
        """What names the plan."""
        return digest(self.plan)

    @cached_property
    def kernels(self) -> dict[str, str]:
        """Kernel files and the hashes of their WGSL as lowered."""
        return kernel_hashes(self.plan)

    @property
    def data(self) -> tuple[str, ...]:
        """The data sets that the model reads, but those that were written over."""
        variables = [self.model.variables[name] for name in self._of_role("data") if name not in self.written]
        return tuple(sorted({v.source for v in variables if v.source is not None}))

    def _of_role(self, role: str) -> list[str]:
        return [name for name, variable in self.model.variables.items() if variable.role == role]

    def record(
        self, program: str, times: int, series: Mapping[str, list[float | int | None]], tolerance: float
    ) -> Record:
        """This run's record with the given series."""
        return Record(
            seed=self.seed,
            program=program,
            times=times,
            series=series,
            inputs={name: input_values(value) for name, value in self.inputs.items()},
            data=list(self.data),
            written={name: packed(value) for name, value in self.written.items()},
            plan=self.plan_digest,
            kernels=self.kernels,
            adapter=self.adapter,
            runner=self.runner,
            versions=self.versions,
            tolerance=tolerance,
        )


def refuse_wrong_data(model: Model) -> None:
    """Raise what runners do where a data set is unknown or not as declared, with the line that declares it."""
    for variable in model.variables.values():
        if variable.source is None:
            continue
        shape, dtype = variable.type.shape, variable.type.dtype
        try:
            datasets.load_data(variable.source, variable.name, shape, dtype, variable.bound)
        except BuildError as error:
            if error.file is not None or variable.line is None:
                raise
            place = relative(project(), Path(variable.line.file))
            raise type(error)(error.message, place, variable.line.number, error.hint) from error


def refuse_what_init_sets(model: Model, name: str) -> None:
    variable = model.variables.get(name)
    if variable is not None and variable.role in ("parameter", "state"):
        raise GraphError(
            f"{name} is a {variable.role}, which init sets after it was written",
            hint="Write it when the run is there, or let a program assign it what is written into an input",
        )


def input_values(value: Any) -> dict[str, Any]:
    """An input as the page gets it: its shape, and its numbers row by row."""
    array = np.asarray(value)
    return {"shape": list(array.shape), "values": exact_list(array)}


def written_data(model: Model, writes: Mapping[str, Any]) -> dict[str, Array]:
    """Of what a run writes the data of the model, in their dtypes: they travel to the page as they are."""
    data = {name: variable.type.dtype for name, variable in model.variables.items() if variable.role == "data"}
    kinds = {"f32": np.float32, "u32": np.uint32, "i32": np.int32}
    types = {name: kinds[dtype] for name, dtype in data.items()}
    return {name: np.asarray(value, types[name]) for name, value in writes.items() if name in types}


def kernel_hashes(plan: str) -> dict[str, str]:
    """File -> hash, for each kernel file of a plan; of a kernel specialised in several ways, a hash of the hashes."""
    found: dict[str, list[str]] = {}
    for source in json.loads(plan)["sources"].values():
        found.setdefault(source["file"], []).append(source["hash"])
    return {file: hashes[0] if len(hashes) == 1 else digest(*sorted(hashes)) for file, hashes in sorted(found.items())}
