"""From what each shown number is computed, for readers who point at one.

In: a model. Out: for each program that gives outputs or trains its graph as plain data, from the outputs and the loss
down to what is stored: parameters, inputs, data, states. The page follows it back from one cell
(demos/runtime/inspect/inspector.js).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from site_builder.graph import Model, Tensor


def formulas(model: Model) -> dict[str, Any]:
    """{"nodes": [{"op", "of", "shape", "dtype", ...attributes}, ...], "outputs": {name: index of its node},
    "losses": {program: index of its node}}.

    `of` are indices of earlier nodes. A node that reads what is stored has op "read" and its `name`.
    """
    from site_builder.graph.model import INIT
    from site_builder.graph.program import topological

    given = {
        assignment.variable.name: assignment.value
        for name, program in model.programs.items()
        if name != INIT
        for assignment in program.assignments
        if assignment.variable.role == "output"
    }
    losses = {name: program.loss for name, program in model.programs.items() if program.loss is not None}
    nodes = topological([*given.values(), *losses.values()])
    places = {node.number: index for index, node in enumerate(nodes)}
    return {
        "nodes": [_node(node, places) for node in nodes],
        "outputs": {name: places[value.number] for name, value in given.items()},
        "losses": {name: places[value.number] for name, value in losses.items()},
    }


def _node(node: Tensor, places: dict[int, int]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "op": node.op,
        "of": [places[operand.number] for operand in node.inputs],
        "shape": list(node.shape),
        "dtype": node.dtype,
    }
    for key, value in node.attributes.items():
        if key == "variable":
            described["name"] = value.name
        elif key != "shape":
            described[key] = list(value) if isinstance(value, tuple) else value
    return described
