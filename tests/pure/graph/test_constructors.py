"""What cannot be right is refused where a layer or an optimiser is made, not where it is used."""

from __future__ import annotations

import re
from typing import Any

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.MultiHeadAttention(10, 3), "attention: 3 heads cannot share 10 features equally"),
        (lambda: nn.DecoderBlock(6, 2, 4, rotary=True), "attention: expected an even head_dim, found 3. Rotary"),
        (lambda: nn.Dropout(1.5), "dropout: a rate is at least 0 and below 1, found 1.5"),
        (lambda: nn.EncoderBlock(4, 2, 4, dropout=-0.1), "dropout: a rate is at least 0 and below 1, found -0.1"),
        (lambda: nn.EncoderBlock(4, 2, 4, norm=nn.LayerNorm(4)), "a block's norm is a class such as nn.LayerNorm, f"),
        (lambda: nn.EncoderBlock(4, 2, 4, "gelu"), "EncoderBlock: activation is a function, found 'gelu'"),
        (lambda: nn.MLP([3, 2], nn.Dropout), "the activation of an MLP is a layer or a function, found the class Drop"),
        (lambda: nn.MLP([3], g.relu), "MLP: expected the widths of inputs and outputs at least, found [3]"),
        (lambda: nn.FeedForward(4, 8, nn.Dropout), "the activation of a feed-forward network is a layer or a function"),
        (lambda: nn.GatedMLPBlock(3, 4, 6, nn.Dropout), "the activation of a gated MLP is a layer or a function, f"),
        (lambda: nn.GatedMLPBlock(3, 4, 5), "SpatialGatingUnit: expected an even number of features, to halve, found"),
        (lambda: nn.Sequential([nn.Linear(3, 3)]), "Sequential: each of stages is a Module or a function, found ["),
        (lambda: nn.Residual(g.relu, nn.BatchNorm), "stage 1 of a Residual is a layer or a function, found the class"),
        (lambda: nn.GRU(3, 4, layers=0), "GRU: expected at least 1 layer, found 0"),
        (lambda: nn.Conv2d(3, 4, (3,)), "Conv2d: a window is one number or two, found (3,)"),
        (lambda: nn.Conv1d(3, 4, (3, 3)), "Conv1d: a window is one number, found (3, 3)"),
        (lambda: nn.Conv2d(3, 4, 3, stride=0), "convolution: a stride is at least 1, found 0"),
        (lambda: nn.Conv2d(3, 4, 3, padding="smae"), 'convolution: padding here is "same", "valid", a number or'),
        (lambda: nn.Conv1d(3, 4, 3, padding=-1), "convolution: padding is at least 0, found [0, 0, -1, -1]"),
        (lambda: nn.LayerNorm(3, -1e-5), "a norm's epsilon is at least 0, found -1e-05"),
        (lambda: nn.RMSNorm(3, -1e-5), "a norm's epsilon is at least 0, found -1e-05"),
        (lambda: nn.BatchNorm(3, -1e-5), "a norm's epsilon is at least 0, found -1e-05"),
        (lambda: nn.BatchNorm(3, momentum=1.5), "BatchNorm: a momentum is from 0 to 1, found 1.5"),
        (lambda: nn.SGD(-0.1), "SGD: a rate below 0 would make the loss grow, found -0.1"),
        (lambda: nn.AdamW(0.1, max_norm=-1), "AdamW: a max_norm below 0 would make the loss grow, found -1"),
        (lambda: nn.Adam(0.1, (0.9, 1.0)), "beta2 is at least 0 and below 1, found 1.0"),
        (lambda: nn.RMSProp(0.1, decay=1.0), "decay is at least 0 and below 1, found 1.0"),
    ],
)
def test_what_cannot_be_right_is_refused_where_it_is_made(make: Any, message: str) -> None:
    with pytest.raises(GraphError, match=rf"^\S*test_constructors\.py:\d+: {re.escape(message)}"):
        make()


def test_what_may_be_right_is_not() -> None:
    """An even window with "same", a rate of an input, no noise at all, nothing between two layers."""
    nn.Conv2d(3, 4, 2, padding="same")
    nn.Conv2d(3, 4, (1, 5), stride=(3, 1), padding=((0, 1), (2, 0)))
    nn.EncoderBlock(4, 2, 4, dropout=g.Model("m").input("rate", ()), norm=lambda features: nn.RMSNorm(features, 0.0))
    nn.MLP([3, 2], g.identity)
    nn.Sequential()
    nn.Adam(0.0, (0.0, 0.0), max_norm=0.0)
