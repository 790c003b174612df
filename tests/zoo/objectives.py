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
# Softmax against labels where a word was hidden, as BERT learns.
UNMASKED = Objective(
    lambda logits, labels, hidden: g.mean(g.cross_entropy(logits, labels), weights=g.cast(hidden, "f32")),
    lambda logits, labels, hidden: functional.cross_entropy(
        logits.flatten(0, -2), labels.masked_fill(hidden == 0, -100).flatten()
    ),
)
