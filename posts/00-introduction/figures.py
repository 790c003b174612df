"""What the introduction runs: one small training run, on every machine there is here."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.digits.model import build
from site_builder.data import load_data
from site_builder.figures import Lab, canvas, colour, direct_label, experiment, figure
from site_builder.run import numpy_runner

STEPS = 300
FLOOR = 1e-9  # where a difference of exactly 0 is drawn


@experiment
def machines(lab: Lab) -> dict[str, Any]:
    """One seed through the kernels, also on the processor, and through NumPy in two precisions; and another seed."""
    run = lab.run(build(), seed=1)
    runs = {
        "kernels": run,
        "processor": lab.run(build(), seed=1, runner="processor"),
        "seed": lab.run(build(), seed=2),
    }
    for each in runs.values():
        each.run("step", times=STEPS)
    losses = {name: each.read("loss.history")[:STEPS] for name, each in runs.items()}
    for dtype in ("float32", "float64"):
        runner = numpy_runner(build(), dtype, load_data)
        runner.write("seed", 1)
        runner.run("init")
        runner.run("step", times=STEPS)
        losses[dtype] = runner.read("loss.history")[:STEPS]
    truth = losses["float64"]
    apart = {name: np.abs(losses[name] - truth) / truth for name in ("kernels", "processor", "float32", "seed")}
    early, late = apart["kernels"][: STEPS // 2].mean(), apart["kernels"][STEPS // 2 :].mean()
    return {
        "losses": losses["kernels"],
        "apart": apart,
        "steps": STEPS,
        "adapter": run.session.adapter,
        "largest": float(apart["kernels"].max()),
        "processor": float(apart["processor"].max()),
        "early": float(early),
        "late": float(late),
        "growth": float(late / early),
        "seed": float(apart["seed"].mean()),
        "replay": run.record(program="step", times=STEPS, series=["loss.history"]),
    }


@figure(machines, alt="A loss curve that falls from 2.3 to about 0.2 over 300 steps.", replay="machines")
def first_run(result: dict[str, Any]) -> Any:
    fig, ax = canvas("text", height=2.8)
    ax.plot(result["losses"], color=colour("cat-1"), lw=1.5)
    ax.set(xlabel="step", ylabel="loss / nats", ylim=(0, 2.5), xlim=(0, STEPS))
    return fig


@figure(
    machines,
    alt="Relative differences over 300 steps: another seed stays near one tenth, the kernels, also those on the "
    "processor, and NumPy in single precision lie six orders of magnitude below it and rise slowly.",
)
def machines_apart(result: dict[str, Any]) -> Any:
    fig, ax = canvas("text", height=3.2)
    names = (
        ("seed", "cat-2", "another seed"),
        ("kernels", "cat-1", "kernels"),
        ("processor", "cat-4", "on the processor"),
        ("float32", "cat-3", "NumPy, single"),
    )
    for name, tone, label in names:
        steps = np.arange(0, STEPS, 5)
        largest = result["apart"][name].reshape(-1, 5).max(axis=1)
        ax.plot(steps, largest.clip(min=FLOOR), color=colour(tone), lw=1.5, label=label)
    ax.set(yscale="log", xlabel="step", ylabel="relative difference")
    direct_label(ax)
    return fig
