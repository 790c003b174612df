"""A module called with other tensors in the place of its parameters: those that a step of training makes, say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..graph import Tensor, variable_of
from ..graph.tensor import caller, fail
from .module import Module


def functional_call(
    module: Module, parameters: Mapping[str, Tensor], args: Any, kwargs: Mapping[str, Any] | None = None
) -> Any:
    """module(*args, **kwargs) with these tensors in the place of its parameters of these names; the others stay.

    So a loss can be that of parameters which are computed, as Finn, Abbeel and Levine's (2017), one step further on:

        weights = dict(net.named_parameters())
        slopes = g.gradients(g.mean(g.square(net(x) - y)), [*weights.values()])
        further = {name: w - 0.1 * d for (name, w), d in zip(weights.items(), slopes)}
        loss = g.mean(g.square(nn.functional_call(net, further, asked) - right))

    A parameter that several parts share is another in all of them. What a module remembers, as BatchNorm its running
    averages, `named_parameters` names too, but it stays. `args` is a tuple, or one tensor; as in torch.func.
    """
    known = dict(module.named_parameters())
    for name, tensor in parameters.items():
        if name not in known:
            raise fail(f"functional_call: {type(module).__name__} has no parameter {name!r}", caller(), _listed(known))
        if tensor.type != known[name].type:
            raise fail(f"functional_call: {name} is {known[name].type}, found {tensor.type}", caller())
    learnt = {name for name, tensor in known.items() if variable_of(tensor).role == "parameter"}
    instead = {known[name].number: tensor for name, tensor in parameters.items() if name in learnt}
    kept = [(vars(part), dict(vars(part))) for part in _parts(module)]
    try:
        for attributes, before in kept:
            attributes.update({name: _replaced(value, instead) for name, value in before.items()})
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for attributes, before in kept:
            attributes.update(before)


def _parts(module: Module) -> Iterator[Module]:
    yield module
    for _, child in module.children():
        yield from _parts(child)


def _replaced(value: object, instead: Mapping[int, Tensor]) -> object:
    """What stands in an attribute, with the tensors that are to take the place of others."""
    if isinstance(value, Tensor):
        return instead.get(value.number, value)
    if isinstance(value, list | tuple):
        return type(value)(_replaced(item, instead) for item in value)
    return {key: _replaced(item, instead) for key, item in value.items()} if isinstance(value, dict) else value


def _listed(known: Mapping[str, Tensor]) -> str:
    return f"It has {', '.join(known)}"
