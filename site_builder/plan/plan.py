"""The plan of a model: the buffers, kernels and dispatches of its programs, as plain data for every runner.

A plan never changes. It holds all that a runner needs, so that runners infer no shape and allocate nothing between
runs. `schema.json` beside this file describes its JSON, and `validate.py` checks what a schema cannot say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class ShaderSource:
    """A WGSL text with everything spliced into it, and the file of the kernel from which it was made, with its hash.

    `origins` holds the file and the line from which each line came. The plan's JSON leaves it out.
    """

    file: str
    wgsl: str
    file_hash: str
    origins: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def id(self) -> str:
        """The first 12 hexadecimal digits of the text's SHA-256."""
        return hashlib.sha256(self.wgsl.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class PlanVariant:
    """A source that runs in place of the kernel's own on devices with `feature`, by its name in WebGPU."""

    feature: str
    source: str


@dataclass(frozen=True)
class PlanKernel:
    """A source with its overrides set: one pipeline. `access` has one entry for each storage buffer of group 0.

    `params`: names of the u32 numbers that each step brings, in a uniform buffer behind the storage buffers.
    `variants`: sources for devices with some feature, the best first.
    """

    source: str
    entry: str
    constants: Mapping[str, int]
    access: tuple[str, ...]
    params: tuple[str, ...] = ()
    variants: tuple[PlanVariant, ...] = ()

    def variant(self, features: Collection[str]) -> int | None:
        """The number of the variant that a device with these features runs, by their names in WebGPU; None for none."""
        return next((number for number, variant in enumerate(self.variants) if variant.feature in features), None)


@dataclass(frozen=True)
class Buffer:
    """A tensor in an allocation: it begins `offset` bytes from the allocation's start.

    `initial` fills an input or a constant before anything runs: a number everywhere, or all in row-major order.
    `source` names a data set. `bound`: what the host writes is below it.
    """

    name: str | None
    shape: tuple[int, ...]
    dtype: str
    role: str
    allocation: int
    offset: int
    initial: float | tuple[float, ...] | None = None
    source: str | None = None
    bound: int | None = None


@dataclass(frozen=True)
class Step:
    """One dispatch: the numbers of a kernel and of its buffers, the workgroups in x, y and z, and parameters.

    `variants`: the workgroups for each of the kernel's variants, in their order.
    """

    kernel: int
    bindings: tuple[int, ...]
    workgroups: tuple[int, int, int]
    params: tuple[int, ...] = ()
    variants: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class PlanProgram:
    """The dispatches of one program, and the named buffers that it reads and changes."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """All programs of a model. `saved`: how many bytes are saved because scratch buffers share allocations."""

    name: str
    sources: Mapping[str, ShaderSource]
    kernels: tuple[PlanKernel, ...]
    allocations: tuple[int, ...]
    buffers: tuple[Buffer, ...]
    programs: Mapping[str, PlanProgram]
    saved: int = field(default=0, compare=False)

    @property
    def bytes(self) -> int:
        """How many bytes of GPU memory the plan takes."""
        return sum(self.allocations)

    def buffer(self, name: str) -> Buffer:
        """The named buffer; KeyError where there is none."""
        return next(b for b in self.buffers if b.name == name)

    def sizes(self, step: Step) -> dict[str, int]:
        """All sizes of a step's kernel by name: the constants of its pipeline, and its parameters."""
        kernel = self.kernels[step.kernel]
        return {**kernel.constants, **dict(zip(kernel.params, step.params, strict=True))}

    def to_json(self) -> str:
        """The plan as the browser gets it: its WGSL without comments and indentation, everything in a fixed order."""
        sources = {
            key: {"file": s.file, "wgsl": stripped(s.wgsl), "hash": s.file_hash} for key, s in self.sources.items()
        }
        document = {
            "format": FORMAT,
            "name": self.name,
            "sources": sources,
            "kernels": [_kernel_json(k) for k in self.kernels],
            "allocations": list(self.allocations),
            "buffers": [vars(b) | {"shape": list(b.shape)} for b in self.buffers],
            "programs": {
                name: {
                    "inputs": list(p.inputs),
                    "outputs": list(p.outputs),
                    "steps": [_step_json(s) for s in p.steps],
                }
                for name, p in self.programs.items()
            },
        }
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _kernel_json(kernel: PlanKernel) -> dict[str, Any]:
    document: dict[str, Any] = {"source": kernel.source, "entry": kernel.entry}
    document |= {"constants": dict(kernel.constants), "access": list(kernel.access)}
    if kernel.params:
        document["params"] = list(kernel.params)
    if kernel.variants:
        document["variants"] = [vars(variant) for variant in kernel.variants]
    return document


def _step_json(step: Step) -> dict[str, Any]:
    document: dict[str, Any] = {"kernel": step.kernel, "bindings": list(step.bindings)}
    document["workgroups"] = list(step.workgroups)
    if step.params:
        document["params"] = list(step.params)
    if step.variants:
        document["variants"] = [list(workgroups) for workgroups in step.variants]
    return document


def stripped(wgsl: str) -> str:
    """WGSL without comments behind `//`, indentation and empty lines. There are no string literals in WGSL to mind."""
    # In `/* … */` two slashes mean nothing: a text that has such comments keeps all.
    lines = (line.partition("//")[0].strip() if "/*" not in wgsl else line.strip() for line in wgsl.splitlines())
    return "\n".join(line for line in lines if line)
