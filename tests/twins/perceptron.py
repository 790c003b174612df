"""PyTorch twin of demos/perceptron/model.py: Rosenblatt's rule, and softmax regression on the same points.

In: points [n, 3] (the last coordinate is 1), labels [n] of -1 and +1, and which mistake to correct at each step.
Out: the weights after every mistake. Knows nothing of graphs, plans or kernels; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


# region: rule
def perceptron(points: Tensor, labels: Tensor, choices: Iterable[int]) -> list[Tensor]:
    """`choices` numbers the point to correct at each step; a point already on its right side is left alone."""
    weights = torch.zeros(points.shape[1], dtype=points.dtype)
    trail = [weights]
    for chosen in choices:
        x, y = points[chosen], labels[chosen]
        if y * (weights @ x) <= 0:
            weights = weights + y * x
        trail.append(weights)
    return trail


# endregion


# region: softer
def soften(points: Tensor, labels: Tensor, rate: float, steps: int) -> list[float]:
    """Softmax regression with two classes by gradient descent on all points at once; the loss of each step."""
    weights = torch.zeros(points.shape[1], 2, dtype=points.dtype, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=rate)
    losses = []
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(points @ weights, (labels > 0).long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# endregion
