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
    """Three seeds, each through WebGPU, WebAssembly and NumPy in two precisions."""
    seeds = [compared(lab, seed) for seed in SEEDS]
    first = seeds[0]
    run, bare = first["webgpu"], first["webassembly"]
    run.run("evaluate")
    return {
        "losses": losses(bare),
        "apart": first["apart"] | {"seed": difference(losses(seeds[1]["webgpu"]), first["truth"])},
        "steps": STEPS,
        "early": EARLY,
        "seeds": len(SEEDS),
        "adapter": run.session.adapter,
        "what": "the processor, so no graphics card took part" if on_processor(run) else "a graphics card",
        "fewest_equal": min(each["equal"] for each in seeds),
        "most_equal": max(each["equal"] for each in seeds),
        "between": max(each["between"] for each in seeds),
        "accuracy": float(run.read("test_accuracy")),
        "parameters": run.read("affine.weight").size + run.read("affine.bias").size,
        "largest": float(max(each["apart"]["kernels"].max() for each in seeds)),
        "processor": float(max(each["apart"]["processor"].max() for each in seeds)),
        "least_growth": min(each["growth"] for each in seeds),
        "most_growth": max(each["growth"] for each in seeds),
        "seed": float(difference(losses(seeds[1]["webgpu"]), first["truth"]).mean()),
        "replay": bare.record(program="step", times=STEPS, series=["loss.history"]),
        "replay_webgpu": run.record(program="step", times=STEPS, series=["loss.history"]),
    }


def compared(lab: Lab, seed: int) -> dict[str, Any]:
    """One seed: both runs, how far their losses and NumPy's are apart, and how fast the weights drift away."""
    webgpu, webassembly = lab.run(build(), seed=seed), lab.run(build(), seed=seed, runner="processor")
    early, late = trained(webgpu, EARLY), trained(webgpu, STEPS - EARLY)
    webassembly.run("step", times=STEPS)
    truth, single = Definition(seed, "float64"), Definition(seed, "float32").losses
    kernels, bare = losses(webgpu), losses(webassembly)
    return {
        "webgpu": webgpu,
        "webassembly": webassembly,
        "truth": truth.losses,
        "apart": {
            "kernels": difference(kernels, truth.losses),
            "processor": difference(bare, truth.losses),
            "float32": difference(single, truth.losses),
        },
        "equal": int(((kernels == bare) & (bare == single.astype(np.float32))).sum()),
        "between": float(difference(kernels, bare).max()),
        "growth": distance(late, truth.late) / distance(early, truth.early),
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


def distance(found: np.ndarray, truth: np.ndarray) -> float:
    """How far two sets of weights are apart, relative to the length of the second."""
    return float(np.linalg.norm(found - truth) / np.linalg.norm(truth))


def difference(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Relative to the truth, step by step."""
    return np.asarray(np.abs(found - truth) / truth)


@figure(
    machines,
    alt="A loss curve that falls steeply at first, then ever more slowly, and jitters all the way.",
    replay="machines.replay",
)
def first_run(result: dict[str, Any]) -> Any:
    fig, ax = canvas("text", height=2.8)
    ax.plot(result["losses"], color=colour("cat-1"), lw=1.5)
    ax.set(xlabel="step", ylabel="loss / nats", ylim=(0, 2.5), xlim=(0, STEPS))
    return fig


@figure(
    machines,
    alt="Relative differences at each step: the curve of another seed lies far above those of WebGPU, WebAssembly and "
    "NumPy in single precision, which run close together.",
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
