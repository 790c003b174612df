"""Softmax regression on 8x8 handwritten digits: one affine map, 64 pixels in, ten logits out.

In: 1,437 images to learn from, 360 held out; a learning rate; a drawing of the reader's.
Out: weights, the loss of each step, accuracy; for the drawing: logits, probabilities, each pixel's vote for each digit.
It knows nothing of pens and pictures.
"""

from __future__ import annotations

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

PIXELS, CLASSES, BATCH = 64, 10, 64
TRAIN, TEST = 1437, 360

# A seven from no data set, in sixteenths (g is 16): what the page shows until the reader draws.
SEVEN = """
0 0 8 g g g 8 0
0 0 6 8 8 g 9 0
0 0 0 0 2 g 5 0
0 0 2 7 b g 5 0
0 0 8 g g g a 0
0 0 0 6 g 4 0 0
0 0 0 c e 0 0 0
0 0 2 g 8 0 0 0
"""


# region: model
def build() -> Model:
    model = Model("digits")
    images = model.data("images", (TRAIN, PIXELS), source="digits/train-images")
    labels = model.data("labels", (TRAIN,), dtype="u32", source="digits/train-labels")
    rate = model.input("learning_rate", (), initial=0.5)
    affine = model.add("affine", nn.Linear(PIXELS, CLASSES, initialiser=nn.zeros))

    @model.program(counts=True)
    def step() -> None:
        rows = g.random_index((BATCH,), TRAIN, stream=1)
        loss = g.mean(g.cross_entropy(affine(images[rows]), labels[rows]))
        nn.SGD(rate).minimise(loss, model)
        model.record("loss", loss)

    # endregion

    test_images = model.data("test_images", (TEST, PIXELS), source="digits/test-images")
    test_labels = model.data("test_labels", (TEST,), dtype="u32", source="digits/test-labels")

    @model.program
    def evaluate() -> dict[str, Tensor]:
        fitted = g.argmax(affine(images))
        guesses = g.argmax(affine(test_images))
        return {
            "train_accuracy": g.mean(g.equal(fitted, labels)),
            "test_accuracy": g.mean(g.equal(guesses, test_labels)),
            "guesses": guesses,
        }

    # region: look
    drawing = model.input("drawing", (PIXELS,))
    chosen = model.input("chosen", (), initial=CLASSES, dtype="u32")  # a digit, or 10 for whichever wins

    @model.program
    def look() -> dict[str, Tensor]:
        logits = g.reshape(affine(g.reshape(drawing, (1, PIXELS))), (CLASSES,))
        votes = g.reshape(drawing, (PIXELS, 1)) * affine.weight  # each column adds up to a logit, but for the bias
        shown = g.where(g.less(chosen, CLASSES), chosen, g.argmax(logits))
        return {
            "logits": logits,
            "probabilities": g.softmax(logits),
            "votes": g.sum(votes * g.one_hot(shown, CLASSES), axis=1),
            "shown": shown,
        }

    # endregion
    return model


def inputs() -> dict[str, object]:
    """The default experiment: the plan's learning rate, and the seven."""
    return {"drawing": [int(cell, 17) / 16 for cell in SEVEN.split()]}


DEMO = Demo(title="Ten weight images form", build=build, inputs=inputs)
