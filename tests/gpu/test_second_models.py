"""Chapter 2's models: NumPy, the kernels and their PyTorch twins walk the same way, and pieces are counted right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
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
FOLDING_BENDS = ("tanh", "relu", "none")  # and in the folding one


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


@pytest.mark.parametrize(
    ("layers", "last", "bend", "units"),
    [(3, 2, "tanh", 8), (2, 3, "relu", 8), (1, 2, "none", 8), (3, 3, "tanh", 5)],
)
def test_folding_loses_as_its_twin(device: Any, layers: int, last: int, bend: str, units: int) -> None:
    """Also where units are taken away: theirs are the last rows of the next layer's weights, which then are 0."""
    from tests.twins.mlp import folding_widths, kept, separate

    given = folding_inputs()
    count = int(given["count"])
    points, labels = (torch.tensor(given[name][:count], dtype=torch.float64) for name in ("points", "labels"))
    for runner in runners(
        build_folding(layers, last), {**given, "activation": FOLDING_BENDS.index(bend), "units": units}
    ):
        twin = twin_of(runner, folding_widths(layers, last), bend)
        for after in twin.layers[1:-1]:
            after.weight.register_hook(lambda gradient: gradient * (torch.arange(8) < units))
            after.weight.data[:, units:] = 0
        losses, tests = separate(twin, points, labels, kept(count), STEPS, rate=0.01)
        runner.run("step", STEPS)
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], losses, rtol=TOLERANCE)
        np.testing.assert_allclose(runner.read("test.history")[:STEPS], tests, rtol=TOLERANCE)


def test_folding_learns_from_labels_as_wrong_as_was_asked_for(device: Any) -> None:
    """Each is turned round or not by its own number, so that more noise turns more of them, and the same ones too."""
    given = folding_inputs()
    labels, count = np.array(given["labels"]), int(given["count"])
    for runner in runners(build_folding(1, 2), given):
        before = np.zeros(count, bool)
        for noise in (0.0, 0.1, 0.4):
            runner.write("noise", np.asarray(noise))
            runner.run("look")
            wrong = (runner.read("targets") != labels)[:count]
            assert not wrong[np.arange(count) % 8 >= 6].any(), "what is learned from, and not what it is tested with"
            assert not (before & ~wrong).any()
            assert abs(wrong.sum() - noise * runner.read("taught")) <= 3 * np.sqrt(noise * 72)
            before = wrong


@pytest.mark.parametrize(("layers", "last"), [(3, 2), (2, 3)])
def test_the_sheet_goes_from_the_plane_to_the_last_layer(device: Any, layers: int, last: int) -> None:
    """It begins as the plane, comes to each layer on a page of its own, and moves without a jump between them."""
    for runner in runners(build_folding(layers, last), folding_inputs()):
        runner.run("step", 60)
        stops = []
        for at in np.arange(0, layers + 0.001, 0.125):
            runner.write("layer", np.asarray(at))
            runner.run("look")
            stops.append(runner.read("sheet"))
            assert (np.abs(stops[-1]) <= 1.5).all()
        np.testing.assert_allclose(stops[0], runner.read("plane"), atol=1e-6)
        moved = [np.abs(after - before).max() for before, after in pairwise(stops)]
        assert max(moved) < 0.75
        seen = runner.read(f"units.{layers - 1}")
        if last == 2:
            np.testing.assert_allclose(stops[-1], seen, atol=1e-6)


def test_a_wide_layer_is_seen_from_where_it_spreads_most(device: Any) -> None:
    """Two orthonormal directions, with at least nine tenths of what the best two would show."""
    for runner in runners(build_folding(3, 2), folding_inputs()):
        for steps in (0, 100):
            runner.run("step", steps)
            for number in (0, 1):
                runner.write("layer", np.asarray(number + 1.0))
                runner.run("look")
                h = runner.read(f"units.{number}").astype(np.float64)
                h, seen = h - h.mean(axis=0), runner.read("sheet").astype(np.float64)
                axes = np.linalg.lstsq(h, seen, rcond=None)[0]
                gram = axes.T @ axes
                np.testing.assert_allclose(gram, gram[0, 0] * np.eye(2), atol=2e-2 * gram[0, 0])
                shown = (seen**2).sum() / gram[0, 0]
                assert shown > 0.9 * (np.linalg.svd(h, compute_uv=False)[:2] ** 2).sum()


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
