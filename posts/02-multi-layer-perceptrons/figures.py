"""Chapter 2's experiments and figures: what a bend adds, how many pieces it makes, and where derivatives come from.

In: the models of demos/curve, demos/folding and demos/backprop, and three that only this chapter's arguments need.
Out: values for the prose, records and figures. It knows nothing of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from demos.backprop import model as backprop
from demos.curve import model as curve
from demos.curve.pieces import pieces as count_pieces
from demos.folding import model as folding
from site_builder import graph as g
from site_builder import nn
from site_builder.figures import (
    canvas,
    class_points,
    colour,
    direct_label,
    experiment,
    figure,
    heatmap,
    mosaic,
    network,
    on_phone,
    panel_label,
    plane,
)
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.run import numpy_runner

SEEDS = (1, 2, 3)
X = np.linspace(-1, 1, curve.SAMPLES)
FINE = np.linspace(-1, 1, curve.FINE)
WAVE = np.array([curve.wave(x) for x in FINE])
SMALL = {"s": 12, "linewidths": 0.8}


def maps(run: Any, count: int) -> list[tuple[Any, Any]]:
    """The affine maps (weight, bias) of a run's network, in float64."""
    return [
        tuple(run.read(f"network.layers.{n}.{part}").astype(np.float64) for part in ("weight", "bias"))
        for n in range(count)
    ]


def fitted(lab: Any, size: str, seed: int, steps: int, **writes: Any) -> Any:
    """A run of the first demo's model that has taken `steps` steps, sampled."""
    run = lab.run(curve.build(size), seed=seed, writes={**curve.inputs(), **writes})
    run.run("step", times=steps)
    run.run("look")
    return run


def final(run: Any, steps: int) -> float:
    """The last recorded loss."""
    return float(run.read("loss.history")[steps - 1])


# Two affine maps are one


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


# XOR, with two hinges


def two_hinges() -> Model:
    """A network 2 -> 2 -> 1 with ReLU, to be given its weights by hand."""
    model = Model("xor")
    corners = model.input("corners", (4, 2))
    network = model.add("network", nn.MLP([2, 2, 1], g.relu))

    @model.program
    def look() -> dict[str, Tensor]:
        return {"hidden": network.hidden(corners)[-1], "output": network(corners)}

    return model


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)


@experiment
def xor(lab: Any) -> dict[str, Any]:
    """XOR with weights found by thinking, run by the same kernels."""
    run = lab.run(two_hinges(), seed=1, writes={"corners": CORNERS})
    run.write("network.layers.0.weight", np.ones((2, 2)))
    run.write("network.layers.0.bias", np.array([0.0, -1.0]))
    run.write("network.layers.1.weight", np.array([[1.0], [-2.0]]))
    run.write("network.layers.1.bias", np.zeros(1))
    run.run("look")
    output = run.read("output")[:, 0]
    wanted = CORNERS[:, 0] != CORNERS[:, 1]
    return {"wrong": int(np.sum((output > 0.5) != wanted)), "hidden": run.read("hidden"), "output": output}


@figure(
    xor,
    alt="Left: the four corners of a square, opposite corners in the same class; no line separates them. Right: after "
    "two ReLU units the two mixed corners lie on one point, and one line separates it from the others.",
)
def xor_by_hand(result: dict[str, Any]) -> Any:
    fig, (left, right) = canvas(width="text", height=2.9, columns=2)
    shades = [colour("negative"), colour("positive"), colour("positive"), colour("negative")]
    for ax, where, limits in ((left, CORNERS, (-0.5, 1.5)), (right, result["hidden"], (-0.5, 2.5))):
        ax.scatter(where[:, 0], where[:, 1], s=90, c=shades, zorder=3)
        plane(ax, limits)
    for (x, y), shade in zip(CORNERS, shades, strict=True):
        left.annotate(f"{x:.0f}, {y:.0f}", (x, y), (0, 11), textcoords="offset points", ha="center", color=shade)
    for number, name, rise in ((0, "0, 0", 11), (1, "0, 1 and 1, 0", -19), (3, "1, 1", 11)):
        x, y = result["hidden"][number]
        right.annotate(name, (x, y), (0, rise), textcoords="offset points", ha="center", color=shades[number])
    right.plot([-0.5, 2.5], [-0.5, 1.0], color=colour("ink"), linewidth=1.5)
    right.annotate("h₁ − 2h₂ = ½", (2.46, 0.3), ha="right", va="top", color=colour("ink"))
    left.set(xlabel="x₁", ylabel="x₂")
    right.set(xlabel="h₁", ylabel="h₂")
    panel_label(left, "The plane")
    panel_label(right, "As two hinges see it")
    return fig


# Counting pieces


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


# Cells of the plane


def switches(layers: list[tuple[Any, Any]], points: Any) -> list[Any]:
    """What enters the ReLUs of each hidden layer, at points [n, 2]."""
    entering = []
    for weight, bias in layers[:-1]:
        entering.append(points @ weight + bias)
        points = np.maximum(entering[-1], 0)
    return entering


GRID = 161


@experiment
def cells(lab: Any) -> dict[str, Any]:
    """The cells into which a ReLU network 2 -> 8 -> 8 -> 2 -> 1 cuts the plane, before and after the spiral."""
    side = np.linspace(-1, 1, 801)
    dense = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    coarse = np.linspace(-1, 1, GRID)
    shown = np.stack(np.meshgrid(coarse, coarse), axis=-1).reshape(-1, 2)
    run = lab.run(folding.build("relu", 2), seed=3, writes=folding.inputs())
    result: dict[str, Any] = {"bound": (1 + 8 + 28) ** 2 * (1 + 2 + 1)}
    for name, steps in (("start", 0), ("trained", 500)):
        run.run("step", times=steps)
        layers = maps(run, 4)
        patterns = np.concatenate([z > 0 for z in switches(layers, dense)], axis=1)
        result[name] = len(np.unique(np.packbits(patterns, axis=1), axis=0))
        result[f"{name}_lines"] = [z.reshape(GRID, GRID, -1) for z in switches(layers, shown)]
        run.run("look")
        result[f"{name}_field"] = run.read("field")
    result["right"] = int(run.read("right"))
    return result


@figure(
    cells,
    alt="The square cut into cells by the lines on which ReLU units switch, before and after training. The first "
    "layer's lines are straight, the second layer's bend where they cross them. After training they follow the spiral.",
)
def plane_cells(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=4.3, columns=2)
    coarse = np.linspace(-1, 1, GRID)
    for ax, name, title in zip(panels, ("start", "trained"), ("Before training", "After 500 steps"), strict=True):
        heatmap(
            ax,
            np.tanh(result[f"{name}_field"][::2, ::2]) * 0.4,
            limit=1.0,
            extent=(-1, 1, -1, 1),
            smooth=True,
            lower=True,
        )
        for layer, entering in enumerate(result[f"{name}_lines"]):
            for unit in range(entering.shape[2]):
                z = entering[:, :, unit]
                if z.min() < 0 < z.max():
                    ax.contour(
                        coarse, coarse, z, levels=[0], colors=[colour(f"cat-{(3, 4, 7)[layer]}")], linewidths=1.3
                    )
        plane(ax)
        panel_label(ax, f"{title}: {result[name]} cells")
    return fig


# Folding

MOMENTS = (0, 100, 150, 200)


@experiment
def fold(lab: Any) -> dict[str, Any]:
    """The second demo's default experiment at four moments; how many of ten seeds succeed in 2 and 3 dimensions."""
    run = lab.run(folding.build("tanh", 2), seed=1, writes=folding.inputs())
    moments, done, first = [], 0, 0
    for step in range(0, 501, 25):
        run.run("step", times=step - done)
        run.run("look")
        done = step
        if int(run.read("right")) == 96 and first == 0:
            first = step
        if step in MOMENTS:
            names = ("field", "rows", "columns", "seen", "cut", "right")
            weights = [weight for weight, _ in maps(run, 4)]
            moments.append({name: run.read(name) for name in names} | {"weights": weights})
    solved = {}
    for last in (2, 3):
        wins = 0
        for seed in range(1, 11):
            other = lab.run(folding.build("tanh", last), seed=seed, writes=folding.inputs())
            other.run("step", times=500)
            other.run("look")
            wins += int(other.read("right")) == 96
        solved[last] = wins
    return {
        "first": first,
        "right": int(run.read("right")),
        "two": solved[2],
        "three": solved[3],
        "moments": moments,
        "points": np.array(folding.inputs()["points"])[:96],
        "labels": np.array(folding.inputs()["labels"])[:96],
    }


def draw_plane(ax: Any, result: dict[str, Any], moment: dict[str, Any], size: float, every: int = 1) -> None:
    """The network's answer in the plane, and the points. `every`: of small pictures a part of the detail is enough."""
    field = 0.55 * np.tanh(moment["field"] / 2)
    heatmap(ax, field[::every, ::every], limit=1.0, extent=(-1, 1, -1, 1), smooth=True, lower=True)
    class_points(ax, result["points"], result["labels"], size, every)
    plane(ax)
    ax.set(xticks=[], yticks=[])


def draw_sheet(ax: Any, result: dict[str, Any], moment: dict[str, Any], size: float, every: int = 1) -> None:
    """The plane's grid lines, the points and the cut in the hidden space."""
    for lines in (moment["rows"], moment["columns"]):
        threads = lines.reshape(folding.LINES, folding.BEADS, 2)[::every, ::every].transpose(1, 0, 2)
        ax.plot(threads[:, :, 0], threads[:, :, 1], color=colour("ink-3"), linewidth=0.7)
    ax.plot(moment["cut"][:, 0], moment["cut"][:, 1], color=colour("ink"), linewidth=1.6)
    class_points(ax, moment["seen"][:96], result["labels"], size, every)
    plane(ax, (-1.1, 1.1))
    ax.set(xticks=[], yticks=[])


@figure(
    fold,
    alt="Above: the square with the spiral and the network's decision at four moments of training. Below: the same "
    "points and the square's grid lines in the two-dimensional hidden layer; the sheet folds until one line separates "
    "the classes.",
)
def folded(result: dict[str, Any]) -> Any:
    fig, panels = canvas(width="page", height=4.5, columns=4, rows=2)
    for number, (moment, step) in enumerate(zip(result["moments"], MOMENTS, strict=True)):
        draw_plane(panels[number], result, moment, 9, every=2)
        panel_label(panels[number], f"Step {step}: {int(moment['right'])} of 96")
        draw_sheet(panels[number + 4], result, moment, 9, every=2)
    return fig


@figure(
    fold,
    alt="A spiral of two classes of points with the network's answer half way through training; the same points and "
    "the plane's grid lines as the last hidden layer sees them, with a straight cut; the network with all its weights.",
)
def demo_folding(result: dict[str, Any]) -> Any:
    fig, panels = mosaic("page", ("ab;cc", 9.4, (1, 1.3)), ("a;b;c", 15.4, (1, 1, 1.6)))
    left, right, below = (panels[name] for name in "abc")
    moment = result["moments"][2]
    draw_plane(left, result, moment, 22)
    draw_sheet(right, result, moment, 22)
    network(below, moment["weights"])
    panel_label(left, f"The plane at step {MOMENTS[2]}")
    panel_label(right, "As the last hidden layer sees it")
    panel_label(below, "Every weight")
    return fig


# Universal approximation, by construction

WIDTHS = (4, 8, 16, 32, 64)


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
        built.append(float(np.abs(run.read("fit") - WAVE).max()))
        runs = [fitted(lab, f"1x{width}", seed, 1000) for seed in SEEDS]
        trained.append([float(np.abs(r.read("fit") - WAVE).max()) for r in runs])
    curvature = float(np.abs(np.gradient(np.gradient(WAVE, FINE), FINE)[2:-2]).max())
    rate = np.polyfit(np.log(WIDTHS[2:]), np.log(built[2:]), 1)[0]
    return {
        "built": {f"w{w}": e for w, e in zip(WIDTHS, built, strict=True)},
        "trained": {f"w{w}": min(e) for w, e in zip(WIDTHS, trained, strict=True)},
        "typical": {f"w{w}": sorted(e)[1] for w, e in zip(WIDTHS, trained, strict=True)},
        "bound": {f"w{w}": curvature * (2 / w) ** 2 / 8 for w in WIDTHS},
        "rate": float(rate),
        "samples": curve.SAMPLES,
        "all": np.array(trained),
    }


@figure(
    widths,
    alt="Largest error against the number of hidden units, both logarithmic. Written-down weights fall with the "
    "square of the width, just below the bound. Trained networks scatter, do better at first and then stop improving.",
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


@experiment
def construction(lab: Any) -> dict[str, Any]:
    """Nothing is trained here: the numbers of the figure that shows the proof."""
    return {"sixteen": float(np.abs(np.interp(FINE, *_samples(16)) - WAVE).max())}


def _samples(count: int) -> tuple[Any, Any]:
    knots = np.linspace(-1, 1, count + 1)
    return knots, np.array([curve.wave(x) for x in knots])


@figure(
    construction,
    alt="Left: three hinges add up to one tent. Middle: nine tents, each as high as the curve at its peak. Right: "
    "their sum is the broken line through the curve's points; with sixteen pieces it is hard to tell from the curve.",
)
def tents(result: dict[str, Any]) -> Any:
    fig, (one, many, total) = canvas(width="page", height=3.0, columns=3)
    x = np.linspace(-1, 1, 401)
    for knot, height, shade in ((-0.5, 1.0, "cat-2"), (0.0, -2.0, "cat-3"), (0.5, 1.0, "cat-4")):
        one.plot(x, height * np.maximum(x - knot, 0), color=colour(shade), linewidth=1.3)
    one.plot(x, np.maximum(0.5 - np.abs(x), 0), color=colour("cat-1"), linewidth=3)
    one.set(ylim=(-1.1, 1.1), xlabel="x")
    panel_label(one, "Three hinges, one tent")
    knots, heights = _samples(8)
    many.plot(FINE, WAVE, color=colour("ink-3"), linewidth=5, alpha=0.3)
    for knot, height in zip(knots, heights, strict=True):
        shade = colour("positive") if height > 0 else colour("negative")
        many.plot(x, height * np.maximum(1 - 4 * np.abs(x - knot), 0), color=shade, linewidth=1.6)
    many.set(ylim=(-1.0, 0.9), xlabel="x")
    panel_label(many, "Nine tents")
    total.plot(FINE, WAVE, color=colour("ink-3"), linewidth=5, alpha=0.3)
    for count, shade in ((8, "cat-4"), (16, "cat-1")):
        knots, heights = _samples(count)
        total.plot(knots, heights, "o-", markersize=3, color=colour(shade), linewidth=1.6)
    total.set(ylim=(-1.0, 0.9), xlabel="x")
    panel_label(total, "Their sum: 8 and 16 pieces")
    return fig


# Backpropagation

NODES = ("x", "w", "b", "t", "u", "z", "h", "y", "e", "L")
WIDE = {
    "w": (0, 2), "x": (0, 0.9), "b": (0.9, 2.85), "u": (1, 1.6), "z": (2, 2), "h": (3, 2), "y": (4, 1.35),
    "t": (4, 0.1), "e": (5, 0.9), "L": (6, 0.9),
}  # fmt: skip
TALL = {
    "w": (0, 0), "x": (2.35, 0), "b": (-0.05, -1.2), "u": (1.3, -1), "z": (0.6, -2.2), "h": (0.6, -3.3),
    "y": (1.6, -4.3), "t": (0, -4.4), "e": (0.9, -5.4), "L": (0.9, -6.5),
}  # fmt: skip
EDGES = ("wu", "xu", "uz", "bz", "zh", "hy", "xy", "ye", "te", "eL")
FORMULAS = {"u": "w x", "z": "u + b", "h": "tanh z", "y": "h + x", "e": "y − t", "L": "e²"}


@experiment
def ten(lab: Any) -> dict[str, Any]:
    """The third demo's graph at its default numbers, and central differences over the size of the nudge."""
    sizes = np.logspace(0, -9, 37)
    found: dict[str, Any] = {}
    for name in ("single", "double"):
        model = backprop.build()
        run = lab.run(model, seed=1) if name == "single" else numpy_runner(model, "float64")
        errors = []
        for size in sizes:
            run.write("nudge", size)
            run.run("look")
            quotient = (run.read("raised") - run.read("lowered")) / (2 * size)
            exact = run.read("gradients")[:4]
            errors.append(float(np.max(np.abs(quotient - exact)) / np.max(np.abs(exact))))
        best = int(np.argmin(errors))
        found[name] = {"errors": np.array(errors), "best": errors[best], "nudge": float(sizes[best])}
        if name == "single":
            values, gradients = run.read("values"), run.read("gradients")
            found["local"] = {edge: float(d) for edge, d in zip(EDGES, run.read("locals"), strict=True)}
    found["value"] = {node: float(v) for node, v in zip(NODES, values, strict=True)}
    found["gradient"] = {node: float(v) for node, v in zip(NODES, gradients, strict=True)}
    found["detour"] = found["gradient"]["u"] * found["local"]["xu"]
    return {**found, "sizes": sizes}


def shown(number: float) -> str:
    """Two decimals and a true minus sign."""
    return f"{number:.2f}".replace("-", "−")


@figure(
    ten,
    alt="The graph of ten nodes. On every edge stands its local derivative, in every node its value, and under it the "
    "derivative of the loss with respect to it.",
)
def demo_backprop(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="page", height=6.5)
    tall = on_phone()
    places = TALL if tall else WIDE
    if tall:
        fig.set_figheight(14)
    ax.set(xlim=(-0.3, 3.7) if tall else (-0.55, 6.6), ylim=(-6.8, 0.35) if tall else (-0.65, 3.45))
    ax.set_axis_off()
    for start, end in EDGES:
        (xa, ya), (xb, yb) = places[start], places[end]
        ax.plot([xa, xb], [ya, yb], color=colour("line"), linewidth=2, zorder=1)
        share = {"xy": 0.36, "te": 0.4, "xu": 0.4}.get(start + end, 0.5)
        plate = {"facecolor": colour("paper"), "edgecolor": "none", "pad": 1.5}
        ax.text(
            xa + (xb - xa) * share, ya + (yb - ya) * share, shown(result["local"][start + end]),
            ha="center", va="center", color=colour("ink-2"), size=10.5, zorder=2, bbox=plate,
        )  # fmt: skip
    across, rise, side = (0.32, 0.13, "left") if tall else (0, 0.32, "center")
    for node, (x, y) in places.items():
        ax.scatter([x], [y], s=1500, color=colour("paper-2"), edgecolors=colour("ink-3"), linewidths=1.2, zorder=3)
        ax.text(x, y, shown(result["value"][node]), ha="center", va="center", size=11, zorder=4)
        title = f"{node} = {FORMULAS[node]}" if node in FORMULAS else node
        ax.text(x + across, y + rise, title, ha=side, va="center", weight="bold", zorder=4)
        slope = result["gradient"][node]
        words, shade = f"∂L/∂{node} = {shown(slope)}", colour("positive" if slope > 0 else "negative")
        ax.text(x + across, y - rise, words, ha=side, va="center", color=shade, size=10.5, zorder=4)
    return fig


@figure(
    ten,
    alt="Relative error of a central difference over the size of the nudge. In single precision it falls with the "
    "square of the nudge, then rises as the nudge gets smaller; in double precision the same happens much lower down.",
)
def nudge_error(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.2)
    for name, label, shade in (("single", "float32, on the GPU", "cat-1"), ("double", "float64, NumPy", "cat-2")):
        ax.plot(result["sizes"], np.maximum(result[name]["errors"], 1e-13), color=colour(shade), label=label)
    ax.set(xscale="log", yscale="log", xlabel="nudge h", ylabel="largest relative disagreement", xlim=(1e-9, 1.0))
    for name, place in (("single", (1e-6, 2e-1)), ("double", (1.6e-9, 1.5e-11))):
        line = ax.get_lines()[0 if name == "single" else 1]
        ax.text(*place, line.get_label(), color=line.get_color(), ha="left")
    return fig


# What the backward pass costs

BATCH, WIDTH = 64, 64


def classifier(depth: int) -> Model:
    """64 inputs, `depth` hidden layers of 64, ten outputs, squared error: only its plan is looked at."""
    model = Model(f"depth{depth}")
    inputs, targets = model.input("inputs", (BATCH, WIDTH)), model.input("targets", (BATCH, 10))
    network = model.add("network", nn.MLP([WIDTH] + [WIDTH] * depth + [10], g.relu))

    @model.program
    def predict() -> dict[str, Tensor]:
        return {"prediction": network(inputs)}

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(g.mean(g.square(network(inputs) - targets)), model)

    return model


def multiplications(plan: Plan, program: str) -> int:
    """Multiply-adds of a program's matrix kernels: rows x columns x inner of each dispatch."""
    total = 0
    for step in plan.programs[program].steps:
        if "/matrix/" in plan.sources[plan.kernels[step.kernel].source].file:
            sizes = plan.sizes(step)
            total += sizes["ROWS"] * sizes["COLUMNS"] * sizes["INNER"]
    return total


@experiment
def cost(lab: Any) -> dict[str, Any]:
    """Multiply-adds forward and backward, counted in the plans that run; and the dispatches of a step."""
    result: dict[str, Any] = {}
    for depth in (1, 2, 4, 8):
        plan = lower(classifier(depth))
        forward = multiplications(plan, "predict")
        backward = multiplications(plan, "step") - forward
        layers = [WIDTH] * (depth + 1) + [10]
        weights = sum(a * b for a, b in pairwise(layers))
        result[f"d{depth}"] = {
            "forward": forward,
            "backward": backward,
            "ratio": backward / forward,
            "formula": 2 - layers[0] * layers[1] / weights,
            "parameters": weights + sum(layers[1:]),
            "dispatches": len(plan.programs["step"].steps),
        }
    return result
