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


class Convolutional(nn.Module):
    """A window of 3 x 3 over the image, the largest of every four places, and one affine map of what is left."""

    def __init__(self) -> None:
        self.window = nn.Conv2d(1, CHANNELS, 3, initialiser=nn.he)
        self.last = nn.Linear(9 * CHANNELS, CLASSES)

    def __call__(self, pixels: Tensor) -> Tensor:
        """Pixels [n, 64] -> logits [n, 10]."""
        seen = g.relu(self.window(g.reshape(pixels, (pixels.shape[0], SIDE, SIDE, 1))))
        return self.last(g.reshape(g.max_pool(seen, 2), (pixels.shape[0], 9 * CHANNELS)))


# region: race
def build() -> Model:
    model = Model("race")
    images = model.data("images", (TRAIN, SIDE * SIDE), source="digits/train-images")
    labels = model.data("labels", (TRAIN,), dtype="u32", source="digits/train-labels")
    rate = model.input("learning_rate", (), initial=0.003)

    perceptron = model.add("perceptron", nn.MLP([SIDE * SIDE, HIDDEN, CLASSES], g.relu, initialiser=nn.he))
    convolutional = model.add("convolutional", Convolutional())
    turns = {name: model.state(f"{name}.steps", (), dtype="u32") for name in ("perceptron", "convolutional")}

    def train(network: nn.Module, name: str) -> None:
        rows = g.random_index((BATCH,), TRAIN, stream=1)  # the same images at the same step
        loss = g.mean(g.cross_entropy(network(images[rows]), labels[rows]))
        nn.Adam(rate).minimise(loss, model)
        model.record(f"{name}.loss", loss)

    @model.program(counts=turns["perceptron"])
    def perceptron_step() -> None:
        train(perceptron, "perceptron_step")

    @model.program(counts=turns["convolutional"])
    def convolutional_step() -> None:
        train(convolutional, "convolutional_step")

    # endregion

    test_images = model.data("test_images", (TEST, SIDE * SIDE), source="digits/test-images")
    test_labels = model.data("test_labels", (TEST,), dtype="u32", source="digits/test-labels")

    def right(network: nn.Module) -> Tensor:
        return g.mean(g.equal(g.argmax(network(test_images)), test_labels))

    @model.program
    def evaluate() -> dict[str, Tensor]:
        return {"perceptron.right": right(perceptron), "convolutional.right": right(convolutional)}

    return model


DEMO = Demo("A race", build, trained=Trained(steps=200, programs=("perceptron_step", "convolutional_step")))
