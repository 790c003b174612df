"""Freezing: parameters that optimisers leave as they are, by PyTorch's name for it, `requires_grad`.

In: a tensor, and an attribute that an author sets. Out: a frozen parameter, or a GraphError: no other attribute of a
tensor can be set, since nothing would come of it. It knows nothing of optimisers.
"""

from __future__ import annotations

from collections.abc import Iterable

from .program import Program, Variable
from .tensor import Tensor, caller, fail

FREEZABLE = "requires_grad"


def set_attribute(tensor: Tensor, name: str, value: object) -> None:
    """What `tensor.name = value` does."""
    if name != FREEZABLE:
        hint = "To change what a variable holds, use model.assign(variable, value) in a program"
        raise fail(f"a tensor never changes: its {name} cannot be set", caller(), hint=hint)
    if not isinstance(value, bool):
        raise fail(f"requires_grad is True or False, found {value!r}", caller())
    variable = _parameter(tensor)
    variable.frozen, variable.spared, variable.frozen_at = not value, False, caller()


def is_trained(tensor: Tensor) -> bool:
    """Whether optimisers may change a parameter."""
    return not _parameter(tensor).frozen


def expect_spared(variables: Iterable[Variable], programs: Iterable[Program]) -> None:
    """GraphError where freezing came too late: a program trains the parameter, and none left it be afterwards."""
    late = {id(v): v for v in variables if v.frozen and not v.spared}
    for program in programs if late else ():
        for variable in (a.variable for a in program.assignments if id(a.variable) in late):
            raise fail(
                f"{variable.name} is frozen here, after program {program.name} was traced, which trains it",
                variable.frozen_at,
                hint="Freeze it before the program is traced",
            )


def _parameter(tensor: Tensor) -> Variable:
    variable = tensor.attributes.get("variable")
    if not isinstance(variable, Variable) or variable.role != "parameter":
        found = f"{variable.role} {variable.name}" if isinstance(variable, Variable) else f"the result of {tensor.op}"
        hint = "stop_gradient(x) keeps gradients from passing x; gradients(loss, [x]) gives those by any tensor"
        raise fail(f"requires_grad is of parameters, found {found}", caller(), hint=hint)
    return variable
