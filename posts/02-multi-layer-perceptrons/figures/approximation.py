"""Universal approximation by construction: a width, and the error that it promises."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.curve import model as curve
from site_builder import graph as g
from site_builder import nn
from site_builder.figures import canvas, colour, direct_label, experiment, figure, panel_label
from site_builder.graph import Model, Tensor

from .shared import FINE, SEEDS, WAVE, fitted

WIDTHS = (4, 8, 16, 32, 64)
SAMPLED = slice(None, None, (curve.FINE - 1) // (curve.SAMPLES - 1))  # of FINE, the points that training saw


def hinges(width: int) -> tuple[Any, Any]:
    """Knots and changes of slope of the broken line through the wave at width + 1 evenly spaced points."""
    knots = np.linspace(-1, 1, width + 1)
    slopes = np.diff([curve.wave(x) for x in knots]) / (2 / width)
    return knots[:-1], np.diff(slopes, prepend=0.0)


@experiment
def widths(lab: Any) -> dict[str, Any]:
    """Largest error over the width of one hidden layer: with weights written down, and with weights trained."""
    built, trained = [], []
    for width in WIDTHS:
        knots, bends = hinges(width)
        run = lab.run(curve.build(f"1x{width}"), seed=1, writes=curve.inputs())
        run.write("network.layers.0.weight", np.ones((1, width)))
        run.write("network.layers.0.bias", -knots)
        run.write("network.layers.1.weight", bends[:, None])
        run.write("network.layers.1.bias", np.array([curve.wave(-1.0)]))
        run.run("look")
        built.append(run.read("fit") - WAVE)
        runs = [fitted(lab, f"1x{width}", seed, 1000) for seed in SEEDS]
        trained.append([float(np.abs(r.read("fit") - WAVE).max()) for r in runs])
        replay = runs[0].record(program="step", times=200, series=["loss.history"])
    errors = [float(np.abs(gap).max()) for gap in built]
    curvature = float(np.abs(np.gradient(np.gradient(WAVE, FINE), FINE)[2:-2]).max())
    rate = np.polyfit(np.log(WIDTHS[2:]), np.log(errors[2:]), 1)[0]
    return {
        "built": {f"w{w}": e for w, e in zip(WIDTHS, errors, strict=True)},
        "square": float(np.mean(built[-1][SAMPLED] ** 2)),
        "trained": {f"w{w}": min(e) for w, e in zip(WIDTHS, trained, strict=True)},
        "typical": {f"w{w}": sorted(e)[1] for w, e in zip(WIDTHS, trained, strict=True)},
        "bound": {f"w{w}": curvature * (2 / w) ** 2 / 8 for w in WIDTHS},
        "rate": float(rate),
        "samples": curve.SAMPLES,
        "all": np.array(trained),
        "replay": replay,
    }


@figure(
    widths,
    alt="Largest error against the number of hidden units, both logarithmic. That of the written-down weights stays "
    "below the bound, which falls with the square of the width. Trained networks scatter: only with 4 units is the "
    "best of them ahead, and they are no better with 64 than with 32.",
    replay="widths",
)
def error_by_width(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.4)
    for seed in range(len(SEEDS)):
        dots = ax.scatter(WIDTHS, result["all"][:, seed], s=34, color=colour("cat-2"), zorder=3)
        dots.set_label("_seed")
    best = [result["trained"][f"w{w}"] for w in WIDTHS]
    ax.plot(WIDTHS, best, color=colour("cat-2"), linewidth=1, linestyle=(0, (2, 3)), label="trained")
    ax.plot(WIDTHS, [result["built"][f"w{w}"] for w in WIDTHS], "o-", color=colour("cat-1"), label="written down")
    ax.plot(WIDTHS, [result["bound"][f"w{w}"] for w in WIDTHS], color=colour("ink-3"), linewidth=1, label="bound")
    ax.set(xscale="log", yscale="log", xlabel="hidden units", ylabel="largest error on [−1, 1]", xlim=(3.5, 73))
    ax.set_xticks([4, 8, 16, 32, 64])
    direct_label(ax)
    return fig


RATES = np.repeat([0.03, 0.01, 0.003, 0.1], 3)  # three starts at each
LONG, PART = 20_000, 200  # steps: of all, and from one change of the rates to the next


class Crowd(nn.Module):
    """Many networks 1 -> width -> 1 with ReLU at once, which share nothing: x [samples, 1] -> [networks, samples]."""

    def __init__(self, networks: int, width: int) -> None:
        first, second = nn.uniform(6**0.5), nn.uniform((6 / width) ** 0.5)  # nn.he of one input and of `width`
        shape = (networks, 1, width)
        self.weight, self.bias = g.parameter(shape, first), g.parameter(shape, nn.uniform(1.0))
        self.out, self.offset = g.parameter(shape, second), g.parameter((networks, 1, 1), nn.zeros)

    def __call__(self, x: Tensor) -> Tensor:
        return g.sum(g.relu(x * self.weight + self.bias) * self.out, axis=2) + self.offset[:, 0]


def crowd(width: int) -> Model:
    """Networks that are fitted to the curve as in the first demo, each at a rate of its own."""
    model = Model("crowd")
    target, rates = model.input("target", (curve.SAMPLES,)), model.input("rates", (len(RATES), 1, 1))
    network = model.add("network", Crowd(len(RATES), width))

    @model.program(counts=True)
    def step() -> None:
        errors = g.square(network(curve.axis(curve.SAMPLES)) - target)
        nn.Adam(rates).minimise(g.sum(errors) / curve.SAMPLES, model)

    @model.program
    def look() -> dict[str, Tensor]:
        return {"fits": network(curve.axis(curve.FINE))}

    return model


@experiment
def patience(lab: Any) -> dict[str, Any]:
    """64 units trained for long from twelve starts, with rates that fall to zero as a cosine does: the largest error
    anywhere, and the mean square over the points that training saw.
    """
    rates = RATES.reshape(-1, 1, 1)
    run = lab.run(crowd(64), seed=1, writes={**curve.inputs(), "rates": rates})
    for done in range(0, LONG, PART):
        run.write("rates", rates * (1 + np.cos(np.pi * done / LONG)) / 2)
        run.run("step", times=PART)
    run.run("look")
    gaps = run.read("fits") - WAVE
    largest = np.abs(gaps).max(axis=1)
    return {
        "steps": LONG,
        "networks": len(gaps),
        "best": float(largest.min()),
        "times": float(largest.min() / np.abs(np.interp(FINE, *_samples(64)) - WAVE).max()),
        "worst": float(largest.max()),
        "square": float(np.mean(gaps[:, SAMPLED] ** 2, axis=1).min()),
        "rate": float(RATES[int(largest.argmin())]),
    }


@experiment
def construction(lab: Any) -> dict[str, Any]:
    """Nothing is trained here: the numbers of the figure that shows the proof."""
    return {"sixteen": float(np.abs(np.interp(FINE, *_samples(16)) - WAVE).max())}


def _samples(count: int) -> tuple[Any, Any]:
    knots = np.linspace(-1, 1, count + 1)
    return knots, np.array([curve.wave(x) for x in knots])


@figure(
    construction,
    alt="Left: three hinges add up to one tent. Middle: a tent for each of nine knots, with its peak on the curve; "
    "where the curve is negative the tent hangs down, and where it is 0 there is none to see. Right: their sum is the "
    "broken line through the curve's points; with sixteen pieces it is hard to tell from the curve.",
)
def tents(result: dict[str, Any]) -> Any:
    fig, (one, many, total) = canvas(width="page", height=3.0, columns=3)
    for knot, height, shade in ((-0.5, 1.0, "cat-2"), (0.0, -2.0, "cat-3"), (0.5, 1.0, "cat-4")):
        one.plot([-1, knot, 1], [0, 0, height * (1 - knot)], color=colour(shade), linewidth=1.3)
    one.plot([-1, -0.5, 0, 0.5, 1], [0, 0, 0.5, 0, 0], color=colour("cat-1"), linewidth=3)
    one.set(xlim=(-1, 1), ylim=(-1.1, 1.1), xlabel="x")
    panel_label(one, "Three hinges, one tent")
    knots, heights = _samples(8)
    many.plot(FINE[::4], WAVE[::4], color=colour("ink-3"), linewidth=5, alpha=0.3)
    for knot, height in zip(knots, heights, strict=True):
        shade = colour("positive") if height > 0 else colour("negative")
        many.plot(knot + np.array([-0.25, 0, 0.25]), [0, height, 0], color=shade, linewidth=1.6)
    many.set(xlim=(-1, 1), ylim=(-1.0, 0.9), xlabel="x")
    panel_label(many, "A tent for each of nine knots")
    total.plot(FINE[::4], WAVE[::4], color=colour("ink-3"), linewidth=5, alpha=0.3)
    for count, shade in ((8, "cat-4"), (16, "cat-1")):
        knots, heights = _samples(count)
        total.plot(knots, heights, "o-", markersize=3, color=colour(shade), linewidth=1.6)
    total.set(ylim=(-1.0, 0.9), xlabel="x")
    panel_label(total, "Their sum: 8 and 16 pieces")
    return fig
