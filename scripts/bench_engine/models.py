"""The workloads as users of this project write them.

In: a workload. Out: a model whose program `step` does the work once; its variables have the names of the workload's
arrays, and it gives `loss` or the workload's outputs.
"""

from __future__ import annotations

from collections.abc import Callable

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor

from .workloads import Workload, stages


def _data(model: Model, workload: Workload, name: str) -> Tensor:
    array = workload.arrays[name]
    return model.data(name, array.shape, "u32" if array.dtype == "uint32" else "f32")


def _matmul(workload: Workload) -> Model:
    model = Model(workload.name)
    a, b = _data(model, workload, "a"), _data(model, workload, "b")

    @model.program
    def step() -> dict[str, Tensor]:
        return {"y": g.matmul(a, b, workload.settings["form"])}

    return model


def _convolution(workload: Workload) -> Model:
    model = Model(workload.name)
    x, w = _data(model, workload, "x"), _data(model, workload, "w")

    @model.program
    def step() -> dict[str, Tensor]:
        y = g.convolution(x, w, padding="same")
        if not workload.settings["backward"]:
            return {"y": y}
        dx, dw = g.gradients(g.sum(y * _data(model, workload, "dy")), [x, w])
        return {"y": y, "dx": dx, "dw": dw}

    return model


def _minimise(workload: Workload, model: Model, loss: Tensor) -> None:
    settings = workload.settings
    chosen: dict[str, Callable[[], nn.SGD | nn.Adam]] = {
        "sgd": lambda: nn.SGD(settings["rate"], settings.get("momentum", 0.0)),
        "adam": lambda: nn.Adam(settings["rate"]),
        "adamw": lambda: nn.AdamW(settings["rate"], weight_decay=settings["decay"]),
    }
    chosen[settings["optimiser"]]().minimise(loss, model)


def _perceptron(workload: Workload) -> Model:
    settings = workload.settings
    model = Model(workload.name)
    images, labels = _data(model, workload, "images"), _data(model, workload, "labels")
    widths = (settings["inputs"], settings["hidden"], settings["classes"])
    network = model.add("network", nn.MLP(widths, g.relu))

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        loss = g.mean(g.cross_entropy(network(images), labels))
        _minimise(workload, model, loss)
        return {"loss": loss}

    return model


class _Norm(nn.Module):
    """Batch normalisation by the batch's own statistics; nobody here keeps running ones."""

    def __init__(self, features: int) -> None:
        self.weight, self.bias = g.parameter((features,), nn.ones), g.parameter((features,), nn.zeros)

    def __call__(self, x: Tensor) -> Tensor:
        return g.batch_norm(x, self.weight, self.bias)


class _Layer(nn.Module):
    def __init__(self, window: int, inputs: int, outputs: int, stride: int = 1) -> None:
        self.conv = nn.Conv2d(inputs, outputs, window, stride, padding=window // 2, bias=False)
        self.norm = _Norm(outputs)

    def __call__(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x))


class _Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        stride = 1 if inputs == outputs else 2
        self.first = _Layer(3, inputs, outputs, stride)
        self.second = _Layer(3, outputs, outputs)
        self.shortcut = None if inputs == outputs else _Layer(1, inputs, outputs, stride)

    def __call__(self, x: Tensor) -> Tensor:
        y = self.second(g.relu(self.first(x)))
        return g.relu(y + (x if self.shortcut is None else self.shortcut(x)))


def _resnet(workload: Workload) -> Model:
    settings = workload.settings
    widths = settings["widths"]
    model = Model(workload.name)
    images, labels = _data(model, workload, "images"), _data(model, workload, "labels")
    stem = model.add("stem", _Layer(3, settings["channels"], widths[0]))
    blocks = [model.add(f"blocks.{n}", _Residual(*each)) for n, each in enumerate(stages(widths))]
    head = model.add("head", nn.Linear(widths[-1], settings["classes"]))

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        x = g.relu(stem(images))
        for block in blocks:
            x = block(x)
        loss = g.mean(g.cross_entropy(head(g.mean(x, (1, 2))), labels))
        _minimise(workload, model, loss)
        return {"loss": loss}

    return model


class _Attention(nn.Module):
    """Causal self-attention of several heads, from one projection: x [batch, time, width]."""

    def __init__(self, width: int, heads: int) -> None:
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self._heads = heads

    def __call__(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (
            g.reshape(part, (batch, length, self._heads, width // self._heads)) for part in g.split(self.qkv(x), 3)
        )
        return self.out(g.reshape(g.attention(q, k, v, causal=True), x.shape))


class _Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        self.norm1 = nn.LayerNorm(width)
        self.attention = _Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)

    def __call__(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.contract(g.gelu(self.expand(self.norm2(x))))


def _gpt(workload: Workload) -> Model:
    settings = workload.settings
    width, vocabulary, length = settings["width"], settings["tokens"], settings["length"]
    model = Model(workload.name)
    tokens, targets = _data(model, workload, "tokens"), _data(model, workload, "targets")
    embedding = model.add("tokens", nn.Embedding(vocabulary, width))
    positions = model.add("positions", nn.Embedding(length, width))
    blocks = [model.add(f"blocks.{n}", _Block(width, settings["heads"])) for n in range(settings["layers"])]
    norm = model.add("norm", nn.LayerNorm(width))
    head = model.add("head", nn.Linear(width, vocabulary, bias=False))

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        x = embedding(tokens) + positions.weight
        for block in blocks:
            x = block(x)
        logits = g.reshape(head(norm(x)), (targets.size, vocabulary))
        loss = g.mean(g.cross_entropy(logits, g.reshape(targets, (targets.size,))))
        _minimise(workload, model, loss)
        return {"loss": loss}

    return model


MODELS: dict[str, Callable[[Workload], Model]] = {
    "matmul": _matmul,
    "convolution": _convolution,
    "perceptron": _perceptron,
    "resnet": _resnet,
    "gpt": _gpt,
}


def build(workload: Workload) -> Model:
    """The model of a workload."""
    return MODELS[workload.kind](workload)
