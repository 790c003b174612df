"""A word beside PyTorch: what it gives and its gradients, by its definition in float64 and by its kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import numpy_runner

Array = np.ndarray[Any, Any]
Word = tuple[Callable[..., Tensor], Callable[..., Any], tuple[Array, ...]]  # ours, PyTorch's, and what both are given

rng = np.random.default_rng(11)


def numbers(*shape: int) -> Array:
    return rng.standard_normal(shape)


def places(bound: int, *shape: int) -> Array:
    return rng.integers(0, bound, shape).astype(np.uint32)


def model_of(ours: Callable[..., Tensor], inputs: tuple[Array, ...]) -> Model:
    """Inputs x0, x1, …; program `run` gives y and, with floats among the inputs, gradients d0, … of Σ sin(1 + y)."""
    model = Model("word")
    floats = [n for n, x in enumerate(inputs) if x.dtype != np.uint32]
    given = [model.input(f"x{n}", x.shape, dtype="f32" if n in floats else "u32") for n, x in enumerate(inputs)]

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = ours(*given)
        if y.dtype == "u32" or not floats:
            return {"y": y}
        gradients = g.gradients(g.sum(g.sin(1.0 + y)), [given[n] for n in floats])  # weighs each element differently
        return {"y": y} | {f"d{n}": d for n, d in zip(floats, gradients, strict=True)}

    return model


def expected(theirs: Callable[..., Any], inputs: tuple[Array, ...]) -> dict[str, Array]:
    """The same by PyTorch."""
    floats = [n for n, x in enumerate(inputs) if x.dtype != np.uint32]
    exact = [torch.tensor(x if n in floats else x.astype(np.int64)) for n, x in enumerate(inputs)]
    for n in floats:
        exact[n].requires_grad_()
    y = theirs(*exact)
    if floats and y.is_floating_point() and y.requires_grad:
        torch.sin(1.0 + y).sum().backward()
    return {"y": y.detach().numpy()} | {f"d{n}": exact[n].grad.numpy() for n in floats if exact[n].grad is not None}


def check(word: Word, tolerance: float = 1e-5) -> None:
    """Fails unless NumPy gives what PyTorch does, and wgpu does within `tolerance` of the largest number."""
    from site_builder.run.on_wgpu import WgpuRunner

    ours, theirs, inputs = word
    model, right = model_of(ours, inputs), expected(theirs, inputs)
    for runner, allowed in ((numpy_runner(model), 1e-10), (WgpuRunner(lower(model)), tolerance)):
        for n, x in enumerate(inputs):
            runner.write(f"x{n}", x)
        runner.run("run")
        assert runner.read("y").shape == right["y"].shape
        for name, value in right.items():
            largest = max(float(np.abs(value).max()), 1.0)
            np.testing.assert_allclose(runner.read(name), value, rtol=0, atol=allowed * largest, err_msg=name)
