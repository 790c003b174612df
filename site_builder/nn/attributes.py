"""The attributes of modules: what is held in them, and those that a module does not have, with what to do instead.

In: a module's attributes. Out: parameters and parts by path, or a GraphError. It does not know what a module does.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..graph import Tensor
from ..graph.other_libraries import OF_MODULES
from ..graph.tensor import caller, fail

_HERE = str(Path(__file__).parent)
_NOT_SET = ("training", "requires_grad")


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
        raise fail(f"a module has no {name} to be set", caller(), hint=OF_MODULES[name])
    ours = type(module).__module__.startswith(__package__)
    if ours and not name.startswith("_") and name not in vars(module) and not hasattr(type(module), name):
        setter = sys._getframe(2).f_code.co_filename  # past the module's own __setattr__
        if not setter.startswith(_HERE):
            hint = f"It has {_listed(module, name)}"
            raise fail(f"{type(module).__name__} does not know {name}, and would not use it", caller(), hint=hint)


def _listed(module: object, name: str) -> str:
    """Attributes whose names are like `name`, or all of them."""
    known = [each for each in vars(module) if not each.startswith("_")]
    return ", ".join(difflib.get_close_matches(name, known, 3) or known) or "no attributes of its own"
