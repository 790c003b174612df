"""What is computed: every workload's sizes, its weights and data (seeded), and its floating-point operations.

Knows nothing of engines. A training workload is one step of an optimiser on one batch that stays on the device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]
Kind = Literal["matmul", "convolution", "perceptron", "resnet", "gpt"]

MOST = 32_768  # steps that a sample takes, however short they are
TRAINED = 5  # steps after which losses and parameters are compared
SIZE = 512  # of the products of square matrices


@dataclass(frozen=True)
class Workload:
    """One piece of work, done again and again.

    `multiplications`: multiply-adds of its products of matrices and convolutions, forward and backward.
    `outputs`: names of results, for work that trains nothing; `parameters`: what is trained.
    """

    name: str
    title: str
    kind: Kind
    settings: Mapping[str, Any]
    make: Callable[[Mapping[str, Any], np.random.Generator], dict[str, Array]]
    multiplications: int
    outputs: tuple[str, ...] = ()
    weights: tuple[str, ...] = field(default=())  # of the arrays, those that an inference engine may prepare

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """Data and initial weights: float32, and uint32 for labels."""
        return self.make(self.settings, np.random.default_rng(1))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the arrays that are trained."""
        return tuple(name for name in self.arrays if "." in name)

    @property
    def group(self) -> str:
        """What `scripts/bench engine` calls it and its relatives."""
        return self.name.partition("-")[0]


def _drawn(draw: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    return (scale * draw.standard_normal(shape)).astype(np.float32)


def _weights(draw: np.random.Generator, inputs: int, outputs: int) -> Array:
    return _drawn(draw, inputs, outputs, scale=inputs**-0.5)


def _square(settings: Mapping[str, Any], draw: np.random.Generator) -> dict[str, Array]:
    return {"a": _drawn(draw, SIZE, SIZE), "b": _drawn(draw, SIZE, SIZE)}


def _images(settings: Mapping[str, Any], draw: np.random.Generator) -> dict[str, Array]:
    """Channels last: x [batch, height, width, inputs], w [3, 3, inputs, outputs]."""
    batch, side, before, after = (settings[name] for name in ("batch", "side", "inputs", "outputs"))
    arrays = {
        "x": _drawn(draw, batch, side, side, before),
        "w": _drawn(draw, 3, 3, before, after, scale=(9 * before) ** -0.5),
    }
    return {**arrays, "dy": _drawn(draw, batch, side, side, after)} if settings["backward"] else arrays


def _digits(settings: Mapping[str, Any], draw: np.random.Generator) -> dict[str, Array]:
    widths = (settings["inputs"], settings["hidden"], settings["classes"])
    arrays = {
        "images": draw.random((settings["batch"], widths[0]), np.float32),
        "labels": draw.integers(0, widths[2], settings["batch"], np.uint32),
    }
    for n, (inputs, outputs) in enumerate(pairwise(widths)):
        arrays[f"network.layers.{n}.weight"] = _weights(draw, inputs, outputs)
        arrays[f"network.layers.{n}.bias"] = _drawn(draw, outputs, scale=0.1)
    return arrays


def _photographs(settings: Mapping[str, Any], draw: np.random.Generator) -> dict[str, Array]:
    """Channels last: images [batch, side, side, channels], weights [3, 3, inputs, outputs]; noise for photographs."""
    batch, side, channels, widths = (settings[name] for name in ("batch", "side", "channels", "widths"))
    arrays = {
        "images": _drawn(draw, batch, side, side, channels),
        "labels": draw.integers(0, settings["classes"], batch, np.uint32),
    }

    def layer(name: str, window: int, inputs: int, outputs: int) -> None:
        scale = (2 / (window**2 * inputs)) ** 0.5
        arrays[f"{name}.conv.weight"] = _drawn(draw, window, window, inputs, outputs, scale=scale)
        arrays[f"{name}.norm.weight"] = 1 + _drawn(draw, outputs, scale=0.1)
        arrays[f"{name}.norm.bias"] = _drawn(draw, outputs, scale=0.1)

    layer("stem", 3, channels, widths[0])
    for n, (inputs, outputs) in enumerate(stages(widths)):
        layer(f"blocks.{n}.first", 3, inputs, outputs)
        layer(f"blocks.{n}.second", 3, outputs, outputs)
        if inputs != outputs:
            layer(f"blocks.{n}.shortcut", 1, inputs, outputs)
    arrays["head.weight"] = _weights(draw, widths[-1], settings["classes"])
    arrays["head.bias"] = _drawn(draw, settings["classes"], scale=0.1)
    return arrays


def stages(widths: Sequence[int]) -> list[tuple[int, int]]:
    """How many channels each residual block takes and gives; where it gives more, it halves the image's sides."""
    return [*pairwise((widths[0], *widths))]


def _text(settings: Mapping[str, Any], draw: np.random.Generator) -> dict[str, Array]:
    names = ("tokens", "width", "batch", "length", "layers")
    vocabulary, width, batch, length, layers = (settings[name] for name in names)
    text = draw.integers(0, vocabulary, (batch, length + 1), np.uint32)
    arrays = {
        "tokens": np.ascontiguousarray(text[:, :-1]),
        "targets": np.ascontiguousarray(text[:, 1:]),
        "tokens.weight": _drawn(draw, vocabulary, width),
        "positions.weight": _drawn(draw, length, width, scale=0.5),
    }

    def norm(name: str) -> None:
        arrays[f"{name}.weight"] = 1 + _drawn(draw, width, scale=0.1)
        arrays[f"{name}.bias"] = _drawn(draw, width, scale=0.1)

    def linear(name: str, inputs: int, outputs: int) -> None:
        arrays[f"{name}.weight"] = _weights(draw, inputs, outputs)
        arrays[f"{name}.bias"] = _drawn(draw, outputs, scale=0.1)

    for block in (f"blocks.{n}" for n in range(layers)):
        norm(f"{block}.norm1")
        linear(f"{block}.attention.qkv", width, 3 * width)
        linear(f"{block}.attention.out", width, width)
        norm(f"{block}.norm2")
        linear(f"{block}.expand", width, 4 * width)
        linear(f"{block}.contract", 4 * width, width)
    norm("norm")
    arrays["head.weight"] = _weights(draw, width, vocabulary)
    return arrays


def _matmul(form: str) -> Workload:
    title = f"matmul {SIZE}³ {form.upper()}"
    return Workload(f"matmul-{form}", title, "matmul", {"form": form}, _square, SIZE**3, ("y",))


def _convolution(name: str, title: str, backward: bool) -> Workload:
    settings = {"batch": 32, "side": 28, "inputs": 16, "outputs": 32, "backward": backward}
    once = 32 * 28 * 28 * 16 * 32 * 9
    outputs = ("y", "dx", "dw") if backward else ("y",)
    return Workload(name, title, "convolution", settings, _images, (3 if backward else 1) * once, outputs, ("w",))


def _perceptron(name: str, title: str, optimiser: str, rate: float, *widths: int, batch: int = 128) -> Workload:
    inputs, hidden, classes = widths
    settings = {"inputs": inputs, "hidden": hidden, "classes": classes, "batch": batch}
    total = 2 * batch * inputs * hidden + 3 * batch * hidden * classes
    training = {"optimiser": optimiser, "rate": rate}
    return Workload(name, title, "perceptron", {**settings, **training}, _digits, total)


def _resnet(name: str, *widths: int) -> Workload:
    """The smallest network of He et al. (2016, section 4.2), but with convolutions of 1x1 where the width changes."""
    batch, side, channels, classes = 16, 32, 3, 10
    settings = {"batch": batch, "side": side, "channels": channels, "widths": widths, "classes": classes}
    training = {"optimiser": "sgd", "rate": 0.02, "momentum": 0.9}
    area = batch * side**2
    total = 2 * area * 9 * channels * widths[0]  # nobody asks for the gradient by the images
    for inputs, outputs in stages(widths):
        area //= 1 if inputs == outputs else 4
        total += 3 * area * outputs * (9 * (inputs + outputs) + (0 if inputs == outputs else inputs))
    total += 3 * batch * widths[-1] * classes
    title = f"ResNet-8 step, {side}×{side}×{channels}, batch {batch}, SGD with momentum"
    return Workload(name, title, "resnet", {**settings, **training}, _photographs, total)


def _gpt(name: str, layers: int, length: int, batch: int, vocabulary: int) -> Workload:
    width = 64
    rows = batch * length
    block = rows * width * (3 * width + width + 8 * width) + 2 * rows * length * width
    settings = {"layers": layers, "length": length, "batch": batch, "tokens": vocabulary, "width": width, "heads": 4}
    training = {"optimiser": "adamw", "rate": 1e-3, "decay": 0.1}
    title = f"GPT step, {layers} layers, T = {length}, batch {batch}, V = {vocabulary}"
    total = 3 * (layers * block + rows * width * vocabulary)
    return Workload(name, title, "gpt", {**settings, **training}, _text, total)


WORKLOADS = {
    each.name: each
    for each in (
        _matmul("nn"),
        _matmul("nt"),
        _matmul("tn"),
        _convolution("conv-forward", "conv2d 32×28×28, 16 → 32, 3×3, forward", False),
        _convolution("conv-backward", "the same, forward and backward", True),
        _perceptron("mlp-sgd", "MLP 784-256-10, batch 128, SGD step", "sgd", 0.1, 784, 256, 10),
        _perceptron("mlp-adam", "the same, Adam step", "adam", 1e-3, 784, 256, 10),
        _perceptron("mlp-small", "MLP 2-16-2, batch 64, Adam step", "adam", 1e-3, 2, 16, 2, batch=64),
        _resnet("resnet", 16, 32, 64),
        _gpt("gpt-2", 2, 32, 16, 32),
        _gpt("gpt-4", 4, 64, 8, 65),
    )
}


def chosen(names: list[str]) -> list[Workload]:
    """Those of these names or groups, all when there are none. Raises KeyError naming one that does not exist."""
    known = {*WORKLOADS, *(each.group for each in WORKLOADS.values())}
    for name in names:
        if name not in known:
            raise KeyError(name)
    return [each for each in WORKLOADS.values() if not names or {each.name, each.group} & {*names}]
