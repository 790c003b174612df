"""Every layer and many functions, each with a small input, and models that differentiate gradients of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Runner

Build = Callable[[Model, Tensor], Tensor]  # of a model and its data x: what is differentiated

TOKENS, IMAGES, ROWS = (2, 4, 6), (2, 7, 6, 3), (5, 6)


def layer(module: nn.Module, *more: tuple[int, ...]) -> Build:
    """The layer of x, and of what else it takes."""

    def build(model: Model, x: Tensor) -> Tensor:
        y = model.add("layer", module)(x, *(model.data(f"more{n}", shape) for n, shape in enumerate(more)))
        return g.concatenate(y, -1) if isinstance(y, tuple) else y

    return build


def evaluating(module: nn.Module) -> Build:
    def build(model: Model, x: Tensor) -> Tensor:
        with nn.evaluating():
            return model.add("layer", module)(x)

    return build


def function(of: Callable[[Tensor], Tensor]) -> Build:
    return lambda model, x: of(x)


def embedded(model: Model, x: Tensor) -> Tensor:
    return model.add("layer", nn.Embedding(7, 6))(g.iota(2, 4) % 5) * x


def some(model: Model, x: Tensor) -> Tensor:
    """Heads of x that see some of the keys, and in the first of two batches, at first, none."""
    q, k, v = (g.reshape(x * n, (2, 4, 2, 3)) for n in (1.0, 0.5, 2.0))
    return g.attention(q, k[:, :3], v[:, :3], causal=True, lengths=2 * g.iota(2))


def labelled(smoothing: float) -> Build:
    return lambda model, x: g.cross_entropy(x, g.iota(5) % 6, smoothing)


LAYERS: dict[str, tuple[Build, tuple[int, ...]]] = {
    "Linear": (layer(nn.Linear(6, 3)), ROWS),
    "MLP": (layer(nn.MLP([6, 5, 2], g.gelu)), ROWS),
    "FeedForward": (layer(nn.FeedForward(6, 5, g.silu)), TOKENS),
    "Embedding": (embedded, TOKENS),
    "Dropout": (layer(nn.Dropout(0.4)), TOKENS),
    "Conv1d": (layer(nn.Conv1d(6, 5, 3, 2, "same")), TOKENS),
    "Conv2d": (layer(nn.Conv2d(3, 4, (3, 2), (2, 1), ((1, 0), (0, 1)))), IMAGES),
    "Conv1d, dilated and circular": (layer(nn.Conv1d(6, 4, 3, padding=2, dilation=2, padding_mode="circular")), TOKENS),
    "Conv2d, in groups": (layer(nn.Conv2d(4, 6, 3, 2, "same", groups=2)), (2, 5, 6, 4)),
    "ConvTranspose1d": (layer(nn.ConvTranspose1d(6, 4, 3, 2, 1, dilation=2)), TOKENS),
    "ConvTranspose2d": (layer(nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2)), (2, 3, 4, 4)),
    "Upsample": (layer(nn.Upsample(scale_factor=2, mode="bilinear")), (2, 3, 4, 2)),
    "GroupNorm": (layer(nn.GroupNorm(2, 6)), TOKENS),
    "InstanceNorm": (layer(nn.InstanceNorm(6, affine=True)), TOKENS),
    "LayerNorm": (layer(nn.LayerNorm(6)), TOKENS),
    "RMSNorm": (layer(nn.RMSNorm(6)), TOKENS),
    "BatchNorm": (layer(nn.BatchNorm(6)), TOKENS),
    "BatchNorm, used": (evaluating(nn.BatchNorm(6)), TOKENS),
    "RNNCell": (layer(nn.RNNCell(6, 3), (5, 3)), ROWS),
    "LSTMCell": (layer(nn.LSTMCell(6, 3), (5, 3), (5, 3)), ROWS),
    "GRUCell": (layer(nn.GRUCell(6, 3), (5, 3)), ROWS),
    "RNN": (layer(nn.RNN(6, 3, 2)), TOKENS),
    "LSTM": (layer(nn.LSTM(6, 3)), TOKENS),
    "GRU": (layer(nn.GRU(6, 3)), TOKENS),
    "MultiHeadAttention": (layer(nn.MultiHeadAttention(6, 2)), TOKENS),
    "MultiHeadAttention, causal": (layer(nn.MultiHeadAttention(6, 1, causal=True, rotary=True)), TOKENS),
    "MultiHeadAttention, visible": (layer(nn.MultiHeadAttention(6, 3, weights_visible=True)), TOKENS),
    "MultiHeadAttention, in a window": (
        layer(nn.MultiHeadAttention(8, 4, causal=True, key_heads=2, window=2)),
        (2, 4, 8),
    ),
    "MultiHeadAttention, cross": (layer(nn.MultiHeadAttention(6, 2, cross=True), (2, 3, 6)), TOKENS),
    "AdditiveAttention": (layer(nn.AdditiveAttention(6, 5, 4), (2, 3, 5)), TOKENS),
    "EncoderBlock": (layer(nn.EncoderBlock(6, 2, 8, g.gelu, causal=True)), TOKENS),
    "DecoderBlock": (layer(nn.DecoderBlock(6, 2, 8, norm=nn.RMSNorm), (2, 3, 6)), TOKENS),
    "MixerBlock": (layer(nn.MixerBlock(4, 6, 5, 7)), TOKENS),
    "SpatialGatingUnit": (layer(nn.SpatialGatingUnit(4, 6)), TOKENS),
    "GatedMLPBlock": (layer(nn.GatedMLPBlock(4, 6, 8)), TOKENS),
    "FourierBlock": (layer(nn.FourierBlock(6, 5)), TOKENS),
    "Ensemble": (layer(nn.Ensemble(3, lambda: nn.MLP([6, 4, 2], g.tanh))), ROWS),
    "Sequential": (layer(nn.Sequential(nn.Linear(6, 4), g.tanh, nn.LayerNorm(4))), TOKENS),
    "Residual": (layer(nn.Residual(nn.Conv1d(6, 6, 3, padding="same"), g.softplus)), TOKENS),
}
FUNCTIONS: dict[str, tuple[Build, tuple[int, ...]]] = {
    "max_pool": (function(lambda x: g.max_pool(x, 3, 2, ((1, 1), (0, 1)))), IMAGES),
    "max_pool of a sequence": (function(lambda x: g.max_pool(x, 2)), TOKENS),
    "average_pool": (function(lambda x: g.average_pool(x, (2, 3), (1, 2), "same")), IMAGES),
    "softmax": (function(g.softmax), TOKENS),
    "softmax across": (function(lambda x: g.softmax(x, 1)), TOKENS),
    "log_softmax": (function(g.log_softmax), TOKENS),
    "logsumexp": (function(g.logsumexp), TOKENS),
    "cross_entropy": (labelled(0.0), ROWS),
    "cross_entropy, smoothed": (labelled(0.2), ROWS),
    "binary_cross_entropy": (function(lambda x: g.binary_cross_entropy(x, g.sigmoid(-x))), ROWS),
    "symmetric_info_nce": (function(lambda x: g.symmetric_info_nce(x, g.sin(x), 0.3)), ROWS),
    "gelu": (function(g.gelu), ROWS),
    "attention": (some, TOKENS),
    "l2_normalise": (function(g.l2_normalise), ROWS),
    "batch_statistics": (function(lambda x: g.concatenate(g.batch_statistics(x))), TOKENS),
    "global_norm": (function(lambda x: g.global_norm([x, g.sin(x[0])])), ROWS),
    "sort": (function(lambda x: g.square(g.sort(x))), ROWS),
    "top_k": (function(lambda x: g.square(g.top_k(x, 3)[0])), ROWS),
    "cumsum": (function(lambda x: g.square(g.cumsum(x, 1))), ROWS),
    "std": (function(lambda x: g.std(x, 0)), ROWS),
    "max": (function(lambda x: g.square(g.max(x, -1))), ROWS),
    "powers": (function(lambda x: g.sigmoid(x) ** g.cos(x) + g.softplus(x) ** 2.5), ROWS),
}
EVERY = LAYERS | FUNCTIONS


def curved(y: Tensor) -> Tensor:
    """A loss in which no two elements of y count alike, and each not only by itself."""
    weights = 1 + g.cast(g.iota(*y.shape), "f32") / y.size if y.shape else g.constant(1.0)
    return g.sum(g.sin(y * weights) + g.square(y)) + 0.1 * g.square(g.sum(y))


def penalised(build: Build, shape: tuple[int, ...], order: int) -> tuple[Model, Tensor, list[Tensor]]:
    """The model whose program `run` gives d0, d1, …: gradients of squared gradients, and so on.

    Also the loss, and all that it is differentiated by.
    """
    model = Model("penalised")
    x = model.data("x", shape)
    found: list[Any] = []

    @model.program
    def run() -> dict[str, Tensor]:
        loss = curved(build(model, x))
        targets = [v.tensor for v in model.variables.values() if v.role in ("parameter", "data")]
        found.extend([loss, targets])
        gradients = g.gradients(loss, targets)
        for _ in range(order - 1):
            gradients = g.gradients(g.sum(g.stack([g.mean(g.square(d)) for d in gradients])), targets)
        return {f"d{n}": d for n, d in enumerate(gradients)}

    return model, *found


def filled(model: Model, runner: Runner) -> Runner:
    """The runner, whose parameters and data have become numbers that nothing makes special."""
    runner.run("init")
    rng = np.random.default_rng(5)
    runner.write("seed", 3)
    for name, variable in model.variables.items():
        if variable.role in ("parameter", "data"):
            runner.write(name, rng.uniform(-1, 1, variable.type.shape))
    return runner
