"""Which parameters an optimiser trains, and which gradient belongs to which.

In: a loss or gradients, a model, and what the author chose of it. Out: variables, in the model's order; or a GraphError
that says why there are none. It does not know what an optimiser does with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..graph import Model, Tensor
from ..graph.autodiff import reached
from ..graph.program import Variable, one_of, topological, variable_of
from ..graph.tensor import caller, fail
from .module import Module

Choice = Callable[[str, Tensor], bool]
Only = Module | Tensor | Sequence[Module | Tensor] | Choice
Given = Sequence[Tensor] | Mapping[Tensor, Tensor]


def everything(name: str, parameter: Tensor) -> bool:
    """All parameters."""
    return True


def matrices(name: str, parameter: Tensor) -> bool:
    """Parameters of at least two axes: weights and embeddings, but no biases and no scales of norms."""
    return len(parameter.shape) >= 2


def trained_by(loss: Tensor, model: Model, only: Only | None) -> list[Variable]:
    """Those chosen to which gradients of `loss` come: others, frozen ones too, are left as they are."""
    model.expect_owned(loss)  # also what no gradient is taken by
    numbers, chosen = reached(loss), _chosen(model, only)
    reaching = [v for v in chosen if v.tensor.number in numbers]
    found = _not_frozen(reaching)
    if not found:
        raise fail(*_why(loss, model, numbers, reaching))
    _expect_new(model, found)
    return found


def given_for(gradients: Given, model: Model) -> list[tuple[Variable, Tensor]]:
    """The parameters with the gradients that the author made: a list in the model's order, or a dict by parameter."""
    trainable = _not_frozen(_parameters(model))
    if isinstance(gradients, Mapping):
        for key in gradients:
            _expect_parameter(model, key)
        pairs = [(v, gradients[v.tensor]) for v in trainable if v.tensor in gradients]
    elif isinstance(gradients, Sequence) and len(gradients) == len(trainable):
        pairs = list(zip(trainable, gradients, strict=True))
    else:
        found = len(gradients) if isinstance(gradients, Sequence) else f"{gradients!r}"
        hint = "To train some of them, give a dict, parameter -> gradient"
        raise fail(f"expected a gradient for each of {len(trainable)} parameters, found {found}", caller(), hint=hint)
    for variable, gradient in pairs:
        if not isinstance(gradient, Tensor) or gradient.type != variable.type:
            shown = gradient.type if isinstance(gradient, Tensor) else repr(gradient)
            raise fail(f"the gradient of {variable.name} is {variable.type}, found {shown}", caller())
    if not pairs:
        raise fail("no gradient is of a parameter that is trained", caller(), hint="Frozen ones are left as they are")
    _expect_new(model, [variable for variable, _ in pairs])
    return pairs


def _not_frozen(variables: Sequence[Variable]) -> list[Variable]:
    """Those that may be trained, noting that the others are left as they are."""
    for variable in variables:
        variable.spared = variable.frozen
    return [v for v in variables if not v.frozen]


def _parameters(model: Model) -> list[Variable]:
    return [variable_of(p) for p in model.parameters.values()]


def _chosen(model: Model, only: Only | None) -> list[Variable]:
    """Those that `only` names, in the model's order."""
    if only is None:
        return _parameters(model)
    if callable(only) and not isinstance(only, Module | type):
        return [v for v in _parameters(model) if only(v.name, one_of(v).tensor)]
    named = {id(variable) for variable in _named(model, only)}
    return [v for v in _parameters(model) if id(v) in named]


def _named(model: Model, only: Any) -> Iterator[Variable]:
    """The variables of a module, of a parameter, or of a list of these."""
    if isinstance(only, Module):
        for _, tensor in only.named_parameters():
            if variable_of(tensor).role == "parameter":
                yield _expect_parameter(model, tensor)
    elif isinstance(only, list | tuple):
        for each in only:
            yield from _named(model, each)
    else:
        yield _expect_parameter(model, only)


def _expect_parameter(model: Model, given: Any) -> Variable:
    """The variable of one of the model's parameters; a GraphError for anything else."""
    variable = given.attributes.get("variable") if isinstance(given, Tensor) else None
    if isinstance(variable, Variable) and model.variables.get(variable.name) is variable:
        if variable.role == "parameter":
            return variable
        raise fail(f"{variable.name} is {variable.role}, and only parameters are trained", caller())
    hint = "Name modules or parameters that were given to model.add"
    if isinstance(variable, Variable):
        raise fail(f"a parameter {variable.type} is none of model {model.name}'s", caller(), hint=hint)
    found = f"the result of {given.op}" if isinstance(given, Tensor) else repr(given)
    raise fail(f"expected parameters of model {model.name}, found {found}", caller(), hint=hint)


def _expect_new(model: Model, trained: Sequence[Variable]) -> None:
    """GraphError where the program has trained one of them already."""
    for variable in trained:
        if model.current(variable.tensor) is not variable.tensor:
            raise fail(
                f"{variable.name} is trained twice in one program, which knows only its value from before",
                caller(),
                hint="Minimise the sum of the losses, train each with only=, or make it two programs",
            )


def _why(loss: Tensor, model: Model, numbers: set[int], frozen: Sequence[Variable]) -> tuple[Any, ...]:
    """Why nothing is trained: a sentence, the line, and what to do."""
    parts = {node.number for node in topological([loss])}
    below = [v for v in _parameters(model) if v.tensor.number in parts]
    reaching = [v for v in below if v.tensor.number in numbers]
    if not below:
        hint = "Compute it by a layer that was given to model.add"
        return "the loss depends on no parameter of the model", caller(), hint
    if not reaching:
        hint = "stop_gradient, a comparison or a rounding stands between the loss and its parameters"
        return f"no gradient of the loss reaches a parameter, of {_listed(below)}", caller(), hint
    if not frozen:
        return f"the loss depends on {_listed(reaching)} alone, which `only` leaves out", caller()
    return f"{_listed(frozen)}: on these the loss depends, and they are frozen", caller(), "requires_grad_(True) thaws"


def _listed(variables: Sequence[Variable]) -> str:
    names = [v.name for v in variables]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
