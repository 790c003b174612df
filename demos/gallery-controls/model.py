"""A line, fitted to noisy points: small enough that a page can show what a demo's controls do to it.

In: a learning rate, how noisy the points are, whether they fall; as an option, the optimiser. Out: the line, the points
and the loss of each step. It knows nothing of controls.
"""

from __future__ import annotations

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

POINTS = 64
OPTIMISERS = ("SGD", "Adam")


def build(optimiser: str = "SGD") -> Model:
    """Programs: `step` fits fresh points once, `look` gives the line and one draw of points."""
    model = Model("gallery controls")
    rate = model.input("learning_rate", (), initial=0.05)
    noise = model.input("noise", (), initial=0.1)
    falling = model.input("falling", (), initial=0.0)
    affine = model.add("affine", nn.Linear(1, 1))

    def points(stream: int, counter: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x = g.uniform((POINTS, 1), stream=stream, low=-1.0, high=1.0, counter=counter)
        error = noise * g.normal((POINTS, 1), stream=stream + 1, counter=counter)
        return x, (0.8 - 1.6 * falling) * x + 0.2 + error

    @model.program(counts=True)
    def step() -> None:
        x, y = points(1)
        loss = g.mean(g.square(affine(x) - y))
        (nn.Adam(rate) if optimiser == "Adam" else nn.SGD(rate)).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> dict[str, Tensor]:
        ends = g.reshape(g.cast(g.iota(2), "f32") * 2 - 1, (2, 1))
        return {
            "line": g.reshape(affine(ends), (2,)),
            "points": g.concatenate(points(3), axis=1),
            "slope": g.reshape(affine.weight, ()),
        }

    return model


DEMO = Demo(title="A line with every kind of control", build=build, options={"optimiser": OPTIMISERS})
