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

from .shared import FINE, X, final, fitted, maps


@experiment
def collapse(lab: Any) -> dict[str, Any]:
    """The first demo's curve, fitted by five affine maps: with nothing between them, and with ReLU."""
    target = np.array(curve.inputs()["target"])
    best = np.polyfit(X, target, 1)
    straight = fitted(lab, "4x8", 1, 1000, activation=curve.NONE)
    bent = fitted(lab, "4x8", 1, 1000)
    slope, offset = np.eye(1), np.zeros(1)
    for weight, bias in maps(straight, 5):
        slope, offset = slope @ weight, offset @ weight + bias
    floor = float(np.mean((np.polyval(best, X) - target) ** 2))
    losses = {"straight": final(straight, 1000), "bent": final(bent, 1000)}
    return {
        "floor": floor,
        **losses,
        "excess": abs(losses["straight"] - floor) / floor,
        "seam": float(np.abs(straight.read("fit") - (slope[0, 0] * FINE + offset[0])).max()),
        "slope": float(slope[0, 0]),
        "target": target,
        "fits": {name: run.read("fit") for name, run in (("straight", straight), ("bent", bent))},
        "histories": {n: r.read("loss.history")[:1000] for n, r in (("straight", straight), ("bent", bent))},
        "replay": bent.record(program="step", times=200, series=["loss.history"]),
    }


@figure(
    collapse,
    alt="Left: the wavy target, a straight line fitted by five affine maps, and a close fit by the same maps with "
    "ReLU. Right: the loss without ReLU stops at the best straight line's, with ReLU it falls a hundred times lower.",
    replay="collapse",
)
def linear_collapse(result: dict[str, Any]) -> Any:
    fig, (left, right) = canvas(width="page", height=3.2, columns=2)
    left.plot(X, result["target"], color=colour("ink-3"), linewidth=5, alpha=0.35, label="_target")
    left.plot(FINE, result["fits"]["straight"], color=colour("cat-2"), label="_straight")
    left.plot(FINE, result["fits"]["bent"], color=colour("cat-1"), label="_bent")
    left.set(xlabel="x", ylabel="y", xlim=(-1, 1))
    panel_label(left, "What five affine maps can draw")
    for name, label, shade in (("straight", "nothing", "cat-2"), ("bent", "ReLU", "cat-1")):
        right.plot(result["histories"][name], color=colour(shade), label=label)
    right.axhline(result["floor"], color=colour("ink-3"), linestyle=(0, (4, 3)), linewidth=1.2)
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
    """One matrix, two matrices, and two with a narrow middle, learning the same linear map."""
    results: dict[str, Any] = {}
    target = np.diag(STRENGTHS)
    for name, widths in (("one", (4, 4)), ("two", (4, 8, 4)), ("narrow", (4, 2, 4))):
        run = lab.run(factors(widths), seed=1, writes={"target": target})
        run.run("step", times=STEPS)
        run.run("look")
        curves = np.array([run.read(f"mode{n}.history")[:STEPS] for n in range(4)])
        reached = [
            int(np.argmax(c > 0.9 * s)) if (c > 0.9 * s).any() else STEPS
            for c, s in zip(curves, STRENGTHS, strict=True)
        ]
        singular = np.linalg.svd(run.read("product").astype(np.float64), compute_uv=False)
        results[name] = {
            "first": reached[0],
            "last": reached[3],
            "loss": float(0.5 * np.sum((run.read("product") - target) ** 2)),
            "third": float(singular[2]),
            "curves": curves,
        }
    results["floor"] = 0.5 * (STRENGTHS[2] ** 2 + STRENGTHS[3] ** 2)
    return results


@figure(
    modes,
    alt="Strength of four modes over training. One matrix: all four rise together. Two matrices: each waits on a "
    "plateau, then rises quickly, the strongest first. Two matrices with a middle of width 2: only the two strongest "
    "ever rise.",
)
def linear_modes(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=3.0, columns=3, sharey=True)
    titles = {"one": "One matrix, 4 → 4", "two": "Two, 4 → 8 → 4", "narrow": "Two, 4 → 2 → 4"}
    for ax, (name, title) in zip(panels, titles.items(), strict=True):
        for number, curve_ in enumerate(result[name]["curves"]):
            shade = colour(f"cat-{number + 1}")
            ax.axhline(STRENGTHS[number], color=shade, linewidth=1, linestyle=(0, (2, 3)))
            ax.plot(curve_, color=shade)
        ax.set(xlabel="step", ylabel="strength learned", ylim=(-0.1, 4.3), xlim=(0, STEPS))
        panel_label(ax, title)
    return fig
