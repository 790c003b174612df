"""What chapter 1 runs and draws: the perceptron on points, softmax regression on points and on digits."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from demos.digits.model import BATCH, CLASSES, PIXELS, TEST, TRAIN
from demos.digits.model import build as build_digits
from demos.digits.model import inputs as digits_inputs
from demos.perceptron.model import build, build_softer, inputs, slots
from site_builder import graph as g
from site_builder import nn
from site_builder.figures import (
    Lab,
    Run,
    canvas,
    colour,
    direct_label,
    experiment,
    figure,
    heatmap,
    image_grid,
    panel_label,
    plane,
)
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner

Result = dict[str, Any]
CORNER = 0.7
CORNERS = slots(
    [(CORNER, CORNER), (-CORNER, -CORNER)], [(CORNER, -CORNER), (-CORNER, CORNER)]
)  # y = -1 where signs agree


# ---------------------------------------------------------------- the perceptron


def trajectory(run: Run, limit: int) -> tuple[np.ndarray, list[int]]:
    """Augmented weights after 0, 1, 2, … mistakes, until there are none or `limit`; and how many points were wrong."""
    weights, wrong = [], []
    for _ in range(limit + 1):
        run.run("look")
        weights.append([*run.read("weights"), float(run.read("bias"))])
        wrong.append(int(run.read("wrong")))
        if wrong[-1] == 0:
            break
        run.run("step")
    return np.array(weights), wrong


def measured(run: Run) -> Result:
    """R and the bracket of γ, narrowed until its ends are within 0.5 %."""
    for _ in range(20):
        run.run("tighten", times=120)
        run.run("measure")
        least, most = float(run.read("margin_at_least")), float(run.read("margin_at_most"))
        if least > 0 and most / least < 1.005:
            break
    radius = float(run.read("radius"))
    return {"radius": radius, "margin": least, "bound": (radius / least) ** 2}


@experiment
def perceptron(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=inputs())
    weights, _ = trajectory(run, 100)
    return {"weights": weights, "mistakes": int(run.read("mistakes")), **measured(run)}


@experiment
def orders(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=inputs())
    counts = []
    for seed in range(1, 61):
        run.write("seed", seed)
        run.run("init")
        run.run("step", times=60)
        counts.append(int(run.read("mistakes")))
    return {"runs": len(counts), "fewest": min(counts), "most": max(counts)}


def separable_set(rng: np.random.Generator) -> dict[str, object]:
    """24 to 60 points around a random line with an empty band of random width."""
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    band = 10 ** rng.uniform(-2.2, -0.4)
    points = rng.uniform(-1, 1, (2000, 2))
    side = points @ [np.cos(angle), np.sin(angle)] + offset
    kept = np.flatnonzero(np.abs(side) > band)[: rng.integers(24, 60)]
    classes = ([tuple(p) for p in points[kept][side[kept] * sign > 0].tolist()] for sign in (-1, 1))
    return slots(*classes)


@experiment
def margins(lab: Lab) -> Result:
    rng = np.random.default_rng(1962)
    run = lab.run(build(), seed=1, writes=inputs())
    mistakes, bounds = [], []
    for _ in range(40):
        for name, value in separable_set(rng).items():
            run.write(name, np.asarray(value))
        run.run("init")
        before = -1.0
        while before != (before := float(run.read("mistakes"))):
            run.run("step", times=100)
        mistakes.append(int(before))
        bounds.append(measured(run)["bound"])
    share = np.array(mistakes) / np.array(bounds)
    return {
        "mistakes": np.array(mistakes),
        "bounds": np.array(bounds),
        "sets": len(mistakes),
        "largest_share": float(share.max()),
        "median_share": float(np.median(share)),
    }


@experiment
def xor(lab: Lab) -> Result:
    run = lab.run(build(), seed=1, writes=CORNERS)
    weights, wrong = trajectory(run, 399)
    run.run("step", times=10_000 - 800)
    last, _ = trajectory(run, 399)
    seen = np.round(np.concatenate([weights, last]) / [CORNER, CORNER, 1.0]).astype(int)
    return {
        "weights": weights,
        "steps": int(run.read("step")),
        "mistakes": int(run.read("mistakes")),
        "fewest_wrong": min(wrong),
        "distinct": len(np.unique(seen, axis=0)),
        "longest": float(np.linalg.norm(np.concatenate([weights, last]), axis=1).max()),
    }


def draw_points(ax: Any, experiment_inputs: dict[str, Any]) -> None:
    """The points of an experiment, coloured by class."""
    count = experiment_inputs["count"]
    points = np.array(experiment_inputs["points"])[:count]
    labels = np.array(experiment_inputs["labels"])[:count]
    for sign, name, marker in ((-1, "negative", "o"), (1, "positive", "s")):
        ax.scatter(*points[labels == sign].T, s=34, color=colour(name), marker=marker, zorder=3)


def draw_boundary(ax: Any, weights: np.ndarray, **style: Any) -> None:
    """The line w·x + b = 0, where w is not zero."""
    w, b = weights[:2], weights[2]
    length = np.hypot(*w)
    if length > 1e-9:
        foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
        ax.plot(*np.transpose([foot - 4 * along, foot + 4 * along]), **style)


@figure(
    perceptron,
    alt="Left: two classes of points and the boundaries of one run, the last of which separates them. "
    "Right: the length of the weights lies between a lower line and an upper curve that cross at the bound.",
)
def perceptron_run(result: Result) -> Any:
    fig, (left, right) = canvas("page", height=3.9, columns=2)
    plane(left)
    draw_points(left, inputs())
    weights = result["weights"]
    for age, each in enumerate(weights[1:-1]):
        draw_boundary(left, each, color=colour("ink-3"), lw=1, alpha=0.15 + 0.65 * age / len(weights))
    draw_boundary(left, weights[-1], color=colour("ink"), lw=2.2)
    panel_label(left, f"The boundary, {result['mistakes']} mistakes")

    k = np.geomspace(1, 2 * result["bound"], 60)
    low, high, bound = result["margin"] * k, result["radius"] * np.sqrt(k), result["bound"]
    right.fill_between(k, low, high, where=k <= bound * 1.02, color=colour("accent-2"))
    right.plot(k, high, color=colour("ink-3"), lw=1.2)
    right.plot(k, low, color=colour("ink-3"), lw=1.2)
    right.axvline(bound, color=colour("accent"), lw=1, ls=(0, (4, 3)))
    lengths = np.linalg.norm(weights[1:], axis=1)
    right.plot(np.arange(1, len(lengths) + 1), lengths, ".-", color=colour("cat-1"), ms=8, lw=1.5)
    right.set(xscale="log", yscale="log", xlabel="mistakes k", ylim=(0.1, 60))
    for x, y, text, tone in (
        (1.3, result["radius"] * 1.9, "at most R√k", "ink-2"),
        (1.6, result["margin"] * 1.15, "at least γk", "ink-2"),
        (14, 4.4, "this run", "cat-1"),
        (bound * 0.9, 0.13, f"bound {bound:.0f}", "accent"),
    ):
        align = "right" if tone == "accent" else "left"
        right.text(x, y, text, color=colour(tone), va="bottom", ha=align)
    panel_label(right, "Length of the weights after each mistake")
    return fig


@figure(
    perceptron,
    alt="The same points twice. After four mistakes the boundary cuts through a class, at the end it separates both.",
)
def demo_perceptron(result: Result) -> Any:
    fig, panels = canvas("page", height=4.4, columns=2)
    weights = result["weights"]
    for ax, k in zip(panels, (4, len(weights) - 1), strict=True):
        plane(ax)
        for earlier in weights[max(k - 4, 1) : k]:
            draw_boundary(ax, earlier, color=colour("ink-3"), lw=1, alpha=0.6)
        draw_boundary(ax, weights[k], color=colour("ink"), lw=2.2)
        draw_points(ax, inputs())
        panel_label(ax, f"After {k} mistakes")
    return fig


@figure(
    margins,
    alt="Forty dots on logarithmic axes, all of them far below the diagonal on which mistakes equal the bound.",
)
def mistakes_against_bound(result: Result) -> Any:
    fig, ax = canvas("text", height=3.6)
    span = np.array([4.0, result["bounds"].max() * 2])
    ax.fill_between(span, span, span[1], color=colour("paper-2"))
    ax.plot(span, span, color=colour("ink"), lw=1.2)
    ax.scatter(result["bounds"], result["mistakes"], s=26, color=colour("cat-1"), alpha=0.85, zorder=3)
    ax.set(xscale="log", yscale="log", xlim=span, ylim=(1, span[1]), xlabel="bound (R/γ)²", ylabel="mistakes made")
    ax.text(0.05, 0.9, "forbidden by the theorem", transform=ax.transAxes, color=colour("ink-2"), va="top")
    return fig


@figure(
    xor,
    alt="Left: four corners of a square with opposite labels and a handful of lines, none of which separates them. "
    "Right: the length of the weights stays below three while the upper limit keeps growing.",
)
def xor_wandering(result: Result) -> Any:
    fig, (left, right) = canvas("page", height=3.6, columns=2)
    plane(left)
    for each in np.unique(np.round(result["weights"], 3), axis=0):
        draw_boundary(left, each, color=colour("ink-3"), lw=1, alpha=0.8)
    draw_points(left, CORNERS)
    panel_label(left, "Every boundary it tried")

    shown = 40
    k = np.linspace(0, shown, 121)
    right.plot(k, np.sqrt(2 * CORNER**2 + 1) * np.sqrt(k), color=colour("ink-3"), lw=1.2)
    right.text(9, 5.5, "at most R√k", color=colour("ink-2"), ha="right")
    lengths = np.linalg.norm(result["weights"][: shown + 1], axis=1)
    right.step(np.arange(len(lengths)), lengths, where="mid", color=colour("cat-1"), lw=1.5, label="this run")
    right.set(xlabel="mistakes k", ylim=(0, 6.2))
    direct_label(right)
    panel_label(right, "Length of the weights")
    return fig


# ---------------------------------------------------------------- softmax regression on points


def probability(weights: np.ndarray, bias: np.ndarray, side: int = 97) -> np.ndarray:
    """Probability of class +1 over the plane, [side, side], bottom row first."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, side)] * 2)
    z = np.stack([x, y], axis=-1) @ weights + bias
    return np.asarray(1 / (1 + np.exp(z[..., 0] - z[..., 1])))


@experiment
def softer(lab: Lab) -> Result:
    def trained(writes: dict[str, object], weight: Any, bias: Any) -> Run:
        run = lab.run(build_softer(), seed=1, writes=writes)
        run.write("affine.weight", np.array(weight, np.float32))
        run.write("affine.bias", np.array(bias, np.float32))
        return run

    corners = trained(CORNERS, [[0, -2], [0, -2]], [0, 1.4])  # three of four right
    corners.run("look")
    right = np.array([0, 0, 1, 1])
    right_first = int((corners.read("probabilities")[:4].argmax(axis=1) == right).sum())
    parted = trained(inputs(), np.zeros((2, 2)), np.zeros(2))
    result: Result = {"ln2": float(np.log(2)), "xor_right_first": right_first, "steps": 400}
    for name, run in (("xor", corners), ("parted", parted)):
        run.run("step", times=400)
        run.run("look")
        losses = run.read("loss.history")[:400]
        result |= {
            f"{name}_losses": losses,
            f"{name}_loss": float(losses[-1]),
            f"{name}_field": probability(run.read("affine.weight"), run.read("affine.bias")),
        }
        result[f"{name}_length"] = float(np.linalg.norm(run.read("affine.weight")))
    result["xor_furthest"] = float(np.abs(corners.read("probabilities")[:4] - 0.5).max())
    result["parted_halfway"] = float(result["parted_losses"][199])
    return result


@figure(
    softer,
    alt="Left: the plane shaded from blue to orange across a soft boundary between two classes. Middle: the plane with "
    "four corners, unshaded. Right: one loss falls towards zero, the other settles at ln 2.",
)
def softer_points(result: Result) -> Any:
    fig, (left, middle, right) = canvas("page", height=3.1, columns=3)
    for ax, name, writes, title in (
        (left, "parted", inputs(), "Separable"),
        (middle, "xor", CORNERS, "Four corners"),
    ):
        plane(ax)
        heatmap(ax, result[f"{name}_field"] - 0.5, limit=1.0, extent=(-1, 1, -1, 1), smooth=True, lower=True)
        plane(ax)
        draw_points(ax, writes)
        panel_label(ax, title)
    right.axhline(result["ln2"], color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    right.plot(result["xor_losses"], color=colour("cat-2"), label="corners")
    right.plot(result["parted_losses"], color=colour("cat-1"), label="separable")
    right.set(xlabel="step", ylabel="loss / nats", ylim=(0, 1.0))
    right.text(400, result["ln2"] - 0.02, "ln 2", va="top", ha="right", color=colour("ink-2"))
    direct_label(right)
    panel_label(right, "Loss")
    return fig


# ---------------------------------------------------------------- softmax regression on digits


def extended() -> Model:
    """The digits model with three more programs, for looking closer."""
    model = build_digits()
    weight, bias = model.parameters["affine.weight"], model.parameters["affine.bias"]
    images, labels, test_images, test_labels = (
        model.variables[name].tensor for name in ("images", "labels", "test_images", "test_labels")
    )
    arrangement = model.input("arrangement", (PIXELS, PIXELS))

    @model.program
    def answers() -> dict[str, Tensor]:
        logits = test_images @ weight + bias
        return {"all_logits": logits, "all_probabilities": g.softmax(logits)}

    @model.program
    def rearranged() -> dict[str, Tensor]:
        moved = test_images @ arrangement
        return {"rearranged_accuracy": g.mean(g.equal(g.argmax(moved @ weight + bias), test_labels))}

    @model.program
    def check() -> dict[str, Tensor]:
        rows = g.iota(BATCH)
        cost = g.mean(g.cross_entropy(images[rows] @ weight + bias, labels[rows]))
        (slope,) = g.gradients(cost, [weight])
        return {"cost": cost, "slope": slope}

    return model


STEPS = 500
FORMING = (1, 3, 10, 30, 100, STEPS)  # steps after which the weights are kept


@experiment
def digits(lab: Lab) -> Result:
    run = lab.run(build_digits(), seed=1, writes=digits_inputs())
    forming = []
    for steps in np.diff([0, *FORMING]):
        run.run("step", times=int(steps))
        forming.append(run.read("affine.weight").T.reshape(CLASSES, 8, 8))
    run.run("evaluate")
    losses = run.read("loss.history")[:STEPS]
    weight = run.read("affine.weight")
    closer = lab.run(extended(), seed=1)
    closer.write("affine.weight", weight)
    closer.write("affine.bias", run.read("affine.bias"))
    closer.run("answers")
    truth = closer.read("test_labels").astype(int)
    return {
        "losses": losses,
        "first_loss": float(losses[0]),
        "late_loss": float(losses[-50:].mean()),
        "ln10": float(np.log(CLASSES)),
        "steps": STEPS,
        "rate": float(run.read("learning_rate")),
        "parameters": weight.size + CLASSES,
        "train_images": TRAIN,
        "test_images": TEST,
        "train_accuracy": float(run.read("train_accuracy")),
        "test_accuracy": float(run.read("test_accuracy")),
        "weights": forming[-1],
        "forming": np.array(forming),
        **zero_shape(weight[:, 0].reshape(8, 8)),
        **looked_at(closer.read("test_images"), truth, closer.read("all_logits"), closer.read("all_probabilities")),
        "replay": run.record(program="step", times=300, series=["loss.history"]),
    }


def zero_shape(image: np.ndarray) -> Result:
    """The weight image of 0: the mean of its four central pixels, and of the columns where a zero's sides are."""
    return {"zero_centre": float(image[3:5, 3:5].mean()), "zero_ring": float(image[2:6][:, [2, 5]].mean())}


def looked_at(images: np.ndarray, truth: np.ndarray, logits: np.ndarray, probabilities: np.ndarray) -> Result:
    """How sure the model is of the held-out images; and one image to show."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    shown = int(np.where(right, np.abs(sure - 0.9), 9.0).argmin())  # right, and not quite sure
    return {
        "errors": int((~right).sum()),
        "sure_right": float(sure[right].mean()),
        "sure_wrong": float(sure[~right].mean()),
        "shown_image": images[shown].reshape(8, 8),
        "shown_digit": int(truth[shown]),
        "shown_logits": logits[shown],
        "shown_probabilities": probabilities[shown],
    }


def smoothed(losses: np.ndarray, width: int = 25) -> np.ndarray:
    """Mean of the `width` losses around each, of fewer at both ends."""
    kernel = np.ones(width)
    return np.asarray(np.convolve(losses, kernel, "same") / np.convolve(np.ones(len(losses)), kernel, "same"))


def binned(losses: np.ndarray, bins: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Steps (counted from 1) and mean losses in bins of equal width on a logarithmic axis."""
    edges = np.unique(np.geomspace(1, len(losses) + 1, bins).astype(int))
    middles = np.sqrt(edges[:-1] * (edges[1:] - 1.0).clip(min=1))
    return middles, np.array([losses[a - 1 : b - 1].mean() for a, b in pairwise(edges)])


@figure(
    digits,
    alt="The loss starts at ln 10, falls steeply in the first fifty steps and ends near 0.15.",
    replay="digits",
)
def digits_loss(result: Result) -> Any:
    fig, ax = canvas("text", height=3.0)
    ax.axhline(result["ln10"], color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    ax.plot(result["losses"], color=colour("cat-1"), lw=1, alpha=0.45)
    ax.plot(smoothed(result["losses"]), color=colour("cat-1"), lw=2)
    ax.text(STEPS, result["ln10"] - 0.04, "ln 10: knows nothing", va="top", ha="right", color=colour("ink-2"))
    ax.set(xlabel="step", ylabel="loss / nats", ylim=(0, 2.5), xlim=(0, STEPS))
    return fig


@figure(digits, alt="Ten eight-by-eight images of weights, orange where ink speaks for the digit, blue where against.")
def weight_images(result: Result) -> Any:
    return image_grid(result["weights"], [str(digit) for digit in range(CLASSES)], columns=5)


@figure(
    digits,
    alt="The ten weight images after 1, 3, 10, 30, 100 and 500 steps: blurs that sharpen into shapes.",
)
def demo_digits(result: Result) -> Any:
    each = [image / np.abs(row).max() for row in result["forming"] for image in row]
    labels = [f"{digit}, step {step}" if digit == 0 else str(digit) for step in FORMING for digit in range(CLASSES)]
    return image_grid(each, labels, width="page", columns=10)


@figure(
    digits,
    alt="A small image of a digit; bars of its ten logits, positive and negative; bars of its ten probabilities.",
)
def logits_and_probabilities(result: Result) -> Any:
    fig, (picture, left, right) = canvas("page", height=2.6, columns=3)
    heatmap(picture, result["shown_image"], palette="sequential")
    picture.set(xticks=[], yticks=[])
    picture.grid(visible=False)
    panel_label(picture, f"A held-out {result['shown_digit']}")
    digits_axis = range(CLASSES)
    logits = result["shown_logits"]
    tones = [colour("positive") if z > 0 else colour("negative") for z in logits]
    left.bar(digits_axis, logits, color=tones, width=0.72)
    left.axhline(0, color=colour("ink-3"), lw=1)
    right.bar(digits_axis, result["shown_probabilities"], color=colour("cat-1"), width=0.72)
    right.set(ylim=(0, 1))
    for ax, title in ((left, "Logits"), (right, "Probabilities")):
        ax.set(xticks=digits_axis, xlim=(-0.6, 9.6))
        ax.tick_params(axis="x", length=0)
        panel_label(ax, title)
    return fig


# ---------------------------------------------------------------- is it right, and what does it mean


@experiment
def check(lab: Lab) -> Result:
    """Central differences against the program's gradient, in NumPy's double precision and on the adapter."""
    model = extended()
    runners: dict[str, Any] = {"single": lab.run(model, seed=1), "double": numpy_runner(model)}
    runners["double"].write("seed", 1)
    runners["double"].run("init")
    result: Result = {}
    for name, steps in (("double", np.logspace(-8, 0, 17)), ("single", np.logspace(-4, 0, 9))):
        runner = runners[name]
        runner.run("step", times=50)
        runner.run("check")
        slope, weight = runner.read("slope").copy(), runner.read("affine.weight").copy()
        chosen = np.argsort(-np.abs(slope).ravel())[:40:5]  # eight of the steepest
        errors = [largest_error(runner, weight, slope, chosen, h) for h in steps]
        result |= {f"{name}_steps": steps, f"{name}_errors": np.array(errors), name: float(min(errors))}
    return result


def largest_error(runner: Any, weight: np.ndarray, slope: np.ndarray, chosen: np.ndarray, h: float) -> float:
    """Largest |central difference - slope| over the chosen weights, relative to the largest slope."""
    worst = 0.0
    for index in chosen:
        costs = []
        for sign in (1, -1):
            moved = weight.copy()
            moved.flat[index] += sign * h
            runner.write("affine.weight", moved)
            runner.run("check")
            costs.append(float(runner.read("cost")))
        worst = max(worst, abs((costs[0] - costs[1]) / (2 * h) - float(slope.flat[index])))
    runner.write("affine.weight", weight)
    return worst / float(np.abs(slope).max())


@figure(
    check,
    alt="Error of finite differences against their step: a deep V in double precision, a shallow one in single.",
)
def finite_differences(result: Result) -> Any:
    fig, ax = canvas("text", height=3.2)
    for name, tone, label in (("single", "cat-2", "single"), ("double", "cat-1", "double")):
        steps, errors = result[f"{name}_steps"], result[f"{name}_errors"]
        ax.plot(steps, errors, ".-", color=colour(tone), lw=1.5)
        ax.text(steps[0] * 1.3, errors[0] * 1.4, label, color=colour(tone), va="bottom")
    ax.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error")
    return fig


def ordered() -> Model:
    """Softmax regression on all digits in an order that the host chooses: the first 1,437 train, the rest test."""
    model = Model("ordered")
    images = model.data("images", (TRAIN + TEST, PIXELS), source="digits/images")
    labels = model.data("labels", (TRAIN + TEST,), dtype="u32", source="digits/labels")
    order = model.input("order", (TRAIN + TEST,), dtype="u32")
    affine = model.add("affine", nn.Linear(PIXELS, CLASSES, initialiser=nn.zeros))

    @model.program(counts=True)
    def step() -> None:
        rows = order[g.random_index((BATCH,), TRAIN, stream=1)]
        nn.SGD(0.5).minimise(g.mean(g.cross_entropy(affine(images[rows]), labels[rows])), model)

    @model.program
    def evaluate() -> dict[str, Tensor]:
        return {"answers": g.argmax(affine(images[order[g.iota(TEST) + TRAIN]]))}

    return model


@experiment
def folds(lab: Lab) -> Result:
    """Five runs, each with another part held out: every fifth image, and then the file cut into five pieces."""
    run = lab.run(ordered(), seed=1)
    truth = run.read("labels").astype(int)
    rows = np.arange(TRAIN + TEST)
    mixed = [rows[rows % 5 == part] for part in range(5)]
    pieces = np.array_split(rows, 5)
    table = np.zeros((CLASSES, CLASSES), int)
    result: Result = {"images": len(rows)}
    for name, parts in (("mixed", mixed), ("pieces", pieces)):
        shares = []
        for held_out in parts:
            order = np.concatenate(
                [np.setdiff1d(rows, held_out), held_out]
            )  # where 359 are held out, one more is tested
            run.write("order", order.astype(np.uint32))
            run.run("init")
            run.run("step", times=STEPS)
            run.run("evaluate")
            answers = run.read("answers")[TEST - len(held_out) :]
            shares.append(float((answers == truth[held_out]).mean()))
            if name == "mixed":
                np.add.at(table, (truth[held_out], answers), 1)
        result |= {name: float(np.mean(shares)), f"{name}_worst": min(shares), f"{name}_best": max(shares)}
    wrong = table - np.diag(np.diag(table))
    true, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    one_way = np.minimum(wrong, wrong.T).sum() / 2
    return result | {
        "confusion": wrong,
        "errors": int(wrong.sum()),
        "top_true": int(true),
        "top_answer": int(answer),
        "top_count": int(wrong.max()),
        "eights": int(wrong[8].sum()),
        "ones_and_eights": int(wrong[1, 8] + wrong[8, 1]),
        "zeros": int(wrong[0].sum()),
        "both_ways": float(2 * one_way / wrong.sum()),
    }


@figure(folds, alt="A ten by ten table of mistakes: a few cells stand out, most are empty.")
def confusion(result: Result) -> Any:
    fig, ax = canvas("text", height=4.2)
    table = result["confusion"]
    heatmap(ax, table, palette="sequential", limit=float(table.max()) * 1.6)
    ax.grid(visible=False)
    for row, column in np.argwhere(table > 0):
        ax.text(column, row, str(table[row, column]), ha="center", va="center", color=colour("ink"))
    ax.plot([-0.5, 9.5], [-0.5, 9.5], color=colour("line"), lw=1)
    ax.set(xticks=range(CLASSES), yticks=range(CLASSES), xlabel="answer", ylabel="written digit")
    ax.tick_params(length=0)
    return fig


RATES = (0.01, 0.1, 1.0, 10.0, 100.0)


@experiment
def rates(lab: Lab) -> Result:
    run = lab.run(build_digits(), seed=1)
    curves, accuracies = [], []
    for rate in RATES:
        run.write("learning_rate", rate)
        run.run("init")
        run.run("step", times=2000)
        run.run("evaluate")
        curves.append(run.read("loss.history")[:2000])
        accuracies.append(float(run.read("test_accuracy")))
    return {
        "curves": np.array(curves),
        "fast": RATES[-1],
        "fast_peak": float(np.max(curves[-1])),
        "fast_accuracy": accuracies[-1],
        "slow_accuracy": accuracies[0],
    }


@figure(
    rates,
    alt="The loss over 2,000 steps for five learning rates: the two largest rise far above ln 10 first and end lowest.",
)
def learning_rates(result: Result) -> Any:
    fig, ax = canvas("text", height=3.4)
    for index, (rate, losses) in enumerate(zip(RATES, result["curves"], strict=True)):
        steps, means = binned(losses)
        ax.plot(steps, means.clip(min=1e-3), color=colour(f"cat-{index + 1}"), lw=1.6, label=f"{rate:g}")
    ax.axhline(np.log(CLASSES), color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel="loss / nats", ylim=(7e-4, 600))
    direct_label(ax)
    return fig


@experiment
def shift(lab: Lab) -> Result:
    run = lab.run(extended(), seed=1)
    run.run("step", times=STEPS)
    moves = {"still": (0, 0), "left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
    result: Result = {}
    for name, (down, right) in moves.items():
        run.write("arrangement", shifting(down, right))
        run.run("rearranged")
        result[name] = float(run.read("rearranged_accuracy"))
    moved = [result[name] for name in moves if name != "still"]
    return result | {"worst": min(moved), "best": max(moved)}


def shifting(down: int, right: int) -> np.ndarray:
    """[64, 64]: image @ matrix moves it by whole pixels; ink that leaves the frame is lost."""
    matrix = np.zeros((PIXELS, PIXELS), np.float32)
    for row in range(8):
        for column in range(8):
            if 0 <= row + down < 8 and 0 <= column + right < 8:
                matrix[8 * row + column, 8 * (row + down) + column + right] = 1
    return matrix


@figure(shift, alt="Bars of accuracy: high for images as they are, less than half of it when shifted by one pixel.")
def shifts(result: Result) -> Any:
    fig, ax = canvas("text", height=2.6)
    names = ("still", "left", "right", "up", "down")
    values = [result[name] for name in names]
    tones = [colour("cat-1")] + [colour("cat-2")] * 4
    ax.bar(range(5), values, color=tones, width=0.6)
    for place, value in enumerate(values):
        ax.text(place, value + 0.02, f"{value:.0%}", ha="center", va="bottom", color=colour("ink"))
    ax.axhline(0.1, color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    ax.set(xticks=range(5), ylim=(0, 1.12), xlim=(-0.6, 4.6), ylabel="accuracy")
    ax.set_xticklabels(["as it is", "1 left", "1 right", "1 up", "1 down"])
    ax.set_yticks([0, 0.5, 1])
    ax.tick_params(axis="x", length=0)
    return fig
