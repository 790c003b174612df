"""PyTorch twins of demos/curve, demos/folding and demos/backprop: the same models, as PyTorch's users write them.

In: initial parameters, data and settings. Out: losses, parameters, gradients.
Knows nothing of graphs, plans or kernels; the tests compare the two. PyTorch keeps weights as [outputs, inputs].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

Activation = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, Activation] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "gelu": lambda z: functional.gelu(z, approximate="tanh"),
    "none": lambda z: z,
}


# region: model
class MLP(nn.Module):
    """Affine maps with a non-linearity between them and none after the last. widths: [inputs, hidden…, outputs]."""

    def __init__(self, widths: Sequence[int], activation: Activation) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


# endregion


# region: curve
def fit_curve(model: MLP, x: Tensor, target: Tensor, steps: int, rate: float = 0.01) -> list[float]:
    """Adam on the mean squared error over the whole curve: x [samples, 1], target [samples]. The loss of each step."""
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    losses = []
    for _ in range(steps):
        loss = functional.mse_loss(model(x).squeeze(1), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


# endregion


# region: folding
def folding_widths(layers: int, last: int) -> list[int]:
    """Of a network from the plane to one number: hidden layers of 8 units, the last of them of so many."""
    return [2, *[8] * (layers - 1), last, 1]


def kept(count: int) -> Tensor:
    """Which of `count` points are kept for a test: the last two of each eight."""
    return torch.arange(count) % 8 >= 6


def separate(
    model: MLP, points: Tensor, labels: Tensor, kept: Tensor, steps: int, rate: float = 0.03
) -> tuple[list[float], list[float]]:
    """Adam on the mean of log(1 + e^(-y f(x))): points [n, 2], labels [n] of -1 and +1, kept [n] those not learned.

    Returns each step's loss, and that of the points that are kept.
    """
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    losses, tests = [], []
    for _ in range(steps):
        each = functional.softplus(-labels * model(points).squeeze(1))
        loss = each[~kept].mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        tests.append(each[kept].mean().item())
    return losses, tests


# endregion


# region: backprop
def ten_nodes(x: float, w: float, b: float, t: float) -> dict[str, tuple[float, float]]:
    """Every node's value and the derivative of the loss with respect to it."""
    nodes = {
        name: torch.tensor(v, dtype=torch.float64, requires_grad=True)
        for name, v in zip("xwbt", (x, w, b, t), strict=True)
    }
    nodes["u"] = nodes["w"] * nodes["x"]
    nodes["z"] = nodes["u"] + nodes["b"]
    nodes["h"] = torch.tanh(nodes["z"])
    nodes["y"] = nodes["h"] + nodes["x"]
    nodes["e"] = nodes["y"] - nodes["t"]
    nodes["L"] = nodes["e"] ** 2
    for node in nodes.values():
        node.retain_grad()
    nodes["L"].backward()
    return {name: (node.item(), node.grad.item()) for name, node in nodes.items()}


# endregion
