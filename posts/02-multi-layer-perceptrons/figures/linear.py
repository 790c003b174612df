"""Two affine maps are one, and what their factors change all the same: the way there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from demos.curve import model as curve
from site_builder import graph as g
from site_builder import nn
from site_builder.figures import canvas, colour, direct_label, experiment, figure, panel_label
from site_builder.graph import Model, Tensor

from .shared import FINE, SEEDS, X, final, fitted, maps


@experiment
def collapse(lab: Any) -> dict[str, Any]:
    """The first demo's curve, fitted by five affine maps: with nothing between them, and with ReLU."""
    target = np.array(curve.inputs()["target"])
    best = np.polyfit(X, target, 1)
    flats = [fitted(lab, "4x8", seed, 1000, activation=curve.NONE) for seed in SEEDS]
    bents = [fitted(lab, "4x8", seed, 1000) for seed in SEEDS]
    straight, bent = flats[0], bents[0]
    slope, offset = np.eye(1), np.zeros(1)
    for weight, bias in maps(straight, 5):
        slope, offset = slope @ weight, offset @ weight + bias
    floor = float(np.mean((np.polyval(best, X) - target) ** 2))
    losses = {"straight": max(final(run, 1000) for run in flats), "worst": max(final(run, 1000) for run in bents)}
    return {
        "floor": floor,
        **losses,
        "excess": max(abs(final(run, 1000) - floor) for run in flats) / floor,
        "seam": float(np.abs(straight.read("fit") - (slope[0, 0] * FINE + offset[0])).max()),
        "slope": float(slope[0, 0]),
        "target": target,
        "fits": {name: run.read("fit")[::4] for name, run in (("straight", straight), ("bent", bent))},
        "histories": {n: r.read("loss.history")[:1000] for n, r in (("straight", straight), ("bent", bent))},
        "replay": bent.record(program="step", times=200, series=["loss.history"]),
    }


@figure(
    collapse,
    alt="Left: the wavy target, a straight line fitted by five affine maps, and a close fit by the same maps with "
    "ReLU. Right: the loss without ReLU stops at the best straight line's, with ReLU it falls more than 500 times "
    "lower.",
    replay="collapse",
)
def linear_collapse(result: dict[str, Any]) -> Any:
    fig, (left, right) = canvas(width="page", height=3.2, columns=2)
    left.plot(X, result["target"], color=colour("ink-3"), linewidth=5, alpha=0.35, label="_target")
    left.plot(FINE[::4], result["fits"]["straight"], color=colour("cat-2"), label="_straight")
    left.plot(FINE[::4], result["fits"]["bent"], color=colour("cat-1"), label="_bent")
    left.set(xlabel="x", ylabel="y", xlim=(-1, 1))
    panel_label(left, "What five affine maps can draw")
    for name, label, shade, width in (("straight", "nothing", "cat-2", 3.5), ("bent", "ReLU", "cat-1", None)):
        right.plot(result["histories"][name], color=colour(shade), label=label, linewidth=width)
    right.axhline(result["floor"], color=colour("ink"), linestyle=(0, (6, 6)), linewidth=1.3, zorder=3)
    right.annotate("best straight line", (1000, result["floor"]), (-4, 6), textcoords="offset points", ha="right")
    right.set(yscale="log", xlabel="step", ylabel="mean squared error")
    panel_label(right, "Error, with nothing or ReLU between")
    direct_label(right)
    return fig


# What factors change: the way there

STRENGTHS = (4.0, 2.0, 1.0, 0.5)
STEPS = 1500


def factors(widths: Sequence[int]) -> Model:
    """A product of matrices that learns diag(4, 2, 1, 0.5) by plain gradient descent."""
    model = Model("factors")
    size = len(STRENGTHS)
    eye = g.cast(g.equal(g.reshape(g.iota(size), (size, 1)), g.reshape(g.iota(size), (1, size))), "f32")
    target = model.input("target", (size, size))
    stages = [nn.Linear(a, b, bias=False, initialiser=nn.uniform(0.05)) for a, b in pairwise(widths)]
    network = model.add("factors", nn.Sequential(*stages))

    @model.program(counts=True)
    def step() -> None:
        product = network(eye)
        nn.SGD(0.01).minimise(0.5 * g.sum(g.square(product - target)), model)
        for number in range(size):
            corner = g.equal(g.iota(size * size), number * (size + 1))
            model.record(f"mode{number}", g.sum(g.reshape(product, (size * size,)) * corner))

    @model.program
    def look() -> dict[str, Tensor]:
        return {"product": network(eye)}

    return model


@experiment
def modes(lab: Any) -> dict[str, Any]:
    """One matrix, two matrices, and two with a narrow middle, learning the same linear map from five starts each."""
    results: dict[str, Any] = {"steps": STEPS}
    target = np.diag(STRENGTHS)
    for name, widths in (("one", (4, 4)), ("two", (4, 8, 4)), ("narrow", (4, 2, 4))):
        model, ratios, losses = factors(widths), [], []
        for seed in range(1, 6):
            run = lab.run(model, seed=seed, writes={"target": target})
            run.run("step", times=STEPS)
            run.run("look")
            curves = np.array([run.read(f"mode{n}.history")[:STEPS] for n in range(4)])
            first, last = nine_tenths(curves[0], STRENGTHS[0]), nine_tenths(curves[3], STRENGTHS[3])
            ratios.append(last / first)
            losses.append(float(0.5 * np.sum((run.read("product") - target) ** 2)))
            if seed == 1:
                results[name] = {"first": first, "last": last, "loss": losses[0], "curves": curves[:, ::10]}
                series = [f"mode{n}.history" for n in range(4)]
                results[name]["replay"] = run.record(program="step", times=300, series=series)
        results[name] |= {"least": min(ratios), "most": max(ratios), "loss": max(losses)}
    results["floor"] = 0.5 * (STRENGTHS[2] ** 2 + STRENGTHS[3] ** 2)
    return results


def nine_tenths(curve_: Any, strength: float) -> int:
    """The first step after which nine tenths of a mode are learned; STEPS when none is."""
    there = curve_ > 0.9 * strength
    return int(np.argmax(there)) if there.any() else STEPS


@figure(
    modes,
    alt="Strength of four modes over training. One matrix: all four rise together. Two matrices: each waits on a "
    "plateau, then rises quickly, the strongest first. Two matrices with a middle of width 2: only the two strongest "
    "ever rise.",
    replay="modes.two.replay",
)
def linear_modes(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=3.0, columns=3, sharey=True)
    titles = {"one": "One matrix, 4 → 4", "two": "Two, 4 → 8 → 4", "narrow": "Two, 4 → 2 → 4"}
    for ax, (name, title) in zip(panels, titles.items(), strict=True):
        for number, curve_ in enumerate(result[name]["curves"]):
            shade = colour(f"cat-{number + 1}")
            ax.axhline(STRENGTHS[number], color=shade, linewidth=1, linestyle=(0, (2, 3)))
            ax.plot(np.arange(len(curve_)) * 10, curve_, color=shade)
        ax.set(xlabel="step", ylabel="strength learned", ylim=(-0.1, 4.3), xlim=(0, STEPS))
        panel_label(ax, title)
    return fig
