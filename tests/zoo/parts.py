"""Parts of twins that PyTorch does not have as layers."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class TwinFeedForward(nn.Module):
    """Two affine maps with a non-linearity between them; GELU by the formula with tanh unless told otherwise."""

    def __init__(self, features: int, hidden: int, activation: nn.Module | None = None) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(features, hidden), nn.Linear(hidden, features)
        self.activation = activation or nn.GELU(approximate="tanh")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(self.activation(self.linear1(x)))


def twin_block(features: int, heads: int, hidden: int, norm_first: bool = True) -> nn.TransformerEncoderLayer:
    """PyTorch's block with GELU by the formula with tanh, and without dropout."""

    def gelu(x: torch.Tensor) -> torch.Tensor:
        return functional.gelu(x, approximate="tanh")

    return nn.TransformerEncoderLayer(features, heads, hidden, 0.0, gelu, batch_first=True, norm_first=norm_first)
