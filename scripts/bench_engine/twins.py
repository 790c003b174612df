"""The workloads in PyTorch: in float64, what is right; in float32, how long a CPU takes.

In: a workload. Out: its results as arrays, or a function that does the work once. As users of PyTorch write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from .workloads import TRAINED, Array, Workload, stages

Tensors = Mapping[str, Tensor]
CHANNELS_FIRST, CHANNELS_LAST, OUTPUTS_FIRST = (0, 3, 1, 2), (0, 2, 3, 1), (3, 2, 0, 1)


class Twin:
    """A workload on tensors of one precision. `step` does the work once and gives its loss or its results."""

    def __init__(self, workload: Workload, dtype: torch.dtype) -> None:
        self.workload = workload
        self.tensors = {
            name: torch.tensor(array).to(torch.int64 if array.dtype == "uint32" else dtype)
            for name, array in workload.arrays.items()
        }
        kinds = {"matmul": self._matmul, "convolution": self._convolution}
        self.step: Callable[[], dict[str, Tensor]] = kinds.get(workload.kind) or self._training()

    def _matmul(self) -> dict[str, Tensor]:
        a, b = self.tensors["a"], self.tensors["b"]
        left, right = self.workload.settings["form"]
        return {"y": (a.T if left == "t" else a) @ (b.T if right == "t" else b)}

    def _convolution(self) -> dict[str, Tensor]:
        """PyTorch has channels first, in shape; in memory they may lie last."""
        x, w = (self.tensors[name].permute(order) for name, order in (("x", CHANNELS_FIRST), ("w", OUTPUTS_FIRST)))
        if not self.workload.settings["backward"]:
            return {"y": functional.conv2d(x, w, padding=1).permute(CHANNELS_LAST)}
        x, w = x.detach().requires_grad_(), w.detach().requires_grad_()
        y = functional.conv2d(x, w, padding=1)
        dx, dw = torch.autograd.grad(y, (x, w), self.tensors["dy"].permute(CHANNELS_FIRST))
        return {"y": y.detach().permute(CHANNELS_LAST), "dx": dx.permute(CHANNELS_LAST), "dw": dw.permute(2, 3, 1, 0)}

    def _training(self) -> Callable[[], dict[str, Tensor]]:
        settings, losses = self.workload.settings, {"perceptron": perceptron, "resnet": resnet, "gpt": gpt}
        loss_of = losses[self.workload.kind]
        trained = [self.tensors[name].requires_grad_() for name in self.workload.parameters]
        rate = settings["rate"]
        kinds: dict[str, Callable[[], torch.optim.Optimizer]] = {
            "sgd": lambda: torch.optim.SGD(trained, rate, settings.get("momentum", 0.0)),
            "adam": lambda: torch.optim.Adam(trained, rate),
            "adamw": lambda: torch.optim.AdamW(trained, rate, weight_decay=settings["decay"]),
        }
        optimiser = kinds[settings["optimiser"]]()

        def step() -> dict[str, Tensor]:
            loss = loss_of(self.tensors, settings)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # as PyTorch has it
            optimiser.step()
            return {"loss": loss.detach()}

        return step


def perceptron(t: Tensors, settings: Mapping[str, int]) -> Tensor:
    """Mean cross-entropy of a network with one hidden layer."""
    hidden = torch.relu(t["images"] @ t["network.layers.0.weight"] + t["network.layers.0.bias"])
    return functional.cross_entropy(hidden @ t["network.layers.1.weight"] + t["network.layers.1.bias"], t["labels"])


def resnet(t: Tensors, settings: Mapping[str, Any]) -> Tensor:
    """Mean cross-entropy of a residual network (He et al., 2016), normalised by each batch's own statistics."""

    def layer(x: Tensor, name: str, stride: int = 1) -> Tensor:
        weight = t[f"{name}.conv.weight"].permute(OUTPUTS_FIRST)
        x = functional.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
        return functional.batch_norm(x, None, None, t[f"{name}.norm.weight"], t[f"{name}.norm.bias"], training=True)

    x = torch.relu(layer(t["images"].permute(CHANNELS_FIRST), "stem"))
    for n, (inputs, outputs) in enumerate(stages(settings["widths"])):
        stride = 1 if inputs == outputs else 2
        y = layer(torch.relu(layer(x, f"blocks.{n}.first", stride)), f"blocks.{n}.second")
        x = torch.relu(y + (x if inputs == outputs else layer(x, f"blocks.{n}.shortcut", stride)))
    return functional.cross_entropy(x.mean((2, 3)) @ t["head.weight"] + t["head.bias"], t["labels"])


def gpt(t: Tensors, settings: Mapping[str, int]) -> Tensor:
    """Mean cross-entropy of the next token: blocks that normalise first (Radford et al., GPT-2, 2019)."""
    batch, length, width, heads = (settings[name] for name in ("batch", "length", "width", "heads"))

    def linear(x: Tensor, name: str) -> Tensor:
        return x @ t[f"{name}.weight"] + t[f"{name}.bias"]

    def norm(x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(x, (width,), t[f"{name}.weight"], t[f"{name}.bias"])

    def split(x: Tensor) -> Tensor:
        return x.reshape(batch, length, heads, width // heads).transpose(1, 2)

    x = t["tokens.weight"][t["tokens"]] + t["positions.weight"]
    for n in range(settings["layers"]):
        q, k, v = map(split, linear(norm(x, f"blocks.{n}.norm1"), f"blocks.{n}.attention.qkv").chunk(3, dim=-1))
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + linear(seen.transpose(1, 2).reshape(batch, length, width), f"blocks.{n}.attention.out")
        hidden = functional.gelu(linear(norm(x, f"blocks.{n}.norm2"), f"blocks.{n}.expand"), approximate="tanh")
        x = x + linear(hidden, f"blocks.{n}.contract")
    logits = norm(x, "norm") @ t["head.weight"]
    return functional.cross_entropy(logits.reshape(batch * length, -1), t["targets"].reshape(-1))


def expected(workload: Workload) -> dict[str, Array]:
    """In float64: the outputs, or the losses of the first steps and the parameters after them."""
    twin = Twin(workload, torch.float64)
    if not workload.parameters:
        return {name: value.numpy() for name, value in twin.step().items()}
    losses = torch.stack([twin.step()["loss"] for _ in range(TRAINED)])
    after = {name: twin.tensors[name].detach().numpy() for name in workload.parameters}
    return {"losses": losses.numpy(), **after}
