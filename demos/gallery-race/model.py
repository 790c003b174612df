"""Two models of equally many parameters on 8x8 handwritten digits, in one plan: a perceptron of two layers and a small
convolutional network. Each has a program of its own, which counts its own steps.

In: 1,437 images to learn from, 360 held out; a learning rate. Out: each model's losses, and how often it reads a
held-out image right. It does not know who is ahead, nor what is matched.
"""

from __future__ import annotations

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo, Trained

SIDE, CLASSES, BATCH = 8, 10, 64
TRAIN, TEST = 1437, 360
HIDDEN = 16  # units of the perceptron: 64 x 16 + 16 + 16 x 10 + 10 parameters are 1,210
CHANNELS = 12  # of the convolution: 9 x 12 + 12 + 9 x 12 x 10 + 10 are as many


# region: race
def build() -> Model:
    model = Model("race")
    images = model.data("images", (TRAIN, SIDE * SIDE), source="digits/train-images")
    labels = model.data("labels", (TRAIN,), dtype="u32", source="digits/train-labels")
    test_images = model.data("test_images", (TEST, SIDE * SIDE), source="digits/test-images")
    test_labels = model.data("test_labels", (TEST,), dtype="u32", source="digits/test-labels")
    rate = model.input("learning_rate", (), initial=0.003)

    perceptron = model.add("perceptron", nn.MLP([SIDE * SIDE, HIDDEN, CLASSES], g.relu, initialiser=nn.he))
    window = model.add("convolutional.window", nn.Conv2d(1, CHANNELS, 3, initialiser=nn.he))
    last = model.add("convolutional.last", nn.Linear(9 * CHANNELS, CLASSES))
    turns = {name: model.state(f"{name}.steps", (), dtype="u32") for name in ("perceptron", "convolutional")}

    def convolutional_network(pixels: Tensor) -> Tensor:
        seen = g.relu(window(g.reshape(pixels, (pixels.shape[0], SIDE, SIDE, 1))))
        return last(g.reshape(g.max_pool(seen, 2), (pixels.shape[0], 9 * CHANNELS)))

    @model.program(counts=turns["perceptron"])
    def perceptron_step() -> None:
        rows = g.random_index((BATCH,), TRAIN, stream=1)
        loss = g.mean(g.cross_entropy(perceptron(images[rows]), labels[rows]))
        nn.Adam(rate).minimise(loss, model)
        model.record("perceptron_step.loss", loss)

    @model.program(counts=turns["convolutional"])
    def convolutional_step() -> None:
        rows = g.random_index((BATCH,), TRAIN, stream=1)  # the same ones at the same step
        loss = g.mean(g.cross_entropy(convolutional_network(images[rows]), labels[rows]))
        nn.Adam(rate).minimise(loss, model)
        model.record("convolutional_step.loss", loss)

    # endregion

    @model.program
    def evaluate() -> dict[str, Tensor]:
        def right(logits: Tensor) -> Tensor:
            return g.mean(g.equal(g.argmax(logits), test_labels))

        return {
            "perceptron.right": right(perceptron(test_images)),
            "convolutional.right": right(convolutional_network(test_images)),
        }

    return model


DEMO = Demo("A race", build, trained=Trained(steps=200, programs=("perceptron_step", "convolutional_step")))
