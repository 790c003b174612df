"""Optimisers, clipping and schedules against PyTorch's, over 20 steps: the definition to 1e-6, the kernels to 1e-4."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner

STEPS, RATE = 20, 0.02
Build = Callable[[Tensor], Any]  # from the model's rate to an optimiser
Ours = Callable[[Model], Any]


def model_of(optimiser: Ours) -> Model:
    """Two layers and a norm, on data that stays."""
    model = Model("optimised")
    x, target = model.input("x", (16, 5)), model.input("target", (16, 3))
    first, last = model.add("first", nn.Linear(5, 8)), model.add("last", nn.Linear(8, 3))
    norm = model.add("norm", nn.LayerNorm(8))
    chosen = optimiser(model)

    @model.program(counts=True)
    def step() -> None:
        loss = g.mean(g.square(last(norm(g.tanh(first(x)))) - target))
        chosen.minimise(loss, model)
        model.record("loss", loss)

    return model


def runners(model: Model, data: Mapping[str, np.ndarray]) -> Iterator[tuple[Any, float]]:
    from site_builder.run.on_wgpu import WgpuRunner

    for runner, tolerance in ((NumPyRunner(model), 1e-6), (WgpuRunner(lower(model)), 1e-4)):
        for name, value in data.items():
            runner.write(name, value)
        runner.write("seed", 3)
        runner.run("init")
        yield runner, tolerance


def twin(start: Mapping[str, np.ndarray], data: Mapping[str, np.ndarray], theirs: Any, **kept: Any) -> list[float]:
    """The losses of the same model in PyTorch, in double precision, from the same parameters."""
    p = {name: torch.tensor(value.astype(np.float64), requires_grad=True) for name, value in start.items()}
    x, target = (torch.tensor(data[name].astype(np.float64)) for name in ("x", "target"))
    chosen = theirs(p)
    clip, schedule = kept.get("clip"), kept["schedule"](chosen) if "schedule" in kept else None
    losses = []
    for _ in range(STEPS):
        hidden = torch.tanh(x @ p["first.weight"] + p["first.bias"])
        normed = torch.nn.functional.layer_norm(hidden, (8,), p["norm.weight"], p["norm.bias"])
        loss = ((normed @ p["last.weight"] + p["last.bias"] - target) ** 2).mean()
        chosen.zero_grad()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(p.values(), clip)
        chosen.step()
        if schedule is not None:
            schedule.step()
        losses.append(loss.item())
    return losses


def groups(p: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As GPT-2's training has it: matrices decay, vectors do not."""
    return [
        {"params": [v for v in p.values() if v.ndim >= 2], "weight_decay": 0.1},
        {"params": [v for v in p.values() if v.ndim < 2], "weight_decay": 0.0},
    ]


def warmed(optimiser: Any) -> Any:
    """PyTorch's own warm-up to the rate in 5 steps, and its cosine to a tenth of it at step 15."""
    scheduler = torch.optim.lr_scheduler
    first = scheduler.LinearLR(optimiser, start_factor=1 / 5, total_iters=4)
    then = scheduler.CosineAnnealingLR(optimiser, T_max=15, eta_min=0.1 * RATE)
    return scheduler.SequentialLR(optimiser, [first, then], milestones=[5])


CASES: dict[str, tuple[Ours, Any, dict[str, Any]]] = {
    "sgd": (lambda m: nn.SGD(RATE), lambda p: torch.optim.SGD(p.values(), RATE), {}),
    "sgd, momentum, clipped": (
        lambda m: nn.SGD(RATE, momentum=0.9, max_norm=0.3),
        lambda p: torch.optim.SGD(p.values(), RATE, momentum=0.9),
        {"clip": 0.3},
    ),
    "rmsprop": (lambda m: nn.RMSProp(RATE), lambda p: torch.optim.RMSprop(p.values(), RATE), {}),
    "adam": (lambda m: nn.Adam(RATE), lambda p: torch.optim.Adam(p.values(), RATE), {}),
    "adam, clipped, rate and norm from the host": (
        lambda m: nn.Adam(m.input("rate", (), RATE), max_norm=m.input("norm_limit", (), 0.1)),
        lambda p: torch.optim.Adam(p.values(), RATE),
        {"clip": 0.1},
    ),
    "adamw": (
        lambda m: nn.AdamW(RATE, weight_decay=0.1),
        lambda p: torch.optim.AdamW(p.values(), RATE, weight_decay=0.1),
        {},
    ),
    "adamw, as GPT-2": (
        lambda m: nn.AdamW(
            nn.schedules.warmup_cosine(m.step, RATE, 5, 20, floor=0.1),
            betas=(0.9, 0.95),
            weight_decay=0.1,
            decays=nn.matrices,
            max_norm=1.0,
        ),
        lambda p: torch.optim.AdamW(groups(p), RATE, betas=(0.9, 0.95)),
        {"clip": 1.0, "schedule": warmed},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_optimiser_descends_as_pytorch_does(device: Any, name: str) -> None:
    ours, theirs, kept = CASES[name]
    rng = np.random.default_rng(5)
    data = {"x": rng.standard_normal((16, 5), np.float32), "target": rng.standard_normal((16, 3), np.float32)}
    model = model_of(ours)
    for runner, tolerance in runners(model, data):
        start = {parameter: runner.read(parameter) for parameter in model.parameters}
        runner.run("step", STEPS)
        expected = twin(start, data, theirs, **kept)
        assert expected[-1] < 0.95 * expected[0]
        np.testing.assert_allclose(runner.read("loss.history")[:STEPS], expected, rtol=tolerance)


def test_two_networks_trained_in_turn_keep_their_own_averages(device: Any) -> None:
    model = Model("adversaries")
    networks = [model.add(name, nn.Linear(5, 1)) for name in ("first", "second")]
    x = model.input("x", (16, 5))
    for name, network in zip(("train_first", "train_second"), networks, strict=True):

        def train(network: nn.Linear = network) -> None:
            nn.Adam(RATE).minimise(g.mean(g.square(network(x) - 1.0)), model)

        train.__name__ = name
        model.program(train)

    data = np.random.default_rng(4).standard_normal((16, 5), np.float32)
    for runner, tolerance in runners(model, {"x": data}):
        for name, steps in (("first", 7), ("second", 5)):
            weight, bias = (
                torch.tensor(runner.read(f"{name}.{part}").astype(np.float64), requires_grad=True)
                for part in ("weight", "bias")
            )
            chosen = torch.optim.Adam([weight, bias], RATE)
            for _ in range(steps):
                chosen.zero_grad()
                ((torch.tensor(data.astype(np.float64)) @ weight + bias - 1) ** 2).mean().backward()
                chosen.step()
            runner.run(f"train_{name}", steps)
            np.testing.assert_allclose(runner.read(f"{name}.weight"), weight.detach(), atol=tolerance)


def test_rates_follow_their_schedules(device: Any) -> None:
    model = Model("scheduled")

    @model.program(counts=True)
    def step() -> None:
        model.record("warmup", nn.schedules.linear_warmup(model.step, 4))
        model.record("cosine", nn.schedules.cosine_decay(model.step, 16, floor=0.25))

    n = np.arange(STEPS)
    cosine = 0.25 + 0.75 * (1 + np.cos(np.pi * np.minimum(n / 16, 1))) / 2
    for runner, _ in runners(model, {}):
        runner.run("step", STEPS)
        np.testing.assert_allclose(runner.read("warmup.history")[:STEPS], np.minimum((n + 1) / 4, 1), rtol=1e-6)
        np.testing.assert_allclose(runner.read("cosine.history")[:STEPS], cosine, rtol=1e-6)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda step: nn.schedules.linear_warmup(step, 0),
        lambda step: nn.schedules.cosine_decay(step, 0),
        lambda step: nn.schedules.warmup_cosine(step, RATE, 5, 5),
    ],
)
def test_a_schedule_of_no_steps_is_refused(schedule: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(GraphError, match=r"test_optimisers\.py:\d+: .*: a number of steps.* is above [05], found [05]"):
        schedule(Model("m").step)


def test_norm_of_gradients_is_that_of_all_together(device: Any) -> None:
    model = Model("clipped")
    rng = np.random.default_rng(2)
    tensors = {f"x{n}": rng.standard_normal(n + 1, np.float32) for n in range(8)}
    inputs = [model.input(name, value.shape) for name, value in tensors.items()]

    @model.program
    def clip() -> dict[str, Tensor]:
        clipped, norm = nn.clip_by_global_norm(inputs, 1.0)
        return {"norm": norm, "last": clipped[-1]}

    theirs = [torch.tensor(value.astype(np.float64), requires_grad=True) for value in tensors.values()]
    for tensor in theirs:
        tensor.grad = tensor.detach().clone()
    norm = torch.nn.utils.clip_grad_norm_(theirs, 1.0)
    for runner, tolerance in runners(model, tensors):
        runner.run("clip")
        np.testing.assert_allclose(runner.read("norm"), norm.item(), rtol=tolerance)
        np.testing.assert_allclose(runner.read("last"), theirs[-1].grad, rtol=tolerance)


def test_norm_of_gradients_in_an_arena_is_that_of_all_together(device: Any) -> None:
    model, data = Model("deep"), {"x": np.random.default_rng(3).standard_normal((16, 5), np.float32)}
    x, net = model.input("x", (16, 5)), model.add("net", nn.MLP([5, *[7] * 4, 3], g.tanh))

    @model.program(counts=True)
    def step() -> None:
        nn.SGD(0.1, momentum=0.5, max_norm=0.05).minimise(g.sum(g.square(net(x))), model)

    model.probe("step", "gradient_norm")
    curves: list[list[float]] = []
    for runner, _ in runners(model, data):
        curves.append([])
        for _ in range(STEPS):
            runner.run("step")
            curves[-1].append(float(runner.read("gradient_norm")))
    np.testing.assert_allclose(*curves, rtol=1e-4)
    assert min(curves[0]) > 0.05, "all are clipped"


def test_norm_counts_a_gradient_that_two_parameters_share_twice(device: Any) -> None:
    """Both biases of the last layers have one gradient, which lies in one buffer."""
    model = Model("shared")
    x = model.input("x", (9, 5))
    deep, wide = model.add("deep", nn.MLP([5, *[7] * 11, 3], g.tanh)), model.add("wide", nn.Linear(5, 3))

    @model.program
    def step() -> dict[str, Tensor]:
        found = g.gradients(g.sum(g.square(deep(x) + wide(x))), list(model.parameters.values()))
        return {"norm": g.global_norm(found), "seven": g.global_norm([x] * 7)}

    results = []
    for runner, _ in runners(model, {"x": np.random.default_rng(7).standard_normal((9, 5))}):
        runner.run("init")
        runner.run("step")
        results.append([float(runner.read(name)) for name in ("norm", "seven")])
    np.testing.assert_allclose(*results, rtol=1e-4)


def test_norm_and_rate_can_be_probed(device: Any) -> None:
    model = Model("probed")
    layer = model.add("layer", nn.Linear(2, 1, bias=False))

    @model.program(counts=True)
    def step() -> None:
        rate = nn.schedules.linear_warmup(model.step, 10)
        nn.SGD(rate, max_norm=1.0).minimise(g.sum(g.constant(3.0) * layer.weight), model)

    model.probe("step", "gradient_norm", "learning_rate")
    for runner, tolerance in runners(model, {}):
        runner.run("step", 3)
        np.testing.assert_allclose(runner.read("gradient_norm"), 3 * np.sqrt(2), rtol=tolerance)
        np.testing.assert_allclose(runner.read("learning_rate"), 0.3, rtol=tolerance)


def test_decay_and_clipping_cost_few_dispatches() -> None:
    def count(optimiser: Ours) -> int:
        return len(lower(model_of(optimiser)).programs["step"].steps)

    plain = count(lambda m: nn.Adam(RATE))
    assert count(lambda m: nn.AdamW(RATE)) == plain
    assert count(lambda m: nn.Adam(m.input("rate", (), RATE))) == plain
    assert count(lambda m: nn.AdamW(m.input("rate", (), RATE), max_norm=1.0)) == plain + 1  # six tensors' norm
    # And a second update, for what does not decay, and the count of steps, which the schedule leaves no room for.
    assert count(CASES["adamw, as GPT-2"][0]) == plain + 3
