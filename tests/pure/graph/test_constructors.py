"""What cannot be right is refused where a layer or an optimiser is made, not where it is used."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor

NAN, INF = float("nan"), float("inf")


def x(*shape: int) -> Tensor:
    return Model("m").input("x", shape)


def labels(count: int, bound: int | None = None) -> Tensor:
    return Model("m").data("labels", (count,), "u32", bound=bound)


def step() -> Tensor:
    return Model("m").step


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.MultiHeadAttention(10, 3), "attention: 3 heads cannot share 10 features equally"),
        (lambda: nn.DecoderBlock(6, 2, 4, rotary=True), "attention: expected an even head_dim, found 3. Rotary"),
        (lambda: nn.Dropout(1.5), "dropout: a rate is at least 0 and below 1, found 1.5"),
        (lambda: nn.EncoderBlock(4, 2, 4, dropout=-0.1), "dropout: a rate is at least 0 and below 1, found -0.1"),
        (lambda: nn.EncoderBlock(4, 2, 4, norm=nn.LayerNorm(4)), "a block's norm is a class such as nn.LayerNorm, f"),
        (lambda: nn.EncoderBlock(4, 2, 4, norm=object), "a block's norm makes a layer for a number of features: ob"),
        (lambda: nn.DecoderBlock(4, 2, 4, norm=int), "what a block's norm makes is a layer or a function, found int"),
        (lambda: g.batch_norm(step() * 1), "batch_norm: expected f32[batch,…,features], found u32[]"),
        (lambda: nn.EncoderBlock(4, 2, 4, "gelu"), "EncoderBlock: activation is a function, found 'gelu'"),
        (lambda: nn.MLP([3, 2], nn.Dropout), "the activation of an MLP is a layer or a function, found the class Drop"),
        (lambda: nn.MLP([3], g.relu), "MLP: expected the widths of inputs and outputs at least, found [3]"),
        (lambda: nn.FeedForward(4, 8, nn.Dropout), "the activation of a feed-forward network is a layer or a function"),
        (lambda: nn.GatedMLPBlock(3, 4, 6, nn.Dropout), "the activation of a gated MLP is a layer or a function, f"),
        (lambda: nn.GatedMLPBlock(3, 4, 5), "SpatialGatingUnit: expected an even number of features, to halve, found"),
        (lambda: nn.Sequential([nn.Linear(3, 3)]), "Sequential: each of stages is a Module or a function, found ["),
        (lambda: nn.Residual(g.relu, nn.BatchNorm), "stage 1 of a Residual is a layer or a function, found the class"),
        (lambda: nn.GRU(3, 4, layers=0), "GRU: expected 1 to 1000 layers, found 0"),
        (lambda: nn.LSTM(3, 4, layers=2**40), "LSTM: expected 1 to 1000 layers, found 1099511627776"),
        (lambda: nn.Conv2d(3, 4, (3,)), "Conv2d: a window is one number or two, found (3,)"),
        (lambda: nn.Conv1d(3, 4, (3, 3)), "Conv1d: a window is one number, found (3, 3)"),
        (lambda: nn.Conv2d(3, 4, 3, stride=0), "convolution: a stride is at least 1, found 0"),
        (lambda: nn.Conv2d(3, 4, 3, padding="smae"), 'convolution: padding here is "same", "valid", a number or'),
        (lambda: nn.Conv1d(3, 4, 3, padding=-1), "convolution: padding is at least 0, found [0, 0, -1, -1]"),
        (lambda: nn.LayerNorm(3, -1e-5), "LayerNorm: an epsilon is at least 0, found -1e-05"),
        (lambda: nn.RMSNorm(3, -1e-5), "RMSNorm: an epsilon is at least 0, found -1e-05"),
        (lambda: nn.BatchNorm(3, -1e-5), "BatchNorm: an epsilon is at least 0, found -1e-05"),
        (lambda: nn.BatchNorm(3, momentum=1.5), "BatchNorm: a momentum is at least 0 and at most 1, found 1.5"),
        (lambda: nn.SGD(-0.1), "SGD: a rate is at least 0, found -0.1"),
        (lambda: nn.AdamW(0.1, max_norm=-1), "AdamW: a max_norm is at least 0, found -1"),
        (lambda: nn.Adam(0.1, (0.9, 1.0)), "Adam: beta2 is at least 0 and below 1, found 1.0"),
        (lambda: nn.RMSProp(0.1, decay=1.0), "RMSProp: a decay is at least 0 and below 1, found 1.0"),
        (lambda: nn.SGD(NAN), "SGD: a rate is a finite number, found nan"),
        (lambda: nn.Adam(INF), "Adam: a rate is a finite number, found inf"),
        (lambda: nn.SGD(np.float32(-1)), "SGD: a rate is at least 0, found -1.0"),
        (lambda: nn.SGD(0.1, momentum=1.0), "SGD: a momentum is at least 0 and below 1, found 1.0"),
        (lambda: nn.SGD(0.1, momentum=-0.1), "SGD: a momentum is at least 0 and below 1, found -0.1"),
        (lambda: nn.SGD(0.1, max_norm=NAN), "SGD: a max_norm is a finite number, found nan"),
        (lambda: nn.Adam(0.1, (NAN, 0.9)), "Adam: beta1 is a finite number, found nan"),
        (lambda: nn.Adam(0.1, (-0.1, 0.9)), "Adam: beta1 is at least 0 and below 1, found -0.1"),
        (lambda: nn.Adam(0.1, epsilon=-1e-8), "Adam: an epsilon is at least 0, found -1e-08"),
        (lambda: nn.AdamW(0.1, epsilon=NAN), "AdamW: an epsilon is a finite number, found nan"),
        (lambda: nn.AdamW(0.1, weight_decay=-0.01), "AdamW: a weight_decay is at least 0, found -0.01"),
        (lambda: nn.RMSProp(0.1, epsilon=-1), "RMSProp: an epsilon is at least 0, found -1"),
        (lambda: nn.clip_by_global_norm([x(3)], -1), "clip_by_global_norm: a max_norm is at least 0, found -1"),
        (lambda: nn.LayerNorm(3, INF), "LayerNorm: an epsilon is a finite number, found inf"),
        (lambda: nn.BatchNorm(3, momentum=NAN), "BatchNorm: a momentum is a finite number, found nan"),
        (lambda: nn.Dropout(NAN), "dropout: a rate is a finite number, found nan"),
        (lambda: nn.Dropout(1), "dropout: a rate is at least 0 and below 1, found 1"),
        (lambda: nn.uniform(-0.1), "uniform: a bound is at least 0, found -0.1"),
        (lambda: nn.normal(NAN), "normal: a deviation is a finite number, found nan"),
        (lambda: nn.schedules.linear_warmup(step(), 0), "linear_warmup: a number of steps is above 0, found 0"),
        (lambda: nn.schedules.linear_warmup(step(), NAN), "linear_warmup: a number of steps is a finite number, found"),
        (lambda: nn.schedules.cosine_decay(step(), -5), "cosine_decay: a number of steps is above 0, found -5"),
        (lambda: nn.schedules.cosine_decay(step(), 5, 1.5), "cosine_decay: a floor is at least 0 and at most 1, found"),
        (lambda: nn.schedules.warmup_cosine(step(), -1.0, 2, 9), "warmup_cosine: a rate is at least 0, found -1.0"),
        (
            lambda: nn.schedules.warmup_cosine(step(), 1.0, -2, 9),
            "warmup_cosine: a number of steps of warm-up is at le",
        ),
        (
            lambda: nn.schedules.warmup_cosine(step(), 1.0, 9, 9),
            "warmup_cosine: a number of steps, those of warm-up am",
        ),
        (
            lambda: g.cross_entropy(x(2, 3), labels(2), 1.5),
            "cross_entropy: label_smoothing is at least 0 and at most 1",
        ),
        (lambda: g.cross_entropy(x(2, 3), labels(2), -0.1), "cross_entropy: label_smoothing is at least 0 and at most"),
        (lambda: g.cross_entropy(x(2, 3), labels(2, 4)), "cross_entropy: labels are below 4, and the logits have 3 cl"),
        (lambda: g.cross_entropy(x(1, 3), labels(2, 9)[1:]), "cross_entropy: labels are below 9, and the logits have"),
        (lambda: g.top_k_accuracy(x(2, 3), labels(2), 0), "top_k_accuracy: k is at least 1 and at most 3, found 0"),
        (lambda: g.top_k_accuracy(x(2, 3), labels(2), 4), "top_k_accuracy: k is at least 1 and at most 3, found 4"),
        (lambda: g.top_k(x(2, 3), 0), "top_k: k is between 1 and 3 for f32[2,3], found 0"),
        (lambda: g.top_k(x(2**24 + 1), 1), "top_k: expected at most 16777216 elements in a row, found f32[16777217]"),
        (lambda: g.categorical(x(2, 3), 1, top_k=0), "categorical: top_k is at least 1, found 0"),
        (lambda: g.categorical(x(2, 3), 1, temperature=-1), "categorical: a temperature is at least 0, found -1"),
        (lambda: g.symmetric_info_nce(x(2, 3), x(2, 3), 0), "symmetric_info_nce: a temperature is above 0, found 0"),
        (lambda: g.dropout(x(3), 1.0, 1), "dropout: a rate is at least 0 and below 1, found 1.0"),
        (lambda: g.clip(x(3), 1, 0), "clip: low is at most 0, found 1"),
        (lambda: g.clip(x(3), 0, NAN), "clip: high is a finite number, found nan"),
        (lambda: g.uniform((3,), 1, 1.0, 0.0), "uniform: low is at most 0, found 1.0"),
        (lambda: g.layer_norm(x(2, 3), epsilon=-1), "layer_norm: an epsilon is at least 0, found -1"),
        (lambda: g.rms_norm(x(2, 3), epsilon=NAN), "rms_norm: an epsilon is a finite number, found nan"),
        (lambda: g.batch_norm(x(2, 3), epsilon=-1), "batch_norm: an epsilon is at least 0, found -1"),
        (lambda: g.batch_statistics(x(2, 3), -1), "batch_statistics: an epsilon is at least 0, found -1"),
        (lambda: g.l2_normalise(x(2, 3), -1), "l2_normalise: an epsilon is at least 0, found -1"),
        (lambda: g.attention(*[x(1, 2, 1, 2)] * 3, scale=NAN), "attention: scale is a finite number, found nan"),
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
    nn.Adam(0.0, (0.0, 0.0), epsilon=0.0, max_norm=0.0)
    nn.AdamW(Model("m").input("rate", ()), weight_decay=0, max_norm=Model("m").input("norm", ()))
    g.cross_entropy(x(2, 3), labels(2, 3), 1)
    g.cross_entropy(x(2, 3), labels(2), Model("m").input("smoothing", ()))
    g.clip(x(3), 1, 1)
    g.clip(x(3), 5, Model("m").input("high", ()))
