"""What a model is made of: variables that live on the device, and programs that assign them.

In: tensors. Out: a program's assignments, `variable <- tensor`, which are its whole meaning: outputs are variables too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from .scans import LEAF, expect_outside
from .tensor import AuthorLine, Operand, Tensor, broadcast, caller, constant, fail, make
from .types import Type

Role = Literal["parameter", "state", "input", "data", "output"]
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
    output     what a program gives
    """

    name: str
    type: Type
    role: Role
    initial: float | None = None
    source: str | None = None
    initialiser: Initialiser | None = None
    line: AuthorLine | None = None
    bound: int | None = None  # the host may write only smaller numbers into a u32 tensor

    def __post_init__(self) -> None:
        self.tensor = make("read", (), variable=self)
        if self.bound is not None and self.type.dtype != "u32":
            raise fail(f"{self.name} is {self.type}: a bound is for u32", caller())
        first = constant(self.initial or 0, self.type.dtype)  # which refuses what is no such number
        if self.bound is not None and not first.attributes["value"] < self.bound <= 2**32:
            raise fail(
                f"{self.name} cannot hold numbers below {self.bound}, and {self.initial or 0} at first", caller()
            )


@dataclass(frozen=True)
class Assignment:
    """`variable <- value`, done when the program ends: every read sees the value from before."""

    variable: Variable
    value: Tensor


@dataclass
class Program:
    """A program of a model: a name and assignments, and what is noted while it is traced.

    exposed  name -> tensor for which `Model.probe` may ask
    loss     the first scalar that it differentiates
    uses     how often a name was exposed, since a layer that is used twice exposes its names twice
    counter  the state that counts its runs, if it is not the model's `step`
    drawn    (stream, counter) -> the line that draws random numbers from it
    """

    name: str
    assignments: list[Assignment] = field(default_factory=list)
    exposed: dict[str, Tensor] = field(default_factory=dict)
    loss: Tensor | None = None
    uses: Counter[str] = field(default_factory=Counter)
    counter: Tensor | None = None
    drawn: dict[tuple[int, int | None], AuthorLine | None] = field(default_factory=dict)

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

    def __str__(self) -> str:
        lines = [f"program {self.name}:"]
        for node in topological(a.value for a in self.assignments):
            attributes = "".join(f" {k}={getattr(v, 'name', v)}" for k, v in node.attributes.items())
            lines.append(f"  {node!r}{attributes}")
        lines += [f"  {a.variable.name} <- %{a.value.number}" for a in self.assignments]
        return "\n".join(lines)


def parameter(shape: tuple[int, ...], initialiser: Initialiser) -> Tensor:
    """A parameter that has no name yet: `Model.add` gives it one."""
    return Variable("", Type(shape), "parameter", initialiser=initialiser, line=caller()).tensor


def variable_of(tensor: Tensor) -> Variable:
    """The variable that `tensor` reads; a GraphError where it reads none."""
    variable = tensor.attributes.get("variable")
    if not isinstance(variable, Variable):
        raise fail(f"expected a variable, found the result of {tensor.op}", caller())
    return variable


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
    if target.role in ("data", "input"):
        raise fail(f"{target.name} is {target.role}: only the host writes it", caller(), hint="Make it a state")
    return Assignment(target, value)


def topological(roots: Iterable[Tensor]) -> list[Tensor]:
    """`roots` and everything from which they are computed, inputs before users, in the order of tracing.

    An input always has a smaller number than the nodes that read it, since it was traced before them.
    """
    seen: dict[int, Tensor] = {}
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node.number not in seen:
            seen[node.number] = node
            pending.extend(node.inputs)
    return [seen[number] for number in sorted(seen)]


def expect_name(name: str, marks: bool = False) -> None:
    """GraphError where `name` is none; with `marks` also where `probe` would take it apart: `name:grad`, `name#1`."""
    if not all(part.strip() for part in name.split(".")):
        raise fail(f"expected a name, and one before and after each dot, found {name!r}", caller())
    if marks and set(name) & set(":#"):
        hint = "`probe` says layer:grad of a gradient, and layer#1 of what a program exposes again"
        raise fail(f"expected a name without : and #, found {name!r}", caller(), hint=hint)


def expect_owned(program: Program, name: str, variables: Mapping[str, Variable]) -> None:
    """GraphError where the program reads a variable that is none of those of the model of that name, or no time's."""
    for node in topological(a.value for a in program.assignments):
        if node.op in (LEAF, "time"):
            hint = "Have the function return it as its second result, and use what `scan` gives of all times"
            raise fail("what a scan computes at each time is used outside of its function", node.line, hint)
        if node.op == "read" and variables.get(variable_of(node).name) is not variable_of(node):
            raise fail(
                f"program {program.name} reads a variable that model {name} does not own",
                node.line,
                hint="Give the layer to the model with model.add(name, layer)",
            )
