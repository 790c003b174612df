"""What the zoo's models are asked for, here and in PyTorch."""

from __future__ import annotations

import torch
from torch.nn import functional

from site_builder import graph as g
from tests.zoo.entry import Objective

# Softmax of the last axis against u32 labels.
CLASSIFY = Objective(
    lambda logits, labels: g.mean(g.cross_entropy(logits, labels)),
    lambda logits, labels: functional.cross_entropy(logits.flatten(0, -2), labels.flatten()),
)
# The same, where a tenth of the probability goes to all classes alike: Vaswani et al. (2017), section 5.4.
CLASSIFY_SMOOTHLY = Objective(
    lambda logits, labels: g.mean(g.cross_entropy(logits, labels, label_smoothing=0.1)),
    lambda logits, labels: functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), label_smoothing=0.1),
)


def entropy(logits: g.Tensor, labels: g.Tensor) -> g.Tensor:
    """How unsure the predictions are, in nats."""
    logs = g.log_softmax(logits)
    return -g.mean(g.sum(g.exp(logs) * logs, -1))


# The same as the first, how unsure it is, and how often the label is the likeliest, or among the three likeliest.
PREDICT = Objective(
    CLASSIFY.ours,
    CLASSIFY.twins,
    {
        "entropy": (
            entropy,
            lambda logits, labels: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1).mean(),
        ),
        "accuracy": (g.accuracy, lambda logits, labels: (logits.argmax(-1) == labels).double().mean()),
        "top_3_accuracy": (
            lambda logits, labels: g.top_k_accuracy(logits, labels, 3),
            lambda logits, labels: (logits.topk(3).indices == labels[..., None]).any(-1).double().mean(),
        ),
    },
)
# Mean squared error.
REGRESS = Objective(
    lambda y, target: g.mean(g.square(y - target)),
    lambda y, target: functional.mse_loss(y, target),
)
# The perceptron's: how far points lie on the wrong side.
SIDES = Objective(
    lambda y, side: g.mean(g.relu(-(side - 0.5) * y)),
    lambda y, side: torch.relu(-(side - 0.5) * y).mean(),
)
# Softmax against the words where they were hidden, as BERT learns.
UNMASK = Objective(
    lambda logits, words, hidden: g.mean(g.cross_entropy(logits, words), weights=g.cast(hidden, "f32")),
    lambda logits, words, hidden: functional.cross_entropy(
        logits.flatten(0, -2), words.masked_fill(hidden == 0, -100).flatten()
    ),
)
