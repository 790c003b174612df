"""How many straight pieces a network's function has, counted; and seeds that stay stuck."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.curve import model as curve
from demos.curve.pieces import pieces as count_pieces
from site_builder.figures import canvas, colour, experiment, figure, panel_label

from .shared import FINE, TEN, WAVE, final, fitted, joined, maps


def zigzag() -> list[tuple[Any, Any]]:
    """Four layers of eight units, by hand: each folds [0, 1] onto itself eight times."""
    heights = np.array([8.0, *[16.0 * (-1) ** k for k in range(1, 8)]])[:, None]
    offsets = -np.arange(8) / 8
    again = (heights @ np.ones((1, 8)), offsets)
    return [(np.full((1, 8), 0.5), offsets + 0.5), again, again, again, (heights, np.zeros(1))]


@experiment
def pieces(lab: Any) -> dict[str, Any]:
    """32 hidden units in one, two and four layers, ten seeds each: the pieces before and after training.

    `change` is the mean over the seeds, `doubt` its standard error.
    """
    results: dict[str, Any] = {}
    for size in curve.SIZES:
        depth, width = map(int, size.split("x"))
        counts, losses = [], []
        for seed in TEN:
            run = lab.run(curve.build(size), seed=seed, writes=curve.inputs())
            before = count_pieces(maps(run, depth + 1)).count
            run.run("step", times=1000)
            exact = count_pieces(maps(run, depth + 1))
            counts.append([before, exact.count])
            losses.append(final(run, 1000))
            if seed == 1:
                run.run("look")
                shown = {"fit": run.read("fit"), "edges": exact.edges, "knots": exact.knots, "first": exact.count}
            if seed == 1 and size == "1x32":
                shown["replay"] = run.record(program="step", times=200, series=["loss.history"])
        starts, ends = np.array(counts).T
        results[f"s{size}"] = {
            "bound": (width + 1) ** depth,
            "start": float(starts.mean()),
            "trained": float(ends.mean()),
            "fewest": int(ends.min()),
            "most": int(ends.max()),
            "change": float((ends - starts).mean()),
            "doubt": float((ends - starts).std(ddof=1) / len(TEN) ** 0.5),
            "more": int((ends > starts).sum()),
            "loss": float(np.median(losses)),
            "stuck": int((np.array(losses) > 0.01).sum()),
            **shown,
        }
    kinds = [results[f"s{size}"] for size in curve.SIZES]
    results |= {"most": max(k["most"] for k in kinds), "fewest": min(k["fewest"] for k in kinds)}
    folded = count_pieces(zigzag()).count
    return results | {"zigzag": folded, "instead": folded - 1}


def draw_pieces(ax: Any, found: dict[str, Any]) -> None:
    """The fit in changing colours over the target, and below it where units switch, a row of ticks for each layer."""
    shades = [colour(f"cat-{n}") for n in (1, 2, 3, 6)]
    ax.plot(FINE[::4], WAVE[::4], color=colour("ink-3"), linewidth=5, alpha=0.3)
    ends = np.stack([found["edges"], np.interp(found["edges"], FINE, found["fit"])], axis=1)
    parts = np.stack([ends[:-1], ends[1:]], axis=1)
    for number, shade in enumerate(shades):
        ax.plot(*joined(parts[number::4]).T, color=shade, linewidth=2.2, solid_capstyle="butt")
    rows = [[[x, -0.93 - 0.13 * layer], [x, -1.02 - 0.13 * layer]] for layer, k in enumerate(found["knots"]) for x in k]
    ax.plot(*joined(np.array(rows)).T, color=colour("ink-2"), linewidth=1.1)
    ax.set(xlim=(-1, 1), ylim=(-1.5, 0.95), xlabel="x", ylabel="y", yticks=[-0.5, 0, 0.5])


@figure(
    pieces,
    alt="Three fits of the same curve by 32 ReLU units in one, two and four layers, each drawn as straight pieces in "
    "changing colours, with a row of ticks for each layer where its units switch.",
    replay="pieces",
)
def piece_count(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=3.3, columns=3, sharey=True)
    for ax, size in zip(panels, curve.SIZES, strict=True):
        found = result[f"s{size}"]
        draw_pieces(ax, found)
        depth, width = size.split("x")
        panel_label(ax, f"{depth} × {width}: {found['first']} pieces")
    return fig


@experiment
def untrained(lab: Any) -> dict[str, Any]:
    """What the first demo shows before the first step."""
    run = fitted(lab, "1x32", 1, 0)
    exact = count_pieces(maps(run, 2))
    return {"fit": run.read("fit"), "edges": exact.edges, "knots": exact.knots}


@figure(
    untrained,
    alt="A wavy curve, and the broken line of an untrained network, which does not follow it. Ticks below show where "
    "its units switch.",
)
def demo_curve(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.8)
    draw_pieces(ax, result)
    ax.set(ylim=(-1.6, 1.1), yticks=[-1.5, -1, -0.5, 0, 0.5, 1])
    return fig


@experiment
def stuck(lab: Any) -> dict[str, Any]:
    """One layer of 32 ReLU units whose hinges all start at 0: the loss of ten seeds."""
    losses = []
    for seed in TEN:
        run = lab.run(curve.build("1x32"), seed=seed, writes=curve.inputs())
        run.write("network.layers.0.bias", np.zeros(32))
        run.run("step", times=1000)
        losses.append(final(run, 1000))
    return {"loss": float(np.median(losses)), "free": int((np.array(losses) < 0.01).sum()), "all": np.array(losses)}


@experiment
def dead(lab: Any) -> dict[str, Any]:
    """How many of 32 ReLU units are off on all samples: at the start and after 200 steps at two rates, five seeds."""
    result: dict[str, Any] = {"steps": 200}
    for name, rate in (("slow", 0.01), ("fast", 0.3)):
        before, after = [], []
        for seed in range(1, 6):
            run = fitted(lab, "1x32", seed, 0, learning_rate=rate)
            before.append(int(run.read("dead")))
            run.run("step", times=200)
            run.run("look")
            after.append(int(run.read("dead")))
        result[name] = {"fewest": min(after), "most": max(after), "start": max(before)}
    return result
