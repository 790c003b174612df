"""One head of attention that learns to reverse six letters: small enough that all its numbers can be shown.

In: letters of the reader's and two places among them. Out: for these letters the scores, the attention, the answers.
It knows nothing of how any of it is drawn.
"""

from __future__ import annotations

import math

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Demo

LETTERS = "abcde"
LENGTH, WIDTH, BATCH = 6, 16, 32


# region: model
class Reverser(nn.Module):
    """Letters u32[batch, LENGTH] -> logits [batch, LENGTH, len(LETTERS)] of the letters turned round."""

    def __init__(self) -> None:
        self.letters = nn.Embedding(len(LETTERS), WIDTH)
        self.places = nn.Embedding(LENGTH, WIDTH)
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.head = nn.Linear(WIDTH, len(LETTERS))

    def scores(self, text: Tensor) -> Tensor:
        """How well what each place asks for fits what each place offers: [batch, LENGTH, LENGTH]."""
        x = self.letters(text) + self.places.weight
        return g.matmul(self.query(x), self.key(x), "nt") / math.sqrt(WIDTH)

    def __call__(self, text: Tensor) -> Tensor:
        x = self.letters(text) + self.places.weight
        return self.head(g.matmul(g.softmax(self.scores(text)), self.value(x)))


def build() -> Model:
    model = Model("gallery-views")
    rate = model.input("learning_rate", (), initial=0.002)
    reverser = model.add("reverser", Reverser())
    last = g.full((LENGTH,), LENGTH - 1, "u32")

    @model.program(counts=True)
    def step() -> None:
        text = g.random_index((BATCH, LENGTH), len(LETTERS), stream=1)
        answer = g.transpose(g.transpose(text, (1, 0))[last - g.iota(LENGTH)], (1, 0))
        loss = g.mean(g.cross_entropy(reverser(text), answer))
        nn.Adam(rate).minimise(loss, model)
        model.record("loss", loss)

    # endregion
    text = model.input("text", (LENGTH,), dtype="u32", bound=len(LETTERS))
    place = model.input("place", (), dtype="u32", bound=LENGTH)
    other = model.input("other", (), dtype="u32", bound=LENGTH)

    @model.program
    def look() -> dict[str, Tensor]:
        row = g.reshape(text, (1, LENGTH))
        scores = g.reshape(reverser.scores(row), (LENGTH, LENGTH))
        weights = g.softmax(scores)
        answers = g.softmax(g.reshape(reverser(row), (LENGTH, len(LETTERS))))
        here, there = g.one_hot(place, LENGTH), g.one_hot(other, LENGTH)
        asked = g.sum(g.reshape(here, (LENGTH, 1)) * scores, axis=0)
        total = g.logsumexp(asked)
        score = g.sum(asked * there)
        return {
            "scores": scores,
            "weights": weights,
            "answers": g.argmax(answers),
            "answer": g.sum(g.reshape(here, (LENGTH, 1)) * answers, axis=0),
            "attention": g.softmax(asked),
            "terms": g.stack([score, total, g.exp(score - total)]),
        }

    return model


def inputs() -> dict[str, object]:
    """The default experiment."""
    return {"text": [LETTERS.index(letter) for letter in "abcdea"], "other": 5}


DEMO = Demo(title="A head of attention, and every view of it", build=build, inputs=inputs)
