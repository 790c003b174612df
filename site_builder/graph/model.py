"""A model: variables that live on the device, and programs that change them.

In: Python functions. Out: for each program its assignments, `variable <- tensor`, which are its whole meaning: outputs
are variables too. Knows nothing of kernels or devices.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, TypeVar, overload

from .arrays import Numbers, at_first
from .freezing import expect_spared
from .habits import Habits
from .other_libraries import OF_MODELS
from .program import (
    Assignment,
    HasParameters,
    Parameters,
    Program,
    Variable,
    assignment,
    counter_of,
    expect_name,
    expect_owned,
    expect_traceable,
    outputs_of,
    variable_of,
)
from .scans import being_traced, expect_outside
from .tensor import Operand, Tensor, by_default_at, caller, constant, fail, make
from .types import DType, Type

Traced = Callable[[], Mapping[str, Tensor] | None]

HISTORY = 4096  # steps that a recorded series remembers
INIT = "init"  # the program that every model has

AnyModule = TypeVar("AnyModule", bound=HasParameters)


class Model(Habits):
    """Variables and programs under one name. Programs are traced when they are decorated.

    `half`: on devices that can, large products `a @ b` and convolutions are computed in half precision, of 11 bits, on
    the way forward; gradients never are. Numbers beyond 65504 overflow then. Other devices, and NumPy, compute as
    without it: their results differ by some 2^-11 of themselves, which the tolerance of a record must allow.
    """

    HABITS = OF_MODELS
    _stack: ClassVar[list[Model]] = []

    def __init__(self, name: str, half: bool = False) -> None:
        expect_name(name)
        self.name = name
        self.half = half
        self.variables: dict[str, Variable] = {}
        self._programs: dict[str, Program] = {}
        self._program: Program | None = None
        self._seed = self._declare(Variable("seed", Type((), "u32"), "input", initial=0))
        self._step = self._declare(Variable("step", Type((), "u32"), "state", initial=0))

    @classmethod
    def tracing(cls) -> Model | None:
        """The model whose program is being traced, if any."""
        return cls._stack[-1] if cls._stack else None

    @property
    def seed(self) -> Tensor:
        """u32 scalar: the host's choice, from which all random numbers follow."""
        return self._seed

    @property
    def step(self) -> Tensor:
        """u32 scalar: how often a counting program has run since `init`; 0 while `init` runs.

        Within a program that counts by a state of its own, that state.
        """
        if self._program is not None and self._program.name == INIT:
            return constant(0, "u32")
        own = None if self._program is None else self._program.counter
        return self._step if own is None else own

    def data(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: DType = "f32",
        source: str | None = None,
        bound: int | None = None,
    ) -> Tensor:
        """A read-only data set; `source` names it for the runner, else the host writes it.

        `bound`: runners refuse u32 numbers that are not below it, as labels and indices should be.
        """
        return self._declare(Variable(name, Type(shape, dtype), "data", source=source, bound=bound))

    def input(
        self, name: str, shape: tuple[int, ...], initial: Numbers = 0.0, dtype: DType = "f32", bound: int | None = None
    ) -> Tensor:
        """Something small that the host may write, `initial` until then, a number or an array; `bound` as for data."""
        first = at_first(name, Type(shape, dtype), initial)
        return self._declare(Variable(name, Type(shape, dtype), "input", initial=first, bound=bound))

    def state(self, name: str, shape: tuple[int, ...], initial: Numbers = 0.0, dtype: DType = "f32") -> Tensor:
        """Something that keeps its value from run to run, and that programs change; `init` sets it to `initial`."""
        return self._declare(Variable(name, Type(shape, dtype), "state", at_first(name, Type(shape, dtype), initial)))

    def add(self, name: str, module: AnyModule) -> AnyModule:
        """Name the module's parameters `name.…` and make them this model's.

        A variable that is this model's already keeps its name, as an input that a layer holds or a shared parameter.
        """
        expect_name(name, marks=True)
        for path, tensor in module.named_parameters():
            variable = variable_of(tensor)
            if self.variables.get(variable.name) is variable:
                continue
            if variable.name not in ("", f"{name}.{path}"):
                hint = "Make a layer for each model, or add it to both under one name"
                raise fail(f"{variable.name} of another model would be renamed {name}.{path}", caller(), hint=hint)
            variable.name = f"{name}.{path}"
            self._declare(variable)
        module.name(name)
        return module

    @overload
    def program(self, function: Traced) -> Traced: ...
    @overload
    def program(self, *, counts: bool | Tensor = False) -> Callable[[Traced], Traced]: ...
    def program(
        self, function: Traced | None = None, *, counts: bool | Tensor = False
    ) -> Traced | Callable[[Traced], Traced]:
        """Trace a function into the program of its name. What it returns, by name, becomes outputs.

        `counts`: add one to `step` when it is done. Programs share it: what trains after another begins where that
        ended, and so do its histories, unless it counts by a state of its own, u32[]. Schedules, what is drawn and
        what is recorded within it then go by that.
        """

        def trace(function: Traced) -> Traced:
            expect_traceable(function)
            if function.__name__ == INIT:
                hint = "Give it another name; a state starts as its `initial` says, a parameter as its initialiser"
                raise fail(f"program {INIT} is the model's own: it draws parameters and resets states", caller(), hint)
            self._trace(function.__name__, function, counts)
            return function

        return trace if function is None else trace(function)

    def assign(self, variable: Tensor, value: Operand) -> None:
        """When the program is done, `variable` (a state or parameter) holds `value`."""
        program, new = self._tracing_program(), assignment(variable_of(variable), value)
        if any(a.variable is new.variable for a in program.assignments):
            what = f"{new.variable.name} is assigned twice in program {program.name}"
            raise fail(what, caller(), hint="Model.update goes on from what it was assigned")
        program.assignments.append(new)

    def update(self, variable: Tensor, rule: Callable[[Tensor], Tensor]) -> None:
        """When the program is done, `variable` holds rule(what it would hold otherwise): updates follow one another."""
        assignments = self._tracing_program().assignments
        for n, known in enumerate(assignments):
            if known.variable is variable_of(variable):
                assignments[n] = assignment(known.variable, rule(known.value))
                return
        self.assign(variable, rule(variable))

    def current(self, variable: Tensor) -> Tensor:
        """What the program has assigned to `variable` so far, or the variable itself, its value before the run."""
        assigned = [a.value for a in self._tracing_program().assignments if a.variable is variable_of(variable)]
        return assigned[0] if assigned else variable

    def watch(self, name: str, tensor: Tensor) -> Tensor:
        """Keep `tensor` as the output `name`, which can be read or drawn after a run. Returns the tensor."""
        expect_outside(f"watch({name!r}, …)")
        self._declare(output := Variable(name, tensor.type, "output", line=caller()))
        self._tracing_program().assignments.append(Assignment(output, tensor))
        return tensor

    def expose(self, name: str, tensor: Tensor) -> Tensor:
        """Let `probe` ask for `tensor` under `name`. Returns the tensor. It costs nothing unless `probe` asks for it.

        A name that a program exposes again, as where a cell is used at each time, becomes `name#1`, `name#2`, …
        """
        expect_name(name, marks=True)
        if name in self.parameters:
            raise fail(f"{name} is a parameter of model {self.name}, which can be probed as it is", caller())
        self._expose(self.numbered(name), tensor)
        return tensor

    def _expose(self, name: str, tensor: Tensor) -> None:
        if bodies := being_traced():
            bodies[-1].exposed.append((self._expose, name, tensor))  # of which `scan` makes a sequence
        else:
            self._tracing_program().exposed[name] = tensor

    def numbered(self, name: str) -> str:
        """`name` the first time that it is asked for in the program being traced, then `name#1`, `name#2`, …"""
        uses = self._tracing_program().uses
        uses[name] += 1
        return f"{name}#{uses[name] - 1}" if uses[name] > 1 else name

    def probe(self, program: str, /, *names: str, **renamed: str) -> None:
        """Keep tensors inside a traced program as outputs, under their names: `blocks.0.attention.weights`.

        `lens="blocks.0"` keeps one as the output `lens`: a layer that is probed in two programs wants two names.
        `name:grad` is the gradient of the program's loss (the first scalar that it differentiated) by that tensor or
        parameter. Layers expose what they give under their own path, and what else is worth seeing under a name of
        its own. Raises GraphError where there is no such name, or no loss.
        """
        from .probes import probed  # which takes gradients, whose loss a model notes

        if program not in self._programs:
            raise fail(f"model {self.name} has no program {program!r}, only {', '.join(self._programs)}", caller())
        traced = self._programs[program]
        for output_name, name in [*zip(names, names, strict=True), *renamed.items()]:
            tensor = probed(traced, self.parameters, name)
            output = Variable(output_name, tensor.type, "output", line=caller())
            self._declare(output, hint=f'Keep it under another name: model.probe("{program}", other="{name}")')
            traced.assignments.append(Assignment(output, tensor))

    def draws(self, stream: int, counter: Tensor | None) -> None:
        """Note that the program being traced draws random numbers; a GraphError where it has drawn the same before."""
        self._tracing_program().draws(stream, counter)

    def differentiates(self, loss: Tensor, gradients: Sequence[Tensor]) -> None:
        """Note that the program being traced, if any, has taken gradients of `loss`."""
        if self._program is not None and not being_traced():
            self._program.differentiates(loss, gradients)

    def expect_owned(self, *tensors: Tensor) -> None:
        """GraphError where the program being traced computes tensors from what was not given to the model."""
        expect_owned(self._tracing_program(), self.name, self.variables, tensors)

    def record(self, name: str, value: Tensor) -> None:
        """Remember a scalar of each step: `name.history`, f32[4096], at step mod 4096 as the program counts."""
        known = self.variables.get(key := f"{name}.history")
        if value.type != Type(()):
            raise fail(f"what is recorded is a scalar, found {value.type}", caller())
        if known is not None and (known.role, known.type) != ("state", Type((HISTORY,))):
            raise fail(f"{key} is {known.role} {known.type} already, and no history {Type((HISTORY,))}", caller())
        history = self.state(key, (HISTORY,)) if known is None else known.tensor
        self.assign(history, make("update_at", (history, self.step % HISTORY, value), axis=0))

    @property
    def parameters(self) -> dict[str, Tensor]:
        """Name -> tensor of every parameter, in the order of their declaration."""
        return Parameters((v.name, v.tensor) for v in self.variables.values() if v.role == "parameter")

    @property
    def programs(self) -> dict[str, Program]:
        """Name -> program; `init`, which draws parameters and resets states, is made here when all are known."""
        if self._program is None:
            self._programs.pop(INIT, None)
            expect_spared(self.variables.values(), self._programs.values())
            self._trace(INIT, self._init, counts=False)
        return {INIT: self._programs[INIT], **{k: v for k, v in self._programs.items() if k != INIT}}

    def _init(self) -> None:
        for variable in list(self.variables.values()):
            with by_default_at(variable.line):  # where no line of the author's own asks
                if variable.role == "parameter":
                    assert variable.initialiser is not None
                    # A stream of its own for every parameter, which no other layer's coming or going changes.
                    drawn = variable.initialiser(variable.type.shape, zlib.crc32(variable.name.encode()))
                    self.assign(variable.tensor, drawn)
                elif variable.role == "state":
                    self.assign(variable.tensor, variable.at_first())

    def _declare(self, variable: Variable, hint: str | None = None) -> Tensor:
        expect_name(variable.name)
        if variable.name in self.variables:
            own = f"{variable.name} is the model's own" if variable.name in ("seed", "step") else None
            raise fail(f"model {self.name} already has a variable {variable.name!r}", caller(), hint=hint or own)
        variable.line = variable.line or caller()
        self.variables[variable.name] = variable
        return variable.tensor

    def _tracing_program(self) -> Program:
        if self._program is None:
            raise fail(f"model {self.name} is not tracing a program", caller(), hint="Call it in a program's function")
        return self._program

    def _trace(self, name: str, function: Traced, counts: bool | Tensor) -> None:
        if name in self._programs:
            raise fail(f"model {self.name} already has a program {name!r}", caller())
        own = counter_of(counts)
        self._program = Program(name, counter=own)
        Model._stack.append(self)
        try:
            for key, tensor in outputs_of(name, function()).items():
                self.watch(key, tensor)
            if own is not None or counts:
                self.assign(self.step, self.step + 1)
            self.expect_owned(*(a.value for a in self._program.assignments))
        finally:
            program, self._program = self._program, None
            Model._stack.pop()
        self._programs[name] = program
