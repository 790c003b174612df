"""Two hundred starts and learning rates, five seeds each: a thousand models of four weights that all train at once.

In: which pair of a spread and a learning rate is looked at.
Out: for each model how far its weights' product is from 1; for the chosen pair the loss of each seed at every step.
It knows nothing of how any of it is drawn.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

SEEDS, SPREADS, RATES, LAYERS = 5, 12, 18, 4
LOWEST, HIGHEST = (0.1, 0.01), (3.0, 3.0)  # spread and learning rate, both spaced evenly by their logarithms
DIVERGED = 1e3


def spaced(count: int, low: float, high: float) -> Tensor:
    """The middles of `count` cells between two numbers, on a logarithmic axis."""
    share = (g.cast(g.iota(count), "f32") + 0.5) / count
    return low * g.exp(share * math.log(high / low))


# region: model
class Products(nn.Module):
    """One model for each seed, spread and rate: the product of LAYERS weights, which begin as normal numbers."""

    def __init__(self) -> None:
        spreads = g.reshape(spaced(SPREADS, LOWEST[0], HIGHEST[0]), (SPREADS, 1))
        shape = (SEEDS, SPREADS, RATES)
        self.weights = [
            g.parameter(shape, lambda size, stream: g.normal(size, stream) * spreads) for _ in range(LAYERS)
        ]

    def __call__(self) -> Tensor:
        product = self.weights[0]
        for weight in self.weights[1:]:
            product = product * weight
        return product


def build() -> Model:
    model = Model("gallery-plots")
    row = model.input("row", (), initial=8, dtype="u32", bound=SPREADS)
    column = model.input("column", (), initial=9, dtype="u32", bound=RATES)
    products = model.add("products", Products())
    last = g.full((SPREADS,), SPREADS - 1, "u32")

    @model.program(counts=True)
    def step() -> None:
        losses = (products() - 1) ** 2 / 2
        nn.SGD(spaced(RATES, LOWEST[1], HIGHEST[1])).minimise(g.sum(losses), model)
        chosen = g.reshape(g.one_hot(row, SPREADS), (SPREADS, 1)) * g.one_hot(column, RATES)
        for k in range(SEEDS):
            model.record(f"loss_{k}", g.sum(g.where(g.less(0.5, chosen), losses[k], 0.0)))

    # endregion

    @model.program
    def look() -> dict[str, Tensor]:
        found = products()
        losses = (found - 1) ** 2 / 2
        known = g.less(losses, DIVERGED)  # what has diverged is no number any more
        sizes = g.where(known, g.log(g.maximum(losses, 1e-6)) / math.log(10), math.log10(DIVERGED))
        return {
            "field": g.mean(sizes, axis=0),
            "each": g.transpose(
                g.transpose(sizes, (1, 0, 2))[last - g.iota(SPREADS)], (1, 0, 2)
            ),  # as pictures are read
            "products": g.where(known, found, DIVERGED),
            "diverged": g.mean(g.where(known, 0.0, 1.0)),
        }

    return model


DEMO = Demo(title="A thousand models at once", build=build)
