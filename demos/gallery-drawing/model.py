"""Softmax regression on handwritten digits, which reads what the reader draws or takes from a file.

In: 8x8 pixels, a learning rate. Out: a probability for each digit. It knows nothing of pens and files.
"""

from __future__ import annotations

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

PIXELS, CLASSES, TRAIN, BATCH = 64, 10, 1437, 64
ONE = """
...##...
..###...
...##...
...##...
...##...
...##...
..####..
..####..
"""


def build() -> Model:
    """Programs: `step` trains once on a batch of images, `look` reads the drawing."""
    model = Model("gallery drawing")
    drawing = model.input("drawing", (PIXELS,))
    rate = model.input("learning_rate", (), initial=0.5)
    images = model.data("images", (TRAIN, PIXELS), source="digits/train-images")
    digits = model.data("digits", (TRAIN,), dtype="u32", source="digits/train-labels")
    reading = model.add("reading", nn.Linear(PIXELS, CLASSES, initialiser=nn.zeros))

    @model.program(counts=True)
    def step() -> None:
        rows = g.random_index((BATCH,), TRAIN, stream=1)
        loss = g.mean(g.cross_entropy(reading(images[rows]), digits[rows]))
        nn.SGD(rate).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def look() -> dict[str, Tensor]:
        return {"chances": g.softmax(g.reshape(reading(g.reshape(drawing, (1, PIXELS))), (CLASSES,)))}

    return model


def inputs() -> dict[str, object]:
    """The default experiment: a one."""
    return {"drawing": [float(cell == "#") for cell in ONE if cell != "\n"]}


DEMO = Demo(title="A drawing, or a picture from a file", build=build, inputs=inputs)
