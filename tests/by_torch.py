"""A traced graph, evaluated by PyTorch's own operations in float64, so that its autograd can differentiate it.

In: tensors of a graph, and what its variables hold. Out: PyTorch's tensors. What has no derivative (indices, counters,
random numbers) is evaluated by its NumPy definition; any other op needs its spelling in PyTorch here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from site_builder.graph import Tensor, variable_of
from site_builder.graph.derivatives import NOT_DIFFERENTIABLE
from site_builder.graph.program import topological
from site_builder.graph.scans import ScanBody, result_of, within
from site_builder.run.definitions import DEFINITIONS

WITHIN = {"f32": np.float64, "u32": np.uint32, "i32": np.int32}
Spelling = Callable[..., torch.Tensor]  # of the node and its inputs


def evaluated(roots: Sequence[Tensor], values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
    """What each root is, given the value of each variable by its name."""
    known = _walked(topological(roots), {}, values)
    return [known[root.number] for root in roots]


def _walked(
    order: Sequence[Tensor], given: Mapping[int, torch.Tensor], values: Mapping[str, torch.Tensor]
) -> dict[int, torch.Tensor]:
    """What each node of an order is, inputs first, by its number; some are given."""
    known = dict(given)
    for node in (each for each in order if each.number not in given):
        inputs = [known[x.number] for x in node.inputs]
        if node.op == "read":
            known[node.number] = values[variable_of(node).name]
        elif node.op == "stop_gradient":
            known[node.number] = inputs[0].detach()
        elif node.op == "scan":
            known[node.number] = _scanned(node, inputs, values)
        elif node.op in NOT_DIFFERENTIABLE or node.dtype != "f32":
            known[node.number] = torch.tensor(_defined(node, inputs))
        else:
            known[node.number] = SPELLINGS[node.op](node, *inputs)
    return known


def _scanned(node: Tensor, inputs: Sequence[torch.Tensor], values: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """A result of a scan, one time after the other."""
    body: ScanBody = node.attributes["body"]
    carries, of_all_times, captured = body.divided(inputs)
    order, found = within((*body.next, result_of(node)), body.leaves), []
    for time in body.times():
        leaves = (body.time, *body.carries, *body.elements, *body.captured)
        given = (torch.tensor(time), *carries, *(x[time] for x in of_all_times), *captured)
        known = _walked(order, dict(zip((x.number for x in leaves), given, strict=True)), values)
        carries = [known[x.number] for x in body.next]
        found.append(known[result_of(node).number])
    if "last" in node.attributes:
        return carries[node.attributes["last"]]
    return torch.stack(found[::-1] if body.reverse else found)


def _defined(node: Tensor, inputs: Sequence[torch.Tensor]) -> Any:
    """By NumPy. PyTorch has few operations for u32, so that whole numbers travel as int64."""
    given = [x.detach().numpy().astype(WITHIN[n.dtype]) for x, n in zip(inputs, node.inputs, strict=True)]
    return np.asarray(DEFINITIONS[node.op](node, *given)).astype(np.float64 if node.dtype == "f32" else np.int64)


def _padded(y: Tensor, x: torch.Tensor, value: float = 0.0) -> torch.Tensor:
    """Images as PyTorch has them, [batch, channels, height, width], padded."""
    top, bottom, left, right = y.attributes["padding"]
    return F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom), value=value)


def _convolution(y: Tensor, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    stride, groups = y.attributes["stride"], y.attributes.get("groups", 1)
    return F.conv2d(_padded(y, x), w.permute(3, 2, 0, 1), stride=stride, groups=groups).permute(0, 2, 3, 1)


def _transposed(y: Tensor, w: torch.Tensor, d: torch.Tensor) -> torch.Tensor:
    """Into the padded images, of which the middle is taken."""
    top, bottom, left, right = y.attributes["padding"]
    images, high, wide, channels = y.shape
    size, groups = (images, channels, high + top + bottom, wide + left + right), y.attributes.get("groups", 1)
    weights, windows = w.permute(3, 2, 0, 1), d.permute(0, 3, 1, 2)
    padded = torch.nn.grad.conv2d_input(size, weights, windows, y.attributes["stride"], groups=groups)
    return padded[..., top : top + high, left : left + wide].permute(0, 2, 3, 1)


def _max_pool(y: Tensor, x: torch.Tensor) -> torch.Tensor:
    pooled = F.max_pool2d(_padded(y, x, -math.inf), y.attributes["window"], y.attributes["stride"])
    return pooled.permute(0, 2, 3, 1)


def _average_pool(y: Tensor, x: torch.Tensor) -> torch.Tensor:
    return F.avg_pool2d(_padded(y, x), y.attributes["window"], y.attributes["stride"]).permute(0, 2, 3, 1)


def _attention(y: Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    queries, keys = q.shape[1], k.shape[1]
    seen = torch.ones(queries, keys).tril(keys - queries if y.attributes["causal"] else keys) > 0
    seen = seen & (torch.arange(keys) < lengths[:, None, None, None])
    scores = torch.einsum("bihd,bjhd->bhij", q, k) / math.sqrt(q.shape[-1])
    weights = scores.masked_fill(~seen, -1e30).softmax(-1) * seen
    return torch.einsum("bhij,bjhd->bihd", weights, v)


def _matmul(y: Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    form = y.attributes["form"]
    return (a.mT if form == "tn" else a) @ (b.mT if form == "nt" else b)


def _slice(y: Tensor, x: torch.Tensor) -> torch.Tensor:
    return x[tuple(slice(start, start + n) for start, n in zip(y.attributes["starts"], y.shape, strict=True))]


def _pad(y: Tensor, x: torch.Tensor) -> torch.Tensor:
    widths = [(a, m - a - n) for a, n, m in zip(y.attributes["before"], x.shape, y.shape, strict=True)]
    return F.pad(x, [n for pair in reversed(widths) for n in pair])


def _cross_entropy(y: Tensor, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits.flatten(0, -2), labels.flatten(), reduction="none").reshape(y.shape)


def _normalised(x: torch.Tensor, epsilon: torch.Tensor, axes: tuple[int, ...]) -> torch.Tensor:
    """By its formula: third derivatives of PyTorch's own layer_norm and batch_norm take what is saved as constant."""
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
    return (x - mean) / (variance + epsilon).sqrt()


def _statistics(y: Tensor, x: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    variance, mean = torch.var_mean(x.flatten(0, -2), 0, correction=0)
    return torch.stack([mean, variance])


def _gather(y: Tensor, table: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    return table[rows.clamp(max=len(table) - 1)]


def _scatter_add(y: Tensor, rows: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    places = rows.flatten().clamp(max=y.shape[0] - 1)
    return torch.zeros(y.shape, dtype=values.dtype).index_add(0, places, values.reshape(-1, *y.shape[1:]))


_SAME = (
    "exp",
    "log",
    "expm1",
    "log1p",
    "sqrt",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "relu",
    "absolute",
    "square",
    "divide",
)
_OF_TWO = ("add", "subtract", "multiply", "maximum", "minimum")


def _named(name: str) -> Spelling:
    return lambda y, *inputs: getattr(torch, name)(*inputs)


SPELLINGS: dict[str, Spelling] = {
    **{name: _named(name) for name in (*_SAME, *_OF_TWO)},
    "negate": lambda y, x: -x,
    "power": lambda y, a, b: a**b,
    "softplus": lambda y, x: F.softplus(x, threshold=1e3),
    "gelu": lambda y, x: F.gelu(x, approximate="tanh"),
    "where": lambda y, c, a, b: torch.where(c != 0, a, b),
    "broadcast": lambda y, x: x.expand(y.shape),
    "reshape": lambda y, x: x.reshape(y.shape),
    "transpose": lambda y, x: x.permute(y.attributes["axes"]),
    "slice": _slice,
    "pad": _pad,
    "concatenate": lambda y, *parts: torch.cat(parts, y.attributes["axis"]),
    "matmul": _matmul,
    "batched_matmul": _matmul,
    "sum": lambda y, x: x.sum(y.attributes["axes"]),
    "max": lambda y, x: x.amax(y.attributes["axes"]),
    "global_norm": lambda y, *tensors: torch.linalg.vector_norm(torch.cat([x.flatten() for x in tensors])),
    "softmax": lambda y, x: x.softmax(-1),
    "logsumexp": lambda y, x: x.logsumexp(-1),
    "cross_entropy": _cross_entropy,
    "attention": _attention,
    "convolution": _convolution,
    "convolution_input_gradient": _transposed,
    "grouped_convolution": _convolution,
    "grouped_convolution_input_gradient": _transposed,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "layer_norm": lambda y, x, epsilon: _normalised(x, epsilon, (-1,)),
    "rms_norm": lambda y, x, epsilon: F.rms_norm(x, x.shape[-1:], eps=epsilon.item()),
    "batch_norm": lambda y, x, epsilon: _normalised(x, epsilon, tuple(range(x.ndim - 1))),
    "batch_norm_statistics": _statistics,
    "scale": lambda y, x, factors: x * factors,
    "gather": _gather,
    "scatter_add": _scatter_add,
}
