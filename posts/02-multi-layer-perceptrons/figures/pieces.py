"""How many straight pieces a network's function has, counted; and seeds that stay stuck."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from demos.curve import model as curve
from demos.curve.pieces import pieces as count_pieces
from site_builder.figures import canvas, colour, experiment, figure, heatmap, mosaic, panel_label

from .shared import FINE, SEEDS, WAVE, final, maps


def zigzag() -> list[tuple[Any, Any]]:
    """Four layers of eight units, by hand: each folds [0, 1] onto itself eight times."""
    heights = np.array([8.0, *[16.0 * (-1) ** k for k in range(1, 8)]])[:, None]
    offsets = -np.arange(8) / 8
    again = (heights @ np.ones((1, 8)), offsets)
    return [(np.full((1, 8), 0.5), offsets + 0.5), again, again, again, (heights, np.zeros(1))]


@experiment
def pieces(lab: Any) -> dict[str, Any]:
    """32 hidden units in one, two and four layers, three seeds each: the pieces before and after training."""
    results: dict[str, Any] = {}
    starts, ends, losses = [], [], []
    for size in curve.SIZES:
        depth, width = map(int, size.split("x"))
        before, after, seen = [], [], []
        for seed in SEEDS:
            run = lab.run(curve.build(size), seed=seed, writes=curve.inputs())
            before.append(count_pieces(maps(run, depth + 1)).count)
            run.run("step", times=1000)
            run.run("look")
            exact = count_pieces(maps(run, depth + 1))
            after.append(exact.count)
            seen.append(int(run.read("knots")) + 1)
            losses.append(final(run, 1000))
            if seed == 1:
                shown = {"fit": run.read("fit"), "edges": exact.edges, "knots": exact.knots, "units": run.read("units")}
                shown["history"] = run.read("loss.history")[:1000]
        name = f"s{size}"
        results[name] = {
            "bound": (width + 1) ** depth,
            "start": sum(before) / 3,
            "trained": sum(after) / 3,
            "least": min(after),
            "most": max(after),
            "seen": seen[0],
            "first": after[0],
            "loss": max(losses[-len(SEEDS) :]),
            **shown,
        }
        starts += before
        ends += after
    results |= {"most": max(ends), "least": min(ends), "growth": sum(ends) / sum(starts)}
    folded = count_pieces(zigzag()).count
    results |= {"zigzag": folded, "instead": folded - 1}
    return results


def draw_pieces(ax: Any, found: dict[str, Any]) -> None:
    """The fit in changing colours over the target, and below it where units switch, a row of ticks for each layer."""
    shades = [colour(f"cat-{n}") for n in (1, 2, 3, 6)]
    heights = np.interp(found["edges"], FINE, found["fit"])
    ax.plot(FINE, WAVE, color=colour("ink-3"), linewidth=5, alpha=0.3)
    for number, ((a, b), (ya, yb)) in enumerate(zip(pairwise(found["edges"]), pairwise(heights), strict=True)):
        ax.plot([a, b], [ya, yb], color=shades[number % 4], linewidth=2.2, solid_capstyle="butt")
    for layer, knots in enumerate(found["knots"]):
        ax.vlines(knots, -1.02 - 0.13 * layer, -0.93 - 0.13 * layer, color=colour("ink-2"), linewidth=1.1)
    ax.set(xlim=(-1, 1), ylim=(-1.5, 0.95), xlabel="x", ylabel="y", yticks=[-0.5, 0, 0.5])


@figure(
    pieces,
    alt="Three fits of the same curve by 32 ReLU units in one, two and four layers, each drawn as straight pieces in "
    "changing colours, with a row of ticks for each layer where its units switch.",
)
def piece_count(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=3.3, columns=3, sharey=True)
    for ax, size in zip(panels, curve.SIZES, strict=True):
        found = result[f"s{size}"]
        draw_pieces(ax, found)
        depth, width = size.split("x")
        panel_label(ax, f"{depth} × {width}: {found['first']} pieces")
    return fig


@figure(
    pieces,
    alt="Left: a wavy curve and a broken line that follows it in straight pieces. Right: what each of 32 hidden units "
    "gives along the axis, nothing on one side of its hinge and growing on the other; and the falling error.",
)
def demo_curve(result: dict[str, Any]) -> Any:
    page, phone = ("aa;bc", 8.45, (1.25, 1)), ("a;b;c", 10.2, (1, 1, 1))
    fig, panels = mosaic("page", page, phone)
    top, left, right = (panels[name] for name in "abc")
    found = result["s1x32"]
    draw_pieces(top, found)
    top.set(ylim=(-1.15, 0.95))
    panel_label(top, f"The curve and its fit: {found['first']} straight pieces")
    left.set_aspect("auto")
    heatmap(left, found["units"][:, ::2], limit=1.0, extent=(-1, 1, 0, 32), lower=True)
    left.set(xlim=(-1, 1), ylim=(0, 32), xlabel="x", ylabel="hidden unit")
    left.grid(visible=False)
    panel_label(left, "What each unit gives")
    right.plot(found["history"], color=colour("cat-1"))
    right.set(yscale="log", xlabel="step", ylabel="mean squared error")
    panel_label(right, "Error")
    return fig


@experiment
def stuck(lab: Any) -> dict[str, Any]:
    """One layer of 32 ReLU units whose hinges all start at 0, against hinges that start spread out."""
    losses, counts, fits = [], [], []
    for seed in SEEDS:
        run = lab.run(curve.build("1x32"), seed=seed, writes=curve.inputs())
        run.write("network.layers.0.bias", np.zeros(32))
        run.run("step", times=1000)
        run.run("look")
        losses.append(final(run, 1000))
        counts.append(count_pieces(maps(run, 2)).count)
        fits.append(run.read("fit"))
    return {"loss": min(losses), "pieces": counts[0], "fit": fits[0]}
