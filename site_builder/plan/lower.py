"""Lowering: a model's programs become a plan.

    simplify (graph) -> stages of scans -> split loops, arity -> group -> order -> emit -> merge -> norms -> place ->
    share -> Plan

In: a model. Out: a plan. It chooses kernels by op and shape, never by device. Beside a kernel the plan lists variants,
which need a feature that not all devices have; those in half precision only if the model asks for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

from ..errors import PlanError
from ..graph import Model
from ..graph.passes import simplify
from ..graph.program import Assignment, Variable
from .arity import with_few_operands
from .dispatch import Dispatch, Key, variable_key
from .emit import ProgramEmitter
from .groups import Grouping
from .kernels import Kernel, load
from .limits import check
from .loops import with_short_loops
from .memory import Memory, place
from .merge import merge
from .norms import norms_of_arenas
from .order import schedule
from .plan import Buffer, Plan, PlanKernel, PlanProgram, PlanVariant, ShaderSource, Step
from .scans import dispatches_of
from .share import share
from .validate import validate


def lower(model: Model) -> Plan:
    """The plan of all of the model's programs.

    Raises PlanError or KernelError where one cannot be lowered, or needs more than WebGPU promises.
    """
    emitted: dict[str, list[Dispatch]] = {}
    for name, program in model.programs.items():
        emitted[name] = dispatches_of(name, program.assignments, partial(_straight, name, model.half))
    merged, arenas = merge(emitted)
    dispatches = norms_of_arenas(merged, arenas)
    variables = {variable_key(v): v for v in model.variables.values()}
    memory = place(dispatches, variables, arenas)
    builder = _PlanBuilder(memory)
    for key, v in variables.items():
        builder.add_buffer(key, v)
    programs = {name: builder.program(ds, emitted[name]) for name, ds in share(dispatches).items()}
    plan = Plan(
        name=model.name,
        sources=builder.sources,
        kernels=tuple(builder.kernels),
        allocations=tuple(memory.allocations),
        buffers=tuple(builder.buffers.values()),
        programs=programs,
        saved=memory.saved,
    )
    validate(plan)
    check(plan, {number: key.line for key, number in builder.numbers.items()})
    return plan


def _straight(name: str, half: bool, simple: Sequence[Assignment]) -> list[Dispatch]:
    """The dispatches of assignments without scans."""
    assignments = with_few_operands(with_short_loops(simple))
    try:
        return _emit(name, assignments, half)
    except PlanError:  # some variable cannot be written in place, so that a dispatch would bind too many buffers
        return _emit(name, assignments, half, in_place=False)


def _emit(name: str, assignments: Sequence[Assignment], half: bool, in_place: bool = True) -> list[Dispatch]:
    grouping = Grouping(assignments, in_place)
    planned = schedule(grouping)
    updates = {a.value.number for a in grouping.assignments if a.value.op == "update_at"}
    copied = updates - planned.direct.keys()  # a group reads of the old value what is replaced, and cannot run before
    if copied:
        return _emit(name, simplify(assignments, copied), half, in_place)
    return ProgramEmitter(name, grouping, planned, half).dispatches()


class _PlanBuilder:
    """Collects the sources, kernels and buffers of dispatches, and numbers each when it first occurs."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.sources: dict[str, ShaderSource] = {}
        self.hashes: dict[str, str] = {}
        self.kernels: list[PlanKernel] = []
        self.pipelines: dict[object, int] = {}
        self.buffers: dict[Key, Buffer] = {}
        self.numbers: dict[Key, int] = {}

    def add_buffer(self, key: Key, v: Variable | None = None) -> None:
        """A variable's buffer, or scratch."""
        allocation, offset = self.memory.places[key]
        self.numbers[key] = len(self.buffers)
        shape, dtype = key.type.shape, key.type.dtype
        if v is None:
            self.buffers[key] = Buffer(None, shape, dtype, "scratch", allocation, offset)
            return
        initial = _written(v.initial, dtype) if v.role in ("input", "constant") else None
        self.buffers[key] = Buffer(v.name, shape, dtype, v.role, allocation, offset, initial, v.source, v.bound)

    def program(self, dispatches: Sequence[Dispatch], before_merging: Sequence[Dispatch]) -> PlanProgram:
        steps = [self._step(d) for d in dispatches]
        named = [(d, k) for d in before_merging for k in d.keys if k.program is None]
        written = dict.fromkeys(k.name for d, k in named if k in d.writes)
        read = dict.fromkeys(k.name for d, k in named if k in d.reads)
        return PlanProgram(tuple(read), tuple(written), tuple(steps))

    def _step(self, d: Dispatch) -> Step:
        params = tuple(value for _, value in d.params)
        variants = tuple(variant.workgroups for variant in d.variants)
        return Step(self._kernel(d), tuple(map(self._number, d.keys)), d.workgroups, params, variants)

    def _number(self, key: Key) -> int:
        if key not in self.buffers:
            self.add_buffer(key)
        return self.numbers[key]

    def _kernel(self, dispatch: Dispatch) -> int:
        kernel = dispatch.kernel
        access = tuple(binding.access for binding in kernel.bindings)
        variants = tuple(PlanVariant(str(v.kernel.requires), self._source(v.kernel)) for v in dispatch.variants)
        params = tuple(name for name, _ in dispatch.params)
        planned = PlanKernel(self._source(kernel), kernel.entry, dict(dispatch.constants), access, params, variants)
        number = self.pipelines.setdefault((planned.source, dispatch.constants, variants), len(self.kernels))
        if number == len(self.kernels):
            self.kernels.append(planned)
        return number

    def _source(self, kernel: Kernel) -> str:
        origins = tuple((line.file, line.number) for line in kernel.lines)
        if kernel.file not in self.hashes:
            self.hashes[kernel.file] = file_hash(kernel.file)
        source = ShaderSource(kernel.file, kernel.wgsl, self.hashes[kernel.file], origins)
        self.sources[source.id] = source
        return source.id


def _written(initial: float | tuple[float, ...] | None, dtype: str) -> float | tuple[float, ...] | None:
    """What a buffer holds at first, with no more digits of many numbers than f32 has."""
    if not isinstance(initial, tuple) or dtype != "f32":
        return initial
    return tuple(float(f"{number:.9g}") for number in initial)


def file_hash(file: str) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a kernel's file with its imports, before anything is fused."""
    return hashlib.sha256(load(file).wgsl.encode()).hexdigest()[:12]


def dispatches_per_run(plan: Plan) -> Mapping[str, int]:
    """Program -> how many dispatches one run of it takes."""
    return {name: len(program.steps) for name, program in plan.programs.items()}
