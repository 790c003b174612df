"""The attributes of modules: what is held in them, and those that a module does not have, with what to do instead.

In: a module's attributes. Out: parameters and parts by path, or a GraphError. It does not know what a module does.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import GraphError
from ..graph import Tensor
from ..graph.tensor import caller, fail, located

_HERE = str(Path(__file__).parent)
_EVALUATE = "Programs are traced: whatever is called within `with nn.evaluating():` is used, and not trained"
# What PyTorch's modules have, and what does the same here.
_ELSEWHERE = {
    "training": _EVALUATE,
    "train": _EVALUATE,
    "eval": _EVALUATE,
    "requires_grad": "module.requires_grad_(False) freezes its parameters",
    "parameters": "module.named_parameters() gives (path, parameter); model.parameters those of the model by name",
    "zero_grad": "Gradients are what gradients(loss, parameters) gives, anew in every run",
    "state_dict": "A run's read(name) gives what a parameter holds",
    "load_state_dict": "A run's write(name, numbers) sets a parameter, after init",
    "to": "A model runs on what the runner chooses",
    "cuda": "A model runs on what the runner chooses",
    "forward": "A module is called: write __call__(self, x)",
}
_NOT_SET = ("training", "requires_grad")


class _NoSuchAttribute(GraphError, AttributeError):
    """So that `hasattr` still answers."""


def held(attributes: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """(path, value) of all that attributes hold, lists and dicts taken apart: `weight`, `layers.0`, `heads.left`."""
    for name, value in attributes.items():
        yield from _apart(name, value)


def _apart(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, list | tuple):
        for n, item in enumerate(value):
            yield from _apart(f"{path}.{n}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            for below, found in _apart(str(key), item):
                if _is_layer(found) and (not str(key).strip() or set(str(key)) & set(".:#")):
                    raise fail(f"a layer's key in a dict is a name without . : and #, found {key!r}", caller())
                yield f"{path}.{below}", found
    elif isinstance(value, set | frozenset) and any(map(_is_layer, value)):
        raise fail(f"{path} is a set of layers, which has no order", caller(), hint="Make it a list or a dict")
    else:
        yield path, value


def _is_layer(value: object) -> bool:
    return hasattr(type(value), "named_parameters") or (isinstance(value, Tensor) and value.op == "read")


def expect_settable(module: object, name: str) -> None:
    """GraphError where an author sets an attribute of which nothing would come."""
    if name in _NOT_SET:
        raise fail(f"a module has no {name} to be set", caller(), hint=_ELSEWHERE[name])
    ours = type(module).__module__.startswith(__package__)
    if ours and not name.startswith("_") and name not in vars(module) and not hasattr(type(module), name):
        setter = sys._getframe(2).f_code.co_filename  # past the module's own __setattr__
        if not setter.startswith(_HERE):
            hint = f"It has {_listed(module, name)}"
            raise fail(f"{type(module).__name__} does not know {name}, and would not use it", caller(), hint=hint)


def unknown(module: object, name: str) -> AttributeError:
    """What is raised where somebody asks a module for what it has not."""
    if name.startswith("__"):
        return AttributeError(name)  # Python itself asks
    hint = _ELSEWHERE.get(name) or f"It has {_listed(module, name)}"
    return _NoSuchAttribute(f"{type(module).__name__} has no {name}", *located(caller()), hint=hint)


def _listed(module: object, name: str) -> str:
    """Attributes whose names are like `name`, or all of them."""
    known = [each for each in vars(module) if not each.startswith("_")]
    return ", ".join(difflib.get_close_matches(name, known, 3) or known) or "no attributes of its own"
