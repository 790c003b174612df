"""What `Model.probe` asks for by name: a tensor that a program exposes, or the gradient of its loss by one.

In: a traced program and a name. Out: the tensor. It knows of no model but the parameters that it is given.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from .autodiff import gradients
from .functions.sources import full
from .program import Program, topological
from .scans import ScanBody, copied, perturbed, result_of
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
    tensor, loss = _at_each_time(known[path], program.loss)
    if tensor.number not in {node.number for node in topological([loss])}:
        raise fail(
            f"the loss of program {program.name} does not go through {path!r}, so that {name!r} has no value",
            caller(),
            hint="nn.MultiHeadAttention's weights are part of it with weights_visible=True",
        )
    return gradients(loss, [tensor])[0]


def _at_each_time(tensor: Tensor, loss: Tensor) -> tuple[Tensor, Tensor]:
    """For what a scan computes at each time: zeros that are added to it there, and the loss with them.

    The gradient by these is that by the tensor, with the part that comes through what the times after it make of it.
    """
    if "stack" not in tensor.attributes:
        return tensor, loss
    body: ScanBody = tensor.attributes["body"]
    zeros, (changed, new) = full(tensor.shape, 0.0), perturbed(body, result_of(tensor))
    known: dict[int, Tensor] = {}
    for node in (n for n in topological([loss]) if n.op == "scan" and n.attributes["body"] is body):
        first, rows, captured = body.divided(node.inputs)
        inputs = (*first, *rows, zeros, *captured)
        if "last" in node.attributes:
            known[node.number] = changed.last(node.attributes["last"], inputs)
        else:
            known[node.number] = changed.stack(new[result_of(node).number], inputs)
    return (zeros, copied([loss], known)[0]) if known else (tensor, loss)
