"""PyTorch twin of demos/digits/model.py: the same softmax regression, written as PyTorch's users write it.

In: initial parameters, images, labels and the rows that each batch drew. Out: the loss of every step.
Knows nothing of graphs, plans or kernels; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional


# region: model
class SoftmaxRegression(nn.Module):
    """f(x) = Ax + b: 64 pixels in, ten logits out."""

    def __init__(self, pixels: int = 64, classes: int = 10) -> None:
        super().__init__()
        self.affine = nn.Linear(pixels, classes)
        nn.init.zeros_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.affine(images)
        return logits


def train(
    model: SoftmaxRegression, images: Tensor, labels: Tensor, batches: Iterable[Tensor], rate: float = 0.5
) -> list[float]:
    """One step of gradient descent for each batch of row numbers; the loss of each, in nats."""
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for rows in batches:
        loss = functional.cross_entropy(model(images[rows]), labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# endregion
