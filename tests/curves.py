"""A 20-step training curve of every model that a demo trains, as each of six machines computes it.

In: a demo's name and a choice of its options. Out: the curve's numbers from NumPy in float64, which defines what is
right, from wgpu, from the processor, and from the PyTorch twin; for browsers, JavaScript that computes it with what the
page has loaded. Where nothing is learned (backprop) the curve is what one look computes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import torch

from site_builder.data import load_data
from site_builder.modules import compiled
from site_builder.plan import lower
from site_builder.project.cache import Cache
from site_builder.project.paths import project
from site_builder.record.options import combinations, plan_key
from site_builder.record.records import difference
from site_builder.run import Demo, Runner, numpy_runner, processor_runner, wgpu_runner
from tests.gpu.test_first_models import digits_with_rows, perceptron_with_choice
from tests.twins import digits, mlp, perceptron

STEPS = 20
TOLERANCE = 1e-3  # what is asked of every pair of machines; the difference is stated as replays on a page state it
Array = np.ndarray[Any, Any]
Curve = Mapping[str, Array]


@dataclass(frozen=True)
class Job:
    """One model: a demo with a choice of its options, and which buffers are its curve."""

    demo: str
    options: Mapping[str, Any]
    series: tuple[str, ...]
    after: tuple[str, ...] = ()  # programs to be run after the steps

    def __str__(self) -> str:
        return f"{self.demo}-{plan_key(self.options)}" if self.options else self.demo

    @property
    def module(self) -> ModuleType:
        return import_module(f"demos.{self.demo}.model")

    @property
    def declared(self) -> Demo:
        demo: Demo = self.module.DEMO
        return demo

    def start(self, runner: Runner) -> Runner:
        """The default experiment with seed 1, before its first step."""
        for name, value in {**self.declared.inputs(), "seed": 1}.items():
            runner.write(name, np.asarray(value))
        runner.run("init")
        return runner

    def walk(self, runner: Runner) -> Curve:
        """The curve, from a runner that has not begun."""
        self.start(runner).run("step", STEPS)
        for program in self.after:
            runner.run(program)
        return {name: head(name, runner.read(name)) for name in self.series}

    def numpy(self) -> Curve:
        return self.walk(numpy_runner(self.declared.build(**self.options), "float64", load_data))

    def wgpu(self) -> Curve:
        return self.walk(wgpu_runner(lower(self.declared.build(**self.options)), load_data))

    def processor(self, cache: Cache) -> Curve:
        plan = lower(self.declared.build(**self.options))
        return self.walk(processor_runner(plan, compiled(plan, project(), cache), load_data))

    def torch(self) -> Curve:
        return TWINS[self.demo](self)

    def script(self) -> str:
        """JavaScript for a page that holds the demo: a Promise of the curve. The demo must be ready."""
        return f"""(async () => {{
            const demo = document.getElementById('demo-{self.demo}').demo;
            const options = {json.dumps(dict(self.options))};
            for (const [name, value] of Object.entries(options)) demo.set(name, `${{value}}`);
            await demo.wake();
            demo.reset();
            await demo.run('step', {STEPS});
            for (const program of {json.dumps(self.after)}) await demo.run(program);
            const names = {json.dumps(self.series)};
            const arrays = await Promise.all(names.map((name) => demo.read(name)));
            return Object.fromEntries(names.map((name, i) => [name, [...arrays[i]]]));
        }})()"""


def head(name: str, values: Any) -> Array:
    """A history is only as long as the run."""
    flat = np.asarray(values, np.float64).ravel()
    return flat[:STEPS] if name.endswith(".history") else flat


def apart(ours: Mapping[str, Any], right: Curve) -> float:
    """The largest relative difference over all series."""
    assert ours.keys() == right.keys()
    return max(difference(head(name, ours[name]).tolist(), right[name].tolist()) for name in right)


def double(runner: Runner, name: str) -> torch.Tensor:
    """What a variable holds, for PyTorch."""
    return torch.tensor(np.asarray(runner.read(name), np.float64))


def definition(job: Job) -> Runner:
    """The NumPy runner before its first step."""
    return job.start(numpy_runner(job.declared.build(**job.options), "float64", load_data))


def network(runner: Runner, widths: list[int], bend: str) -> mlp.MLP:
    """The twin with the same parameters."""
    twin = mlp.MLP(widths, mlp.ACTIVATIONS[bend]).double()
    with torch.no_grad():
        for name, parameter in twin.named_parameters():
            ours = double(runner, f"network.{name}")
            parameter.copy_(ours.T if name.endswith("weight") else ours)
    return twin


def twin_of_perceptron(job: Job) -> Curve:
    runner = job.start(numpy_runner(perceptron_with_choice(), "float64", load_data))
    points = torch.cat([double(runner, "points"), torch.ones(job.module.SLOTS, 1, dtype=torch.float64)], dim=1)
    choices = []
    for _ in range(STEPS):
        runner.run("peek")
        choices.append(int(runner.read("choice")))
        runner.run("step")
    weights = perceptron.perceptron(points, double(runner, "labels"), choices)[-1].numpy()
    return {"weights": weights[:2], "bias": weights[2:]}


def twin_of_digits(job: Job) -> Curve:
    runner = job.start(numpy_runner(digits_with_rows(), "float64", load_data))
    images, labels = double(runner, "images"), double(runner, "labels").long()
    batches = []
    for _ in range(STEPS):
        runner.run("peek")
        batches.append(double(runner, "rows").long())
        runner.run("step")
    losses = digits.train(digits.SoftmaxRegression().double(), images, labels, batches)
    return {"loss.history": np.array(losses)}


def twin_of_curve(job: Job) -> Curve:
    runner = definition(job)
    twin = network(runner, job.module.widths(job.options["size"]), "relu")
    x = torch.linspace(-1, 1, job.module.SAMPLES, dtype=torch.float64)[:, None]
    rate = float(runner.read("learning_rate"))
    return {"loss.history": np.array(mlp.fit_curve(twin, x, double(runner, "target"), STEPS, rate))}


def twin_of_folding(job: Job) -> Curve:
    runner = definition(job)
    twin = network(runner, mlp.folding_widths(int(job.options["layers"]), int(job.options["last"])), "tanh")
    count, rate = int(runner.read("count")), float(runner.read("learning_rate"))
    points, labels = double(runner, "points")[:count], double(runner, "labels")[:count]
    losses, tests = mlp.separate(twin, points, labels, mlp.kept(count), STEPS, rate)
    return {"loss.history": np.array(losses), "test.history": np.array(tests)}


def twin_of_backprop(job: Job) -> Curve:
    runner = definition(job)
    nodes = mlp.ten_nodes(*(float(runner.read(name)) for name in "xwbt"))
    values, gradients = zip(*(nodes[name] for name in "xwbtuzhyeL"), strict=True)
    return {"values": np.array(values), "gradients": np.array(gradients)}


TWINS: Mapping[str, Callable[[Job], Curve]] = {
    "perceptron": twin_of_perceptron,
    "digits": twin_of_digits,
    "curve": twin_of_curve,
    "folding": twin_of_folding,
    "backprop": twin_of_backprop,
}
SERIES = {
    "perceptron": ("weights", "bias"),
    "folding": ("loss.history", "test.history"),
    "backprop": ("values", "gradients"),
}
AFTER = {"backprop": ("look",)}


def jobs(demo: str) -> list[Job]:
    """Every choice of the demo's options."""
    options = import_module(f"demos.{demo}.model").DEMO.options
    series, after = SERIES.get(demo, ("loss.history",)), AFTER.get(demo, ())
    return [Job(demo, choice, series, after) for choice in combinations(options)]
