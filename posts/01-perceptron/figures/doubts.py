"""Is it right, and what does it mean? Finite differences, folds, learning rates and shifted digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.digits.model import BATCH, CLASSES, PIXELS, TEST, TRAIN
from demos.digits.model import build as build_digits
from site_builder import graph as g
from site_builder import nn
from site_builder.data import load_data
from site_builder.figures import Lab, canvas, colour, direct_label, experiment, figure, heatmap
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner

from .shared import STEPS, Result, binned, extended


@experiment
def check(lab: Lab) -> Result:
    """Central differences against the program's gradient, in NumPy's double precision and on the adapter."""
    model = extended()
    runners: dict[str, Any] = {"single": lab.run(model, seed=1), "double": numpy_runner(model, load=load_data)}
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
