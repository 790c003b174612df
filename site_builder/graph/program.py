"""What a model is made of: variables that live on the device, and programs that assign them.

In: tensors. Out: a program's assignments, `variable <- tensor`, which are its whole meaning: outputs are variables too.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn, Protocol, runtime_checkable

from .arrays import Numbers, array_type, at_first, held, is_array
from .scans import LEAF, expect_outside, within
from .tensor import AuthorLine, Operand, Tensor, broadcast, caller, constant, fail, make
from .types import Type

Role = Literal["parameter", "state", "input", "data", "output", "constant"]
Initialiser = Callable[[tuple[int, ...], int], Tensor]


@runtime_checkable
class HasParameters(Protocol):
    """What `Model.add` takes: `nn.Module` is one."""

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]: ...
    def name(self, path: str) -> None: ...


@dataclass(eq=False)
class Variable:
    """A named tensor on the device that outlives a program's run.

    parameter  drawn by `init`, changed by an optimiser          input  small, written by the host at any time
    state      set by `init` to `initial`, changed by programs   data   a data set, written once
    output     what a program gives                          constant   numbers that the plan itself holds, in `initial`
    """

    name: str
    type: Type
    role: Role
    initial: float | tuple[float, ...] | None = None  # everywhere, or all numbers in row-major order
    source: str | None = None
    initialiser: Initialiser | None = None
    line: AuthorLine | None = None
    bound: int | None = None  # the host may write only smaller numbers into a u32 tensor
    frozen: bool = False  # a parameter that optimisers leave as it is
    spared: bool = False  # one has done so, or the author assigned it since
    frozen_at: AuthorLine | None = None
    one: Variable | None = None  # that of one model, where this holds those of many along a first axis

    def __post_init__(self) -> None:
        self.tensor = make("read", (), variable=self)
        if self.bound is not None and self.type.dtype != "u32":
            raise fail(f"{self.name} is {self.type}: a bound is for u32", caller())
        largest = max(self.initial) if isinstance(self.initial, tuple) else self.initial or 0
        first = constant(largest, self.type.dtype)  # which refuses what is no such number
        if self.bound is not None and not first.attributes["value"] < self.bound <= 2**32:
            raise fail(f"{self.name} cannot hold numbers below {self.bound}, and {largest} at first", caller())

    def at_first(self) -> Tensor:
        """What `initial` says, as a tensor."""
        if isinstance(self.initial, tuple):
            return held(self.type, self.initial)
        return constant(self.initial or 0, self.type.dtype)


class Parameters(dict[str, Tensor]):
    """Parameters by their names."""

    def __missing__(self, name: str) -> NoReturn:
        raise fail(f"there is no parameter {name!r}, only {', '.join(self) or 'none'}", caller())

    def __call__(self) -> NoReturn:
        hint = "nn.SGD(0.1).minimise(loss, model) trains them; model.parameters, not called, has them by name"
        raise fail("a model's parameters are given to no optimiser", caller(), hint)


@dataclass(frozen=True)
class Assignment:
    """`variable <- value`, done when the program ends: every read sees the value from before."""

    variable: Variable
    value: Tensor


@dataclass
class Program:
    """A program of a model: a name and assignments, and what is noted while it is traced.

    exposed  name -> tensor for which `Model.probe` may ask
    loss     the first scalar that it differentiates, or one in which that one's gradients are: a penalty on a slope
    slopes   the numbers of the gradients that were taken of it
    uses     how often a name was exposed, since a layer that is used twice exposes its names twice
    counter  the state that counts its runs, if it is not the model's `step`
    drawn    (stream, counter) -> the line that draws random numbers from it
    began    tensors of larger numbers were made while it was traced
    """

    name: str
    assignments: list[Assignment] = field(default_factory=list)
    exposed: dict[str, Tensor] = field(default_factory=dict)
    loss: Tensor | None = None
    slopes: set[int] = field(default_factory=set)
    uses: Counter[str] = field(default_factory=Counter)
    counter: Tensor | None = None
    drawn: dict[tuple[int, int | None], AuthorLine | None] = field(default_factory=dict)
    began: int = field(default_factory=lambda: constant(0).number)

    def draws(self, stream: int, counter: Tensor | None) -> None:
        """Note a draw from a stream by the step or by `counter`; a GraphError where the program has made it before."""
        key, line = (stream, None if counter is None else counter.number), caller()
        if key in self.drawn:
            before = self.drawn[key]
            where = f", at {Path(before.file).name}:{before.number}" if before is not None else ""
            raise fail(
                f"program {self.name} has drawn from stream {stream} before{where}, and would draw the same numbers",
                line,
                hint="Use what was drawn twice, or draw from another stream",
            )
        self.drawn[key] = line

    def differentiates(self, loss: Tensor, gradients: Iterable[Tensor]) -> None:
        """Note that gradients of `loss` were taken."""
        if self.loss is None or any(node.number in self.slopes for node in topological([loss])):
            self.loss, self.slopes = loss, set()
        if self.loss is loss:
            self.slopes |= {d.number for d in gradients}

    def __str__(self) -> str:
        lines = [f"program {self.name}:"]
        for node in topological(a.value for a in self.assignments):
            attributes = "".join(f" {k}={getattr(v, 'name', v)}" for k, v in node.attributes.items())
            lines.append(f"  {node!r}{attributes}")
        lines += [f"  {a.variable.name} <- %{a.value.number}" for a in self.assignments]
        return "\n".join(lines)


def parameter(
    shape: tuple[int, ...] | None = None, initialiser: Initialiser | None = None, initial: Numbers | None = None
) -> Tensor:
    """A parameter that has no name yet: `Model.add` gives it one. `init` draws it by `initialiser`, or from `initial`.

    `initial` is a number or an array, whose shape it has where `shape` is left out.
    """
    if (initialiser is None) == (initial is None):
        hint = "As parameter((3, 4), nn.glorot) or parameter(initial=array)"
        raise fail("a parameter has a shape and an initialiser, or initial numbers", caller(), hint)
    if initial is None:
        if shape is None:
            raise fail("a parameter that is drawn has a shape", caller(), "As parameter((3, 4), nn.glorot)")
        return Variable("", Type(shape), "parameter", initialiser=initialiser, line=caller()).tensor
    found = array_type(initial, "f32", "a parameter's initial")[0] if is_array(initial) else Type(())
    type = found if shape is None else Type(shape)
    first = at_first("a parameter", type, initial)
    variable = Variable("", type, "parameter", initial=first, line=caller())
    variable.initialiser = lambda shape, stream: broadcast(variable.at_first(), shape)
    return variable.tensor


def variable_of(tensor: Tensor) -> Variable:
    """The variable that `tensor` reads; a GraphError where it reads none."""
    variable = tensor.attributes.get("variable")
    if not isinstance(variable, Variable):
        raise fail(f"expected a variable, found the result of {tensor.op}", caller())
    return variable


def one_of(variable: Variable) -> Variable:
    """What one model has, where `variable` holds that of many; else the variable itself. It has no name."""
    return variable if variable.one is None else one_of(variable.one)


def bound_of(tensor: Tensor) -> int | None:
    """The bound of the variable of whose elements this is made, unchanged; None where there is no such."""
    while tensor.op in ("reshape", "broadcast", "transpose", "slice", "gather"):
        tensor = tensor.inputs[0]
    return variable_of(tensor).bound if tensor.op == "read" else None


def assignment(target: Variable, value: Operand) -> Assignment:
    """`target <- value`, a number everywhere where it is one. A GraphError where the target cannot hold it."""
    expect_outside(f"what becomes of {target.name}")
    value = value if isinstance(value, Tensor) else constant(value, target.type.dtype)
    value = broadcast(value, target.type.shape) if value.size == 1 else value
    if value.type != target.type:
        raise fail(f"{target.name} is {target.type} and cannot hold {value.type}", caller())
    if target.role == "constant":
        raise fail("a constant is never assigned", caller(), hint="Make it a state, with initial=array")
    if target.role in ("data", "input"):
        raise fail(f"{target.name} is {target.role}: only the host writes it", caller(), hint="Make it a state")
    target.spared = target.spared or target.frozen
    return Assignment(target, value)


def topological(roots: Iterable[Tensor]) -> list[Tensor]:
    """`roots` and everything from which they are computed, inputs before users, in the order of tracing.

    An input always has a smaller number than the nodes that read it, since it was traced before them.
    """
    return within(roots, ())


def expect_traceable(function: Callable[..., object]) -> None:
    """GraphError where a function cannot become a program: it has a name and needs no arguments."""
    if not hasattr(function, "__name__"):
        raise fail(f"a program is a function with a name, found {function!r}", caller())
    parameters = inspect.signature(function).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if needed:
        hint = f'What the host gives is an input: {needed[0]} = model.input("{needed[0]}", shape)'
        raise fail(f"program {function.__name__} is called without arguments, and wants {needed[0]}", caller(), hint)


def expect_name(name: str, marks: bool = False) -> None:
    """GraphError where `name` is none; with `marks` also where `probe` would take it apart: `name:grad`, `name#1`."""
    if not all(part.strip() for part in name.split(".")):
        raise fail(f"expected a name, and one before and after each dot, found {name!r}", caller())
    if marks and set(name) & set(":#"):
        hint = "`probe` says layer:grad of a gradient, and layer#1 of what a program exposes again"
        raise fail(f"expected a name without : and #, found {name!r}", caller(), hint=hint)


def counter_of(counts: bool | Tensor) -> Tensor | None:
    """The state by which a program counts, if it is one of its own; a GraphError where it is no state u32[]."""
    own = counts if isinstance(counts, Tensor) else None
    if own is not None and (own.op != "read" or own.type != Type((), "u32")):
        raise fail(f"a program counts by a state u32[], found {own!r}", caller())
    return own


def outputs_of(name: str, returned: object) -> Mapping[str, Tensor]:
    """What the function of program `name` returned; a GraphError where that is no dict of tensors, nor nothing."""
    if returned is None:
        return {}
    if isinstance(returned, Mapping):
        return {key: _output(f"program {name}: output {key!r}", value) for key, value in returned.items()}
    found = f"a tensor, {returned.type}" if isinstance(returned, Tensor) else repr(returned)
    hint = 'Return {"loss": loss}, or nothing'
    raise fail(f"program {name}: outputs are tensors by name, found {found}", caller(), hint)


def _is_of_one(variable: Variable, known: Iterable[Variable]) -> bool:
    """Whether it stands for one of many: an argument of a function that is mapped, or what one model of many has."""
    argument = variable.role == "input" and not variable.name
    return argument or any(variable is v.one or variable is one_of(v) for v in known)


def _output(what: str, value: object) -> Tensor:
    """The tensor, or an array as one."""
    if isinstance(value, Tensor):
        return value
    if is_array(value):
        return held(*array_type(value, None, what), what)
    raise fail(f"{what} is a tensor, found {value!r}", caller(), "A number is constant(value)")


def expect_owned(program: Program, name: str, variables: dict[str, Variable], roots: Iterable[Tensor]) -> None:
    """GraphError where the program computes `roots` from a variable that is none of those of the model of that name.

    Constants, which have no owner, become the model's. What a scan computes at one time is refused.
    """
    for node in topological(roots):
        if node.op in (LEAF, "time"):
            hint = "Have the function return it as its second result, and use what `scan` gives of all times"
            raise fail("what a scan computes at each time is used outside of its function", node.line, hint)
        if node.op == "read" and variable_of(node).role == "constant":
            variables[variable_of(node).name] = variable_of(node)
        if node.op != "read" or variables.get(variable_of(node).name) is variable_of(node):
            continue
        if _is_of_one(variable_of(node), variables.values()):
            hint = "Return it from vmap's function, and use what comes back, which has an axis of all"
            raise fail(f"program {program.name} is given what vmap's function computes of one of many", caller(), hint)
        if variable_of(node).role == "parameter" and node.number > program.began:
            raise fail(
                f"a layer is made here while program {program.name} is traced, so that model {name} never gets it",
                node.line,
                hint="Make it before, in the __init__ of a Module that keeps it in an attribute, a list or a dict",
            )
        raise fail(
            f"program {program.name} reads a variable that model {name} does not own",
            node.line,
            hint="Give the layer to the model with model.add(name, layer), in an attribute, a list or a dict of it",
        )
