"""Keys and values that attention remembers from program to program, in two states of the model.

In: a layer that has a path in the model, and tensors [batch, length, heads, head_dim]. Out: the states PATH.keys and
PATH.values. Knows nothing of positions or of how keys and values are made.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import Model, Tensor
from ..graph.tensor import caller, fail
from ..graph.types import Type
from .module import Module

NAMES = ("keys", "values")


def states(layer: Module, batch: int, length: int, heads: int, head_dim: int) -> list[Tensor]:
    """The layer's states, made where there are none yet. A GraphError where there are others, or no program."""
    model, type_ = Model.tracing(), Type((batch, length, heads, head_dim))
    if model is None or not layer.path:
        raise fail("attention remembers in states, so it needs a model and one of its programs", caller())
    found = []
    for key in (f"{layer.path}.{name}" for name in NAMES):
        known = model.variables.get(key)
        if known is not None and known.type != type_:
            hint = "Programs that share a layer share what it remembers: one batch, one length"
            raise fail(f"{key} is {known.type} already and cannot be {type_} here", caller(), hint=hint)
        found.append(model.state(key, type_.shape) if known is None else known.tensor)
    return found


def keep(found: Sequence[Tensor], new: Sequence[Tensor]) -> Sequence[Tensor]:
    """Let the program that is being traced leave what is new in the states; gives it back."""
    model = Model.tracing()
    assert model is not None  # else there would be no states
    for state, value in zip(found, new, strict=True):
        model.assign(state, value)
    return new


def current(layer: Module) -> list[Tensor] | None:
    """What the layer's states hold, from this program or from one before it; None where there are none."""
    model = Model.tracing()
    if model is None:
        return None
    known = (model.variables.get(f"{layer.path}.{name}") for name in NAMES)
    return [model.current(each.tensor) for each in known if each is not None] or None
