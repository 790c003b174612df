"""Chapter 2's models: NumPy, the kernels and their PyTorch twins walk the same way, and pieces are counted right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from demos.backprop.model import ENTRIES
from demos.backprop.model import build as build_backprop
from demos.curve.model import SAMPLES, SIZES, widths
from demos.curve.model import build as build_curve
from demos.curve.model import inputs as curve_inputs
from demos.curve.pieces import pieces
from demos.folding.model import build as build_folding
from demos.folding.model import inputs as folding_inputs
from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner

STEPS = 20
TOLERANCE = 1e-3  # what every pair of machines is asked for over 20 steps; single precision gives 1e-6
BENDS = ("relu", "tanh", "gelu", "none")  # by their number in the curve's model


def runners(model: Model, writes: dict[str, Any]) -> Iterator[Any]:
    """The definition in double precision, then the kernels, both after `init` with seed 1."""
    from site_builder.run.on_wgpu import WgpuRunner

    for runner in (NumPyRunner(model), WgpuRunner(lower(model))):
        for name, value in {**writes, "seed": 1}.items():
            runner.write(name, np.asarray(value))
        runner.run("init")
        yield runner


def maps(runner: Any, count: int) -> list[tuple[Any, Any]]:
    """The affine maps of a runner's network, in double precision."""
    parts = ("weight", "bias")
    return [tuple(runner.read(f"network.layers.{n}.{p}").astype(np.float64) for p in parts) for n in range(count)]


def twin_of(runner: Any, sizes: Sequence[int], bend: str) -> Any:
    """The PyTorch network with the runner's parameters."""
    from tests.twins.mlp import ACTIVATIONS, MLP

    twin = MLP(sizes, ACTIVATIONS[bend]).double()
    with torch.no_grad():
        for layer, (weight, bias) in zip(twin.layers, maps(runner, len(sizes) - 1), strict=True):
            layer.weight.copy_(torch.tensor(weight.T))
            layer.bias.copy_(torch.tensor(bias))
    return twin


@pytest.mark.parametrize(("size", "kind"), [(s, 0) for s in SIZES] + [("2x16", kind) for kind in (1, 2, 3)])
def test_curve_loses_as_its_twin(device: Any, size: str, kind: int) -> None:
    from tests.twins.mlp import fit_curve

    x = torch.linspace(-1, 1, SAMPLES, dtype=torch.float64)[:, None]
    target = torch.tensor(curve_inputs()["target"], dtype=torch.float64)
    for runner in runners(build_curve(size), {**curve_inputs(), "activation": kind}):
        losses = fit_curve(twin_of(runner, widths(size), BENDS[kind]), x, target, STEPS)
        runner.run("step", STEPS)
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], losses, rtol=TOLERANCE)


@pytest.mark.parametrize(("bend", "last"), [("tanh", 2), ("relu", 3), ("none", 2)])
def test_folding_loses_as_its_twin(device: Any, bend: str, last: int) -> None:
    from tests.twins.mlp import separate

    count = int(folding_inputs()["count"])
    points, labels = (
        torch.tensor(folding_inputs()[name][:count], dtype=torch.float64) for name in ("points", "labels")
    )
    for runner in runners(build_folding(bend, last), folding_inputs()):
        losses = separate(twin_of(runner, [2, 8, 8, last, 1], bend), points, labels, STEPS, rate=0.01)
        runner.run("step", STEPS)
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], losses, rtol=TOLERANCE)


def test_ten_nodes_are_those_of_their_twin(device: Any) -> None:
    from tests.twins.mlp import ten_nodes

    for runner in runners(build_backprop(), {}):
        runner.run("look")
        twin = np.array(list(ten_nodes(*ENTRIES.values()).values()))
        np.testing.assert_allclose(runner.read("values"), twin[:, 0], rtol=1e-5)
        np.testing.assert_allclose(runner.read("gradients"), twin[:, 1], rtol=1e-5)
        quotient = (runner.read("raised") - runner.read("lowered")) / 0.02
        np.testing.assert_allclose(quotient, twin[:4, 1], atol=3e-4)


@pytest.mark.parametrize("size", SIZES)
def test_pieces_are_those_that_many_samples_show(device: Any, size: str) -> None:
    """Between two switches every unit stays on or off, and the demo's own count on its grid misses few."""
    for runner in runners(build_curve(size), curve_inputs()):
        runner.run("step", 50)
        runner.run("look")
        layers = maps(runner, len(widths(size)) - 1)
        counted = pieces(layers)
        x = np.linspace(-1, 1, 400_001)[:, None]
        patterns = []
        for weight, bias in layers[:-1]:
            x = np.maximum(x @ weight + bias, 0)
            patterns.append(x > 0)
        on = np.concatenate(patterns, axis=1)
        assert 1 + int((on[1:] != on[:-1]).any(axis=1).sum()) == counted.count
        assert counted.count - 2 <= int(runner.read("knots")) + 1 <= counted.count
        assert sum(map(len, counted.knots)) + 1 == counted.count
