"""What the introduction runs: one small training run, on every machine there is here."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from demos.digits.model import build, inputs
from site_builder.data import load_data
from site_builder.figures import Lab, Run, canvas, colour, direct_label, experiment, figure
from site_builder.run import numpy_runner

STEPS = 300
SEEDS = (1, 2, 3)
FLOOR = 1e-9  # where a difference of exactly 0 is drawn


@experiment
def machines(lab: Lab) -> dict[str, Any]:
    """One seed through the kernels, also on the processor, and through NumPy in two precisions; and other seeds."""
    runs = {seed: lab.run(build(), seed=seed) for seed in SEEDS}
    bare = lab.run(build(), seed=SEEDS[0], runner="processor")
    for each in (*runs.values(), bare):
        each.run("step", times=STEPS)
    run = runs[SEEDS[0]]
    run.run("evaluate")
    truth = {seed: defined(seed, "float64") for seed in SEEDS}
    kernels = {seed: difference(losses(each), truth[seed]) for seed, each in runs.items()}
    apart = {
        "kernels": kernels[SEEDS[0]],
        "processor": difference(losses(bare), truth[SEEDS[0]]),
        "float32": difference(defined(SEEDS[0], "float32"), truth[SEEDS[0]]),
        "seed": difference(losses(runs[SEEDS[1]]), truth[SEEDS[0]]),
    }
    growths = [float(each[STEPS // 2 :].mean() / each[: STEPS // 2].mean()) for each in kernels.values()]
    return {
        "losses": losses(run),
        "apart": apart,
        "steps": STEPS,
        "seeds": len(SEEDS),
        "adapter": run.session.adapter,
        "accuracy": float(run.read("test_accuracy")),
        "parameters": run.read("affine.weight").size + run.read("affine.bias").size,
        "largest": float(max(each.max() for each in kernels.values())),
        "processor": float(apart["processor"].max()),
        "least_growth": min(growths),
        "most_growth": max(growths),
        "seed": float(apart["seed"].mean()),
        "replay": run.record(program="step", times=STEPS, series=["loss.history"]),
    }


def losses(run: Run) -> np.ndarray:
    return run.read("loss.history")[:STEPS]


def defined(seed: int, dtype: str) -> np.ndarray:
    """The losses as NumPy computes them from the definition of each op."""
    runner = numpy_runner(build(), dtype, load_data)
    runner.write("seed", seed)
    runner.run("init")
    runner.run("step", times=STEPS)
    return np.asarray(runner.read("loss.history")[:STEPS])


def difference(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Relative to the truth, step by step."""
    return np.asarray(np.abs(found - truth) / truth)


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
    replay="machines",
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


@figure(machines, alt="A seven of eight by eight pixels, the drawing that the demo begins with.")
def demo_digits(_: dict[str, Any]) -> Any:
    fig, ax = canvas("text", height=5.5)
    ax.set(xlim=(0, 8), ylim=(8, 0), aspect="equal", xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color=colour("line"))
    for (row, column), ink in np.ndenumerate(np.reshape(inputs()["drawing"], (8, 8))):
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor=colour("ink"), alpha=float(ink), linewidth=0))
    return fig
