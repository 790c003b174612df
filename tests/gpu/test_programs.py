"""Programs on wgpu: what is assigned when, in place or through a copy; no result depends on a buffer's past."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.data import load_data
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner
from tests.plans import read


def both(model: Model) -> tuple[Any, NumPyRunner]:
    from site_builder.run.on_wgpu import WgpuRunner

    return WgpuRunner(lower(model), load=load_data), NumPyRunner(model, load=load_data)


def test_two_states_swap_their_values(device: Any) -> None:
    model = Model("swap")
    a, b = model.state("a", (3,), 1.0), model.state("b", (3,), 2.0)

    @model.program
    def swap() -> None:
        model.assign(a, b)
        model.assign(b, a)

    for runner in both(model):
        runner.run("init")
        runner.run("swap", times=3)
        assert runner.read("a").tolist() == [2, 2, 2]
        assert runner.read("b").tolist() == [1, 1, 1]


def test_a_state_multiplied_by_a_matrix_is_not_overwritten_while_it_is_read(device: Any) -> None:
    model = Model("power")
    x = model.state("x", (65, 65), 1.0)
    matrix = model.input("matrix", (65, 65))

    @model.program
    def step() -> None:
        model.assign(x, x @ matrix)

    results = []
    for runner in both(model):
        runner.write("matrix", np.roll(np.eye(65), 1, axis=0) * 0.5 + 0.01)
        runner.run("init")
        runner.run("step", times=4)
        results.append(runner.read("x"))
    np.testing.assert_allclose(*results, rtol=1e-5)


def test_every_read_sees_the_value_from_before_the_run(device: Any) -> None:
    model = Model("before")
    count = model.state("count", ())

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        model.assign(count, count + 1)
        model.record("seen", count * 10)
        return {"old": count + 0.5, "at": g.cast(model.step, "f32")}

    for runner in both(model):
        runner.run("init")
        runner.run("step", times=5)
        assert runner.read("old") == 4.5
        assert runner.read("at") == 4
        assert runner.read("count") == runner.read("step") == 5
        assert runner.read("seen.history")[:6].tolist() == [0, 10, 20, 30, 40, 0]


def test_init_starts_again_from_the_seed(device: Any) -> None:
    model = Model("again")
    layer = model.add("layer", nn.Linear(5, 3))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(layer(g.uniform((4, 5), 1))))
        nn.Adam(0.1).minimise(loss, model)
        model.record("loss", loss)

    for runner in both(model):
        runner.write("seed", 3)
        runner.run("init")
        start = runner.read("layer.weight")
        runner.run("step", times=9)
        assert np.any(runner.read("layer.weight") != start)
        runner.run("init")
        assert np.all(runner.read("layer.weight") == start)
        assert runner.read("step") == 0
        assert not runner.read("loss.history").any()
        assert not runner.read("layer.weight.m").any()
        runner.write("seed", 4)
        runner.run("init")
        assert np.any(runner.read("layer.weight") != start)


def test_scratch_that_was_poisoned_changes_nothing(device: Any) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    model = mlp()
    runner = WgpuRunner(lower(model), load=load_data)
    curves = []
    for poison in (0, 0x7FC00000):  # all zeros, all NaN
        for buffer in runner.plan.buffers:
            if buffer.role in ("scratch", "state", "parameter") and buffer.offset == 0:
                words = np.full(runner.plan.allocations[buffer.allocation] // 4, poison, np.uint32)
                runner._device.queue.write_buffer(runner._allocations[buffer.allocation], 0, words)
        runner.run("init")
        runner.run("step", times=10)
        curves.append(runner.read("loss.history")[:10])
    assert curves[0].tolist() == curves[1].tolist()
    assert np.all(np.isfinite(curves[0]))


def mlp(activation: Any = g.gelu, optimiser: Any = nn.Adam) -> Model:
    model = Model("mlp")
    images = model.data("images", (1437, 64), source="digits/train-images")
    labels = model.data("labels", (1437,), dtype="u32", source="digits/train-labels")
    net = model.add("net", nn.MLP([64, 33, 16, 10], activation))

    @model.program(counts=True)
    def step() -> None:
        rows = g.random_index((37,), 1437, stream=1)
        loss = g.mean(g.cross_entropy(net(images[rows]), labels[rows]))
        optimiser(0.01).minimise(loss, model)
        model.record("loss", loss)

    return model


@pytest.mark.parametrize("activation", [g.relu, g.tanh, g.gelu, g.sigmoid, g.identity])
@pytest.mark.parametrize(
    "optimiser", [nn.SGD, lambda r: nn.SGD(r, momentum=0.9), nn.Adam], ids=["sgd", "momentum", "adam"]
)
def test_twenty_steps_agree_with_numpy(device: Any, activation: Any, optimiser: Any) -> None:
    curves = []
    for runner in both(mlp(activation, optimiser)):
        runner.write("seed", 5)
        runner.run("init")
        runner.run("step", times=20)
        curves.append(runner.read("loss.history")[:20])
    np.testing.assert_allclose(*curves, rtol=1e-5)


def test_variants_for_better_devices_agree_with_what_runs_everywhere(device: Any) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    model = Model("large")
    layer = model.add("layer", nn.MLP([128, 132, 64], g.tanh))
    x = model.input("x", (129, 128))

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(layer(x)))
        nn.SGD(0.5).minimise(loss, model)
        model.record("loss", loss)

    plan = read(lower(model).to_json())
    better = [plan.kernels[s.kernel].variant(["subgroups"]) for s in plan.programs["step"].steps]
    assert sum(v is not None for v in better) == 5  # forward and backward of two layers, but for the gradient of x
    runners = WgpuRunner(plan), WgpuRunner(plan, using=()), NumPyRunner(model)
    for runner in runners:
        runner.write("x", np.random.default_rng(0).uniform(-1, 1, (129, 128)))
        runner.run("init")
        runner.run("step", times=5)
    for name in ("loss.history", "layer.layers.0.weight", "layer.layers.1.bias"):
        fast, plain, exact = (runner.read(name) for runner in runners)
        np.testing.assert_allclose(fast, exact, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(plain, exact, rtol=1e-4, atol=1e-6)
        assert not np.array_equal(fast, plain)  # it was another kernel


def test_a_reshaped_product_is_an_output_and_is_read(device: Any) -> None:
    model = Model("reshaped")
    x, labels = model.input("x", (3, 7, 8)), model.input("labels", (3, 7), dtype="u32")
    weight = model.input("weight", (8, 11))

    @model.program
    def look() -> dict[str, Tensor]:
        y = x @ weight
        losses = g.cross_entropy(g.reshape(y, (21, 11)), g.reshape(labels, (21,)))
        return {"y": y, "losses": losses, "gradient": g.gradients(g.mean(losses), [weight])[0]}

    results = []
    for runner in both(model):
        rng = np.random.default_rng(1)
        runner.write("x", rng.uniform(-1, 1, (3, 7, 8)))
        runner.write("weight", rng.uniform(-1, 1, (8, 11)))
        runner.write("labels", rng.integers(0, 11, (3, 7)))
        runner.run("look")
        results.append([runner.read(name) for name in ("y", "losses", "gradient")])
    for ours, exact in zip(*results, strict=True):
        np.testing.assert_allclose(ours, exact, rtol=1e-4, atol=1e-6)


def test_what_is_inside_can_be_probed_by_name(device: Any) -> None:
    model = mlp()
    model.probe("step", "net.layers.0", "net.layers.1:grad")
    names = ("net.layers.0", "net.layers.1", "net.layers.1:grad")
    with pytest.raises(GraphError, match=r"exposes no 'net.layer.0'. It has net.layers.0, "):
        model.probe("step", "net.layer.0")
    with pytest.raises(GraphError, match="no program 'train', only"):
        model.probe("train", "net")
    numbers = []
    for runner in both(model):
        runner.write("seed", 3)
        runner.run("init")
        runner.run("step")
        numbers.append([runner.read(name) for name in names[::2]])
    for ours, exact in zip(*numbers, strict=True):
        assert np.abs(exact).max() > 0
        np.testing.assert_allclose(ours, exact, rtol=1e-4, atol=1e-6)


def test_a_row_of_a_cache_is_replaced_before_others_read_it(device: Any) -> None:
    model = Model("cache")
    cache = model.state("cache", (2, 5, 3), initial=0.5)
    at = model.input("at", (), dtype="u32")

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        old = g.sum(cache, 1)
        rows = g.cast(g.iota(2, 3), "f32") + g.cast(model.step, "f32")
        new = g.update_at(cache, at, rows, axis=1)
        model.assign(cache, new)
        return {"before": old, "after": g.sum(new * new, 1), "product": g.matmul(new, new, "nt")}

    for runner in both(model):
        runner.run("init")
        for position in (0, 3, 9):  # past the end means the last
            runner.write("at", position)
            runner.run("step")
        expected = np.full((2, 5, 3), 0.5)
        for n, position in enumerate((0, 3, 4)):
            before = expected.sum(axis=1)
            expected[:, position] = np.arange(6).reshape(2, 3) + n
        np.testing.assert_allclose(runner.read("cache"), expected)
        np.testing.assert_allclose(runner.read("before"), before)
        np.testing.assert_allclose(runner.read("after"), (expected**2).sum(axis=1))
        np.testing.assert_allclose(runner.read("product"), expected @ expected.swapaxes(1, 2))
