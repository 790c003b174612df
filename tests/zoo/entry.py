"""What an entry of the zoo is: a network, its PyTorch twin, and what both learn from the same numbers.

In: an entry, and for ours a runner. Out: a `Result`: output, every parameter's gradient, and the losses of 20 steps.
The twin's has the same names and arrangement as ours, so that the two can be compared as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.run import Runner, numpy_runner
from site_builder.selfcheck.cases import Input as Input
from tests.zoo.arrangement import arranged, gradient_of, values_of

STEPS = 20
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Objective:
    """A scalar loss of what the network gives and of the inputs that it does not take, here and in PyTorch.

    `measures`: other scalars of the same, each here and in PyTorch.
    """

    ours: Callable[..., Tensor]
    twins: Callable[..., torch.Tensor]
    measures: Mapping[str, tuple[Callable[..., Tensor], Callable[..., torch.Tensor]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Optimiser:
    """One that takes a rate, here and in PyTorch; all gradients together are held to `max_norm`."""

    ours: Callable[..., Any]
    twins: Callable[..., torch.optim.Optimizer]
    max_norm: float | None = None


SGD = Optimiser(nn.SGD, torch.optim.SGD)
ADAM = Optimiser(nn.Adam, torch.optim.Adam)
ADAMW = Optimiser(nn.AdamW, torch.optim.AdamW, max_norm=1.0)


@dataclass(frozen=True)
class Entry:
    """One model. The first `takes` of `inputs` go to the network; what it gives and the others go to the objective."""

    name: str
    network: Callable[[], Any]
    twin: Callable[[], torch.nn.Module]
    objective: Objective
    inputs: Mapping[str, Input]
    takes: int = 1
    rate: float = 0.1
    optimiser: Optimiser = SGD

    def __str__(self) -> str:
        return self.name

    def build(self, watched: bool = False) -> Model:
        """The program `step`, which trains; if `watched`, it gives `output`, measures and every `NAME.gradient` too."""
        model = Model(self.name)
        given = [
            model.data(name, spec.shape, dtype=spec.dtype, bound=spec.below or None)
            for name, spec in self.inputs.items()
        ]
        network = model.add("network", self.network())

        @model.program(counts=True)
        def step() -> None:
            outputs = together(network(*given[: self.takes]))
            asked = (*outputs, *given[self.takes :])
            loss = self.objective.ours(*asked)
            self.optimiser.ours(self.rate, max_norm=self.optimiser.max_norm).minimise(loss, model)
            model.record("loss", loss)
            if watched:
                model.watch("output", outputs[0])
                for name, (measure, _) in self.objective.measures.items():
                    model.watch(name, measure(*asked))
                parameters = model.parameters
                for name, gradient in zip(parameters, g.gradients(loss, list(parameters.values())), strict=True):
                    model.watch(f"{name}.gradient", gradient)

        return model

    def numbers(self) -> dict[str, Any]:
        """What the inputs hold, the same every time."""
        rng = np.random.default_rng([*self.name.encode()])
        return {
            name: rng.integers(0, i.below, i.shape, np.uint32) if i.below else rng.uniform(i.low, i.high, i.shape)
            for name, i in self.inputs.items()
        }


@dataclass(frozen=True)
class Result:
    """What is compared: output, measures and gradients before the first step, and the loss before each of 20."""

    values: Mapping[str, Array]
    gradients: Mapping[str, Array]
    losses: Array

    def apart(self, right: Result) -> dict[str, float]:
        """How far each of these is from what is right, relative to the largest number of its own.

        Where a gradient is 0 but for rounding (a bias before a normalisation, or of attention's keys), relative to
        a thousandth of the largest of all gradients.
        """
        assert self.values.keys() == right.values.keys()
        assert self.gradients.keys() == right.gradients.keys()
        floor = 1e-3 * max(float(np.abs(d).max()) for d in right.gradients.values())
        differences = {"losses": difference(self.losses, right.losses)}
        differences |= {n: difference(v, right.values[n], 1e-3) for n, v in self.values.items()}
        return differences | {n: difference(d, right.gradients[n], floor) for n, d in self.gradients.items()}


def difference(ours: Array, right: Array, floor: float = 0.0) -> float:
    """The largest difference over the largest number; infinite where something is no number."""
    assert ours.shape == right.shape
    worst = float(np.abs(ours - right).max()) / max(float(np.abs(right).max()), floor)
    return worst if np.isfinite(worst) else np.inf


def walk(entry: Entry, runner: Runner) -> Result:
    """What a runner of the entry's watched model computes with seed 1."""
    start(entry, runner).run("step")
    values = {name: read(runner, name) for name in ("output", *entry.objective.measures)}
    gradients = {name: read(runner, name) for name in gradient_names(entry)}
    runner.run("step", STEPS - 1)
    return Result(values, gradients, read(runner, "loss.history")[:STEPS])


def walk_twin(entry: Entry) -> Result:
    """What PyTorch computes in double precision from the same parameters."""
    twin = entry.twin().double()
    copy_parameters(entry, twin)
    numbers = [torch.tensor(n.astype(np.int64 if n.dtype == np.uint32 else n.dtype)) for n in entry.numbers().values()]
    optimiser = entry.optimiser.twins(twin.parameters(), lr=entry.rate)
    values, gradients, losses = {}, {}, []
    for _ in range(STEPS):
        outputs = together(twin(*numbers[: entry.takes]))
        asked = (*outputs, *numbers[entry.takes :])
        loss = entry.objective.twins(*asked)
        optimiser.zero_grad()
        loss.backward()
        if not losses:
            measured = {name: measure(*asked) for name, (_, measure) in entry.objective.measures.items()}
            values = {name: v.detach().numpy().copy() for name, v in {"output": outputs[0], **measured}.items()}
            gradients = {f"network.{n}.gradient": d.numpy().copy() for n, d in arranged(twin, gradient_of).items()}
        if entry.optimiser.max_norm is not None:
            torch.nn.utils.clip_grad_norm_(twin.parameters(), entry.optimiser.max_norm)
        optimiser.step()
        losses.append(loss.item())
    return Result(values, gradients, np.array(losses))


def gradient_names(entry: Entry) -> list[str]:
    """What the watched model calls the gradients."""
    return [f"network.{name}.gradient" for name in arranged(entry.twin())]


def copy_parameters(entry: Entry, twin: torch.nn.Module) -> None:
    """Give the twin the parameters that our seed 1 draws; both have the same."""
    runner = start(entry, numpy_runner(entry.build()))
    slots = arranged(twin, values_of)
    ours = {name.removeprefix("network.") for name in entry.build().parameters}
    assert slots.keys() == ours, f"only one has {sorted(slots.keys() ^ ours)}"
    for name, slot in slots.items():
        value = torch.tensor(read(runner, f"network.{name}"))
        assert slot.shape == value.shape, f"{name} is {[*slot.shape]} in PyTorch, {[*value.shape]} here"
        slot.copy_(value)


def together(outputs: Any) -> tuple[Any, ...]:
    """What a network gives, where it may be several; the first is compared."""
    return outputs if isinstance(outputs, tuple) else (outputs,)


def start(entry: Entry, runner: Runner) -> Runner:
    """Write the inputs and draw the parameters."""
    for name, value in {**entry.numbers(), "seed": 1}.items():
        runner.write(name, np.asarray(value))
    runner.run("init")
    return runner


def read(runner: Runner, name: str) -> Array:
    """A variable in double precision."""
    return np.asarray(runner.read(name), np.float64)
