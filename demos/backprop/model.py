"""One neuron with a skip and a squared error, as a graph of ten nodes: values forward, derivatives backward, a nudge.

In: the four numbers that enter, and the size of a nudge.
Out: every node's value and gradient, every edge's local derivative, and what nudging each number does to the loss.
Nothing is learned: `step` only counts, so that the reader walks through the graph, ten nodes forward and ten back.
"""

from __future__ import annotations

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.graph.derivatives import DERIVATIVES
from site_builder.run import Demo

ENTRIES = {"x": 0.8, "w": -1.2, "b": 0.5, "t": 1.0}


# region: network
def network(x: Tensor, w: Tensor, b: Tensor, t: Tensor) -> dict[str, Tensor]:
    """The ten nodes, in an order in which each comes after what it needs."""
    u = w * x
    z = u + b
    h = g.tanh(z)
    y = h + x  # x is used a second time
    e = y - t
    loss = g.square(e)
    return {"x": x, "w": w, "b": b, "t": t, "u": u, "z": z, "h": h, "y": y, "e": e, "L": loss}


# endregion


# region: locals
def local_derivatives(nodes: dict[str, Tensor]) -> list[Tensor]:
    """∂node/∂operand for each edge, from the row of the table that the node's op has."""
    computed = [node for node in nodes.values() if node.inputs]
    return [part for node in computed for part in DERIVATIVES[node.op](node, g.full((), 1.0)) if part is not None]


# endregion


def build() -> Model:
    """Programs: `step` goes on to the next node, `look` computes everything that is shown."""
    model = Model("backprop")
    entries = {name: model.input(name, (), initial=value) for name, value in ENTRIES.items()}
    nudge = model.input("nudge", (), initial=0.01)

    @model.program(counts=True)
    def step() -> None:
        """Counting is all."""

    # region: look
    @model.program
    def look() -> dict[str, Tensor]:
        nodes = network(**entries)
        return {
            "values": _pack(list(nodes.values())),
            "gradients": _pack(g.gradients(nodes["L"], list(nodes.values()))),
            "locals": _pack(local_derivatives(nodes)),
            "raised": _pack([network(**{**entries, k: v + nudge})["L"] for k, v in entries.items()]),
            "lowered": _pack([network(**{**entries, k: v - nudge})["L"] for k, v in entries.items()]),
        }

    # endregion
    return model


def _pack(scalars: list[Tensor]) -> Tensor:
    """A vector of the scalars."""
    index, packed = g.iota(len(scalars)), g.full((len(scalars),), 0.0)
    for number, scalar in enumerate(scalars):
        packed = g.where(g.equal(index, number), scalar, packed)
    return packed


DEMO = Demo(title="Ten nodes, forward and back", build=build)
