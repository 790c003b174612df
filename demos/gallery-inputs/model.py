"""One small model for each thing that a reader can make: points, a curve, a text. All train in one step.

In: up to 16 points of two classes, a curve at 33 places, 32 characters; a learning rate.
Out: a class for each place of the plane, a curve, a probability for each letter that may come next.
It knows nothing of pens and keys.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

ROOM, SAMPLES, LENGTH, GRID = 16, 33, 32, 33
VOCABULARY = " abcdefghijklmnopqrstuvwxyz"  # the space also fills what a text leaves free
POINTS = [(-0.6, -0.3, -1), (-0.4, 0.5, -1), (-0.7, 0.1, -1), (0.5, -0.4, 1), (0.6, 0.4, 1), (0.3, 0.7, 1)]
TEXT = "the theme of these"


def axis(count: int) -> Tensor:
    """[count, 1]: evenly spaced from -1 to 1."""
    return g.reshape(g.cast(g.iota(count), "f32") * (2 / (count - 1)) - 1, (count, 1))


def plane() -> Tensor:
    """[GRID * GRID, 2]: places all over it, row by row from below."""
    across = g.reshape(axis(GRID), (1, GRID)) + g.full((GRID, 1), 0.0)
    up = axis(GRID) + g.full((1, GRID), 0.0)
    return g.concatenate([g.reshape(each, (GRID * GRID, 1)) for each in (across, up)], axis=1)


def build() -> Model:
    """Programs: `step` trains all three once, `look` says what each makes of its input."""
    model = Model("gallery inputs")
    points = model.input("points", (ROOM, 2))
    labels = model.input("labels", (ROOM,))
    count = model.input("count", (), dtype="u32", bound=ROOM + 1)
    target = model.input("target", (SAMPLES,))
    text = model.input("text", (LENGTH,), dtype="u32", bound=len(VOCABULARY))
    rate = model.input("learning_rate", (), initial=0.01)
    sides = model.add("sides", nn.MLP((2, 8, 1), g.tanh))
    curve = model.add("curve", nn.MLP((1, 16, 1), g.tanh))
    following = model.add("following", nn.Embedding(len(VOCABULARY), len(VOCABULARY)))

    @model.program(counts=True)
    def step() -> None:
        present = g.less(g.iota(ROOM), count)
        missed = present * g.square(g.reshape(sides(points), (ROOM,)) - labels)
        places = g.iota(LENGTH - 1)
        losses = [
            g.sum(missed) / ROOM,
            g.mean(g.square(g.reshape(curve(axis(SAMPLES)), (SAMPLES,)) - target)),
            g.mean(g.cross_entropy(following(text[places]), text[places + 1])),
        ]
        loss = losses[0] + losses[1] + losses[2]
        nn.Adam(rate).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> dict[str, Tensor]:
        places = g.cast(g.iota(LENGTH), "f32")
        last = g.cast(g.max(g.where(g.less(0, text), places, 0.0)), "u32")
        return {
            "field": g.reshape(sides(plane()), (GRID, GRID)),
            "fit": g.reshape(curve(axis(SAMPLES)), (SAMPLES,)),
            "letters": g.softmax(following(text[last])),
        }

    return model


def inputs() -> dict[str, object]:
    """The default experiment: six points, a wave and a text."""
    spare = ROOM - len(POINTS)
    tokens = [VOCABULARY.index(each) for each in TEXT]
    return {
        "points": [[x, y] for x, y, _ in POINTS] + [[0.0, 0.0]] * spare,
        "labels": [kind for *_, kind in POINTS] + [0] * spare,
        "count": len(POINTS),
        "target": [round(0.5 * math.sin(3 * (i / 16 - 1)) - 0.2, 3) for i in range(SAMPLES)],
        "text": tokens + [0] * (LENGTH - len(tokens)),
    }


DEMO = Demo(title="Points, a curve and a text", build=build, inputs=inputs)
