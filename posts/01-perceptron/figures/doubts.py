"""Is the gradient right, which images are held out, and how fast can it go?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from demos.digits.model import BATCH, CLASSES, PIXELS, TEST, TRAIN
from site_builder import graph as g
from site_builder import nn
from site_builder.data import load_data
from site_builder.figures import Lab, Run, canvas, colour, direct_label, experiment, figure, heatmap
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
    result: Result = {"adapter": runners["single"].session.adapter}
    for name, steps in (("double", np.logspace(-8, 0, 17)), ("single", np.logspace(-4, 0, 9))):
        runner = runners[name]
        runner.run("step", times=50)
        if name == "single":
            result["replay"] = runner.record(program="step", times=50, series=["loss.history"])
        runner.run("check")
        slope, weight = runner.read("slope").copy(), runner.read("affine.weight").copy()
        chosen = np.argsort(-np.abs(slope).ravel())[:40:5]  # eight of the steepest
        errors = [largest_error(runner, weight, slope, chosen, h) for h in steps]
        best = int(np.argmin(errors))
        result |= {f"{name}_steps": steps, f"{name}_errors": np.array(errors)}
        result |= {name: float(errors[best]), f"{name}_turn": float(steps[best])}
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
    replay="check",
)
def finite_differences(result: Result) -> Any:
    fig, ax = canvas("text", height=3.2)
    for name, tone, label in (("single", "cat-2", "single"), ("double", "cat-1", "double")):
        steps, errors = result[f"{name}_steps"], result[f"{name}_errors"]
        ax.plot(steps, errors, ".-", color=colour(tone), lw=1.5)
        ax.text(steps[0] * 1.3, errors[0] * 1.4, label, color=colour(tone), va="bottom")
    ax.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error")
    return fig


FOLD_SEEDS = (1, 2, 3)


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
        loss = g.mean(g.cross_entropy(affine(images[rows]), labels[rows]))
        nn.SGD(0.5).minimise(loss, model)
        model.record("loss", loss)

    @model.program
    def evaluate() -> dict[str, Tensor]:
        logits = affine(images[order[g.iota(TEST) + TRAIN]])
        return {"answers": g.argmax(logits), "sureness": g.max(g.softmax(logits), axis=1)}

    return model


@experiment
def folds(lab: Lab) -> Result:
    """Five runs for each of three seeds, each with another part held out: every fifth image, and one piece of five."""
    rows = np.arange(TRAIN + TEST)
    mixed = [rows[rows % 5 == part] for part in range(5)]
    pieces = np.array_split(rows, 5)
    first = lab.run(ordered(), seed=1, writes={"order": arranged(rows, mixed[0])})
    first.run("step", times=STEPS)
    replay = first.record(program="step", times=STEPS, series=["loss.history"])
    truth = first.read("labels").astype(int)
    shares: dict[str, list[list[float]]] = {"mixed": [], "pieces": []}
    tables, sure = [], []
    for seed in FOLD_SEEDS:
        run = lab.run(ordered(), seed=seed)
        for name, parts in (("mixed", mixed), ("pieces", pieces)):
            answers, sureness = zip(*[judged(run, rows, part) for part in parts], strict=True)
            right = [float((found == truth[part]).mean()) for found, part in zip(answers, parts, strict=True)]
            shares[name].append(right)
            if name == "mixed":
                true, answer, certainty = (
                    truth[np.concatenate(parts)],
                    np.concatenate(answers),
                    np.concatenate(sureness),
                )
                tables.append(mistakes(true, answer))
                sure.append([certainty[each].mean() for each in (true == answer, true != answer)])
    mean = {name: np.mean(each, axis=1) for name, each in shares.items()}
    return {
        "images": len(rows),
        "runs": len(FOLD_SEEDS) * 5,
        "least_gap": float((mean["mixed"] - mean["pieces"]).min()),
        **{name: float(each.mean()) for name, each in mean.items()},
        **{f"{name}_worst": float(np.min(each)) for name, each in shares.items()},
        **{f"{name}_best": float(np.max(each)) for name, each in shares.items()},
        "sure_right": float(np.mean(sure, axis=0)[0]),
        "sure_wrong": float(np.mean(sure, axis=0)[1]),
        "sure_least_gap": float(min(right - wrong for right, wrong in sure)),
        **confused(np.array(tables)),
        "replay": replay,
    }


def arranged(rows: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """All rows, those that are held out last. Where 359 are held out, one more is tested."""
    return np.concatenate([np.setdiff1d(rows, held_out), held_out]).astype(np.uint32)


def judged(run: Run, rows: np.ndarray, held_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For what is held out, the answers of a model that was trained on the rest, and their probabilities."""
    run.write("order", arranged(rows, held_out))
    run.run("init")
    run.run("step", times=STEPS)
    run.run("evaluate")
    tested = slice(TEST - len(held_out), None)
    return run.read("answers")[tested], run.read("sureness")[tested]


def mistakes(true: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """How often each digit was read as each other one, [true, answer], with a diagonal of zeros."""
    table = np.zeros((CLASSES, CLASSES), int)
    np.add.at(table, (true, answer), 1)
    return table - np.diag(np.diag(table))


def confused(tables: np.ndarray) -> Result:
    """What tables of mistakes, [seeds, true, answer], say; `coin`: how often chance is as one-sided as the top pair."""
    true, answer = np.unravel_index(tables[0].argmax(), tables[0].shape)
    counts = {
        "errors": tables.sum(axis=(1, 2)),
        "top": tables[:, true, answer],
        "back": tables[:, answer, true],
        "eights": tables[:, 8].sum(axis=1),
        "zeros": tables[:, 0].sum(axis=1),
    }
    coins = [one_sided(int(a), int(b)) for a, b in zip(counts["top"], counts["back"], strict=True)]
    others = tables.copy()
    others[:, true, answer] = 0
    return {
        "confusion": tables[0],
        "seeds": len(tables),
        "top_true": int(true),
        "top_answer": int(answer),
        "least_lead": int((counts["top"] - others.max(axis=(1, 2))).min()),
        **{f"{name}_fewest": int(each.min()) for name, each in counts.items()},
        **{f"{name}_most": int(each.max()) for name, each in counts.items()},
        "coin_least": min(coins),
        "coin_most": max(coins),
    }


def one_sided(heads: int, tails: int) -> float:
    """The probability that a fair coin, tossed heads + tails times, splits at least as unevenly."""
    tosses, many = heads + tails, max(heads, tails)
    return min(1.0, 2 * sum(math.comb(tosses, k) for k in range(many, tosses + 1)) / 2**tosses)


@figure(folds, alt="A ten by ten table of mistakes: a few cells stand out, most are empty.", replay="folds")
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


FAST_SEEDS = (1, 2, 3)
CERTAIN = 0.99
REPLAYED, LOOKED = 10, 40  # steps at the largest rate: two machines still agree, and no longer do
RATES = (0.01, 0.1, 1.0, 10.0, 100.0)


@experiment
def rates(lab: Lab) -> Result:
    """Seed 1 at every rate, and two more seeds at the largest."""
    curves = [fitted(lab, rate, 1)["losses"] for rate in RATES[:-1]]
    fast = [fitted(lab, RATES[-1], seed) for seed in FAST_SEEDS]
    parting = apart(fast[0]["losses"], RATES[-1])
    return {
        "curves": np.array([*curves, fast[0]["losses"]]),
        "seeds": len(fast),
        "fast": RATES[-1],
        "peak": math.floor(min(each["losses"].max() for each in fast)),
        "accuracy": min(each["test"] for each in fast),
        "train_accuracy": min(each["train"] for each in fast),
        "certain": min(each["certain"] for each in fast),
        "replayed": REPLAYED,
        "looked": LOOKED,
        "together": float(parting[REPLAYED - 1]),
        "apart": float(parting[-1]),
        "replay": fast[0]["replay"],
    }


def fitted(lab: Lab, rate: float, seed: int) -> Result:
    """2,000 steps at a rate; and how many of the held-out images it was certain of after the first few."""
    run = lab.run(extended(), seed=seed, writes={"learning_rate": rate})
    run.run("step", times=LOOKED)
    run.run("answers")
    certain = float((run.read("all_probabilities").max(axis=1) > CERTAIN).mean())
    found: Result = {"certain": certain}
    if rate == RATES[-1]:
        found |= {"replay": run.record(program="step", times=REPLAYED, series=["loss.history"])}
    run.run("step", times=2000 - LOOKED)
    run.run("evaluate")
    accuracies = {name: float(run.read(f"{name}_accuracy")) for name in ("train", "test")}
    return {"losses": run.read("loss.history")[:2000], **found, **accuracies}


def apart(losses: np.ndarray, rate: float) -> np.ndarray:
    """How far NumPy's losses in single precision are from those of seed 1, relative, so far."""
    other = numpy_runner(extended(), "float32", load_data)
    for name, value in (("learning_rate", rate), ("seed", 1)):
        other.write(name, value)
    other.run("init")
    other.run("step", times=LOOKED)
    there = other.read("loss.history")[:LOOKED]
    return np.maximum.accumulate(np.abs(there - losses[:LOOKED]) / np.maximum(losses[:LOOKED], 1.0))


@figure(
    rates,
    alt="The loss over 2,000 steps for five learning rates: the two largest rise far above ln 10 first and end lowest.",
    replay="rates",
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
