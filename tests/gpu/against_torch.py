"""A word of ours beside PyTorch's: value and gradients, in NumPy and through the kernels.

In: both functions of the same arrays, laid out as ours. Out: nothing, or an AssertionError that names what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.run import numpy_runner, wgpu_runner

Array = np.ndarray[Any, Any]
EXACT, ON_DEVICE = 1e-10, 2e-5  # relative to the largest number: float64; f32 sums of some hundred products


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def same(
    ours: Callable[..., Tensor], theirs: Callable[..., torch.Tensor], *inputs: Array, second: bool = False
) -> Plan:
    """Compare y and the gradients of Σ w y, w unequal, by every f32 input; with `second` also those of |gradients|²."""
    expected = _theirs(theirs, inputs, second)
    model = _model(ours, inputs, second)
    plan = lower(model)
    for runner, tolerance in ((numpy_runner(model), EXACT), (wgpu_runner(plan), ON_DEVICE)):
        for n, x in enumerate(inputs):
            runner.write(f"x{n}", x)
        runner.run("run")
        for name, right in expected.items():
            found = np.asarray(runner.read(name))
            assert found.shape == right.shape, f"{name}: {found.shape} for {right.shape}"
            largest = max(float(np.abs(right).max()), 0.1)
            np.testing.assert_allclose(found, right, rtol=0, atol=tolerance * largest, err_msg=name)
    return plan


def _slope(size: int) -> Array:
    return np.asarray(1 + np.arange(size) / size)


def _model(ours: Callable[..., Tensor], inputs: tuple[Array, ...], second: bool) -> Model:
    model = Model("ours")
    given = [
        model.input(f"x{n}", x.shape, dtype="u32" if x.dtype == np.uint32 else "f32") for n, x in enumerate(inputs)
    ]
    floats = [n for n, x in enumerate(inputs) if x.dtype != np.uint32]

    @model.program
    def run() -> Mapping[str, Tensor]:
        y = ours(*given)
        slope = 1 + g.cast(g.iota(*y.shape), "f32") / y.size
        first = g.gradients(g.sum(y * slope), [given[n] for n in floats])
        results = {"y": y} | {f"d{n}": d for n, d in zip(floats, first, strict=True)}
        if second:
            parts = [g.sum(g.square(d)) for d in first]
            penalty = sum(parts[1:], parts[0])
            again = g.gradients(penalty, [given[n] for n in floats])
            results |= {f"dd{n}": d for n, d in zip(floats, again, strict=True)}
        return results

    return model


def _theirs(theirs: Callable[..., torch.Tensor], inputs: tuple[Array, ...], second: bool) -> dict[str, Array]:
    given = [torch.tensor(x.astype(np.int64)) if x.dtype == np.uint32 else torch.tensor(x) for x in inputs]
    floats = {n: x.requires_grad_() for n, x in enumerate(given) if x.is_floating_point()}
    y = theirs(*given)
    slope = torch.tensor(_slope(y.numel())).reshape(y.shape)
    first = torch.autograd.grad((y * slope).sum(), list(floats.values()), create_graph=second)
    results = {"y": y} | {f"d{n}": d for n, d in zip(floats, first, strict=True)}
    if second:
        penalty = torch.stack([d.square().sum() for d in first]).sum()
        again = torch.autograd.grad(penalty, list(floats.values()))
        results |= {f"dd{n}": d for n, d in zip(floats, again, strict=True)}
    return {name: value.detach().numpy() for name, value in results.items()}


def first(x: torch.Tensor) -> torch.Tensor:
    """Channels first, as PyTorch has them."""
    return x.movedim(-1, 1)


def last(x: torch.Tensor) -> torch.Tensor:
    """Channels last again."""
    return x.movedim(1, -1)


def kernel(w: torch.Tensor) -> torch.Tensor:
    """Weights [...taps, a, b] -> [b, a, ...taps]."""
    return w.movedim((-1, -2), (0, 1))
