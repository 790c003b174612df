"""Where in a PyTorch module the numbers of each of our parameters lie.

In: a module. Out: our name -> a view of its parameter, or of that parameter's gradient, arranged as ours. Writing to
the view writes to the module.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Pick = Callable[[Tensor], Tensor]

# What torch.nn calls the parts of its transformer layers, and what they are called here.
RENAMED = {
    "self_attn": "attention",
    "multihead_attn": "cross_attention",
    "linear1": "feed_forward.linear1",
    "linear2": "feed_forward.linear2",
}


def values_of(parameter: Tensor) -> Tensor:
    """The parameter itself."""
    return parameter.data


def gradient_of(parameter: Tensor) -> Tensor:
    """Its gradient, zeros where none arrived."""
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def arranged(module: nn.Module, pick: Pick = values_of) -> dict[str, Tensor]:
    """Every parameter of `module` under the name that it has here."""
    found: dict[str, Tensor] = {}
    known: set[Tensor] = set()
    for path, part in module.named_modules():
        for name, parameter in part.named_parameters(recurse=False):
            if parameter not in known:  # one that two modules share is the first one's
                views = _views(path, part, name, pick(parameter))
                found |= {f"{_renamed(module, path)}.{ours}".lstrip("."): view for ours, view in views.items()}
                known.add(parameter)
    return found


def _views(path: str, part: nn.Module, name: str, value: Tensor) -> dict[str, Tensor]:
    """The parameter `name` of one module as ours, under our name or names."""
    match part:
        case nn.MultiheadAttention():
            turned = value.T if value.ndim == 2 else value
            if not path.endswith(("multihead_attn", "cross_attention")):
                return {name: turned}
            features, kind = part.embed_dim, name.removeprefix("in_proj_")  # queries apart from keys and values
            return {f"q_proj.{kind}": turned[..., :features], f"kv_proj.{kind}": turned[..., features:]}
        case nn.Conv1d() | nn.Conv2d() | nn.ConvTranspose1d() | nn.ConvTranspose2d() if name == "weight":
            return {name: value.permute(*range(2, value.ndim), 1, 0)}
        case nn.Linear() | nn.RNNBase() | nn.RNNCellBase() if value.ndim == 2:
            return {name: value.T}
    return {name: value}


def _renamed(module: nn.Module, path: str) -> str:
    """The path, with our names for the parts of PyTorch's transformer layers."""
    parts = path.split(".")
    for depth in range(len(parts)):
        owner = module.get_submodule(".".join(parts[:depth]))
        if isinstance(owner, nn.TransformerEncoderLayer | nn.TransformerDecoderLayer):
            parts[depth] = RENAMED.get(parts[depth], parts[depth])
            break
    return ".".join(parts)
