"""What the introduction runs: one small training run, through WebGPU, WebAssembly and NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.digits.model import build, inputs
from site_builder.data import load_data
from site_builder.figures import Lab, Run, canvas, colour, direct_label, experiment, figure, ink
from site_builder.run import numpy_runner

STEPS = 300
SEEDS = (1, 2, 3)
EARLY = 25  # steps after which the weights are compared first
FLOOR = 1e-9  # where a difference of exactly 0 is drawn


@experiment
def machines(lab: Lab) -> dict[str, Any]:
    """Seeds through WebGPU, one of them through WebAssembly too, and all through NumPy in two precisions."""
    runs = {seed: lab.run(build(), seed=seed) for seed in SEEDS}
    bare = lab.run(build(), seed=SEEDS[0], runner="processor")
    early = {seed: trained(each, EARLY) for seed, each in runs.items()}
    late = {seed: trained(each, STEPS - EARLY) for seed, each in runs.items()}
    bare.run("step", times=STEPS)
    run = runs[SEEDS[0]]
    run.run("evaluate")
    truth = {seed: Definition(seed, "float64") for seed in SEEDS}
    single = Definition(SEEDS[0], "float32").losses
    kernels = {seed: difference(losses(each), truth[seed].losses) for seed, each in runs.items()}
    right = truth[SEEDS[0]].losses
    apart = {
        "kernels": kernels[SEEDS[0]],
        "processor": difference(losses(bare), right),
        "float32": difference(single, right),
        "seed": difference(losses(runs[SEEDS[1]]), right),
    }
    growths = [furthest(late[seed], each.late) / furthest(early[seed], each.early) for seed, each in truth.items()]
    return {
        "losses": losses(bare),
        "apart": apart,
        "steps": STEPS,
        "early": EARLY,
        "seeds": len(SEEDS),
        "adapter": run.session.adapter,
        "what": "the processor, so no graphics card took part" if on_processor(run) else "a graphics card",
        "equal": int(((losses(run) == losses(bare)) & (losses(bare) == single.astype(np.float32))).sum()),
        "between": float(difference(losses(run), losses(bare)).max()),
        "accuracy": float(run.read("test_accuracy")),
        "parameters": run.read("affine.weight").size + run.read("affine.bias").size,
        "largest": float(max(each.max() for each in kernels.values())),
        "processor": float(apart["processor"].max()),
        "least_growth": min(growths),
        "most_growth": max(growths),
        "seed": float(apart["seed"].mean()),
        "replay": bare.record(program="step", times=STEPS, series=["loss.history"]),
        "replay_webgpu": run.record(program="step", times=STEPS, series=["loss.history"]),
    }


def on_processor(run: Run) -> bool:
    """Whether a run's WebGPU is a driver that computes on the processor, or there was none."""
    return "(CPU" in run.session.adapter or run.session.runner == "processor"


def trained(run: Run, steps: int) -> np.ndarray:
    """The weights after so many steps more."""
    run.run("step", times=steps)
    return run.read("affine.weight").copy()


def losses(run: Run) -> np.ndarray:
    return run.read("loss.history")[:STEPS]


class Definition:
    """What NumPy computes from the definition of each op: the losses, and the weights early and late."""

    def __init__(self, seed: int, dtype: str) -> None:
        runner = numpy_runner(build(), dtype, load_data)
        runner.write("seed", seed)
        runner.run("init")
        runner.run("step", times=EARLY)
        self.early = np.array(runner.read("affine.weight"))
        runner.run("step", times=STEPS - EARLY)
        self.late = np.array(runner.read("affine.weight"))
        self.losses = np.array(runner.read("loss.history")[:STEPS])


def furthest(found: np.ndarray, truth: np.ndarray) -> float:
    """The largest difference between two sets of weights."""
    return float(np.abs(found - truth).max())


def difference(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Relative to the truth, step by step."""
    return np.asarray(np.abs(found - truth) / truth)


@figure(machines, alt="A loss curve that falls from 2.3 to about 0.2 over 300 steps.", replay="machines.replay")
def first_run(result: dict[str, Any]) -> Any:
    fig, ax = canvas("text", height=2.8)
    ax.plot(result["losses"], color=colour("cat-1"), lw=1.5)
    ax.set(xlabel="step", ylabel="loss / nats", ylim=(0, 2.5), xlim=(0, STEPS))
    return fig


@figure(
    machines,
    alt="Relative differences over 300 steps: another seed stays near one tenth, the kernels by WebGPU and by "
    "WebAssembly and NumPy in single precision lie six orders of magnitude below it and rise slowly.",
    replay="machines.replay_webgpu",
)
def machines_apart(result: dict[str, Any]) -> Any:
    fig, ax = canvas("text", height=3.2)
    names = (
        ("seed", "cat-2", "another seed"),
        ("kernels", "cat-1", "WebGPU"),
        ("processor", "cat-4", "WebAssembly"),
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
    ink(ax, np.reshape(inputs()["drawing"], (8, 8)))
    return fig
