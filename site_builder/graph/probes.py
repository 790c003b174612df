"""What `Model.probe` asks for by name: a tensor that a program exposes, or the gradient of its loss by one.

In: a traced program and a name. Out: the tensor. It knows of no model but the parameters that it is given.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from .autodiff import gradients
from .program import Program, topological
from .tensor import Tensor, caller, fail


def probed(program: Program, parameters: Mapping[str, Tensor], name: str) -> Tensor:
    """The tensor that `name` means. Raises GraphError where there is no such name, or no loss."""
    path, _, what = name.partition(":")
    known = {**parameters, **program.exposed} if what == "grad" else program.exposed
    if path not in known or what not in ("", "grad"):
        near = difflib.get_close_matches(path, known, 3, 0.5) or list(known)[:8]
        raise fail(f"program {program.name} exposes no {name!r}", caller(), hint=f"It has {', '.join(near)}")
    if not what:
        return known[path]
    if program.loss is None:
        raise fail(f"program {program.name} differentiates nothing, so that {name!r} has no value", caller())
    tensor = known[path]
    if tensor.number not in {node.number for node in topological([program.loss])}:
        raise fail(
            f"the loss of program {program.name} does not go through {path!r}, so that {name!r} has no value",
            caller(),
            hint="nn.MultiHeadAttention's weights are part of it with weights_visible=True",
        )
    return gradients(program.loss, [tensor])[0]
