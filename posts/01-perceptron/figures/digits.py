"""Softmax regression on digits: ten weight images, five seeds, and what becomes of digits that are shifted."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.digits.model import CLASSES, PIXELS, TEST, TRAIN, inputs
from site_builder.figures import Lab, canvas, colour, experiment, figure, image_grid, ink

from .shared import SEEDS, STEPS, Result, extended

MOVES = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
LONG = 10_000  # steps of the run that is to show whether patience helps
CENTRE = (3, 3)  # upper left of the four central pixels


@experiment
def digits(lab: Lab) -> Result:
    """The run of the page, seed 1."""
    run = lab.run(extended(), seed=1)
    run.run("step", times=STEPS)
    run.run("evaluate")
    losses, weight = run.read("loss.history")[:STEPS], run.read("affine.weight")
    train, test = float(run.read("train_accuracy")), float(run.read("test_accuracy"))
    replay = run.record(program="step", times=STEPS, series=["loss.history"])
    run.run("step", times=LONG - STEPS)
    run.run("evaluate")
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
        "train_accuracy": train,
        "test_accuracy": test,
        "long": LONG,
        "long_train_accuracy": float(run.read("train_accuracy")),
        "long_test_accuracy": float(run.read("test_accuracy")),
        "weights": weight.T.reshape(CLASSES, 8, 8),
        "replay": replay,
    }


@experiment
def repeats(lab: Lab) -> Result:
    """Five seeds: accuracy, the weight image of 0, zeros with a filled middle, and shifted digits."""
    rows = []
    for seed in SEEDS:
        run = lab.run(extended(), seed=seed)
        run.run("step", times=STEPS)
        if seed == SEEDS[0]:
            replay = run.record(program="step", times=STEPS, series=["loss.history"])
        run.run("evaluate")
        moved = []
        for down, right in MOVES.values():
            run.write("arrangement", shifting(down, right))
            run.run("rearranged")
            moved.append(float(run.read("rearranged_accuracy")))
        weight, bias = run.read("affine.weight"), run.read("affine.bias")
        images, truth = run.read("test_images"), run.read("test_labels")
        zeros = images[truth == 0]
        row = {"still": float(run.read("test_accuracy")), **dict(zip(MOVES, moved, strict=True))}
        rows.append(row | zero_shape(weight[:, 0].reshape(8, 8)) | filled(zeros, weight, bias))
    shifted = [row[name] for row in rows for name in MOVES]
    return {
        "seeds": len(rows),
        "accuracies": np.array([[row[name] for name in ("still", *MOVES)] for row in rows]),
        "still_worst": min(row["still"] for row in rows),
        "still_best": max(row["still"] for row in rows),
        "shifted_worst": min(shifted),
        "shifted_best": max(shifted),
        "centre": max(row["centre"] for row in rows),  # the weakest of five holes
        "next_patch": max(row["next_patch"] / -row["centre"] for row in rows),
        "zeros": rows[0]["zeros"],
        "zeros_read": min(row["zeros_read"] for row in rows),
        "filled_read": max(row["filled_read"] for row in rows),
        "filled_elsewhere": min(row["filled_elsewhere"] for row in rows),
        "emptied": min(row["emptied"] for row in rows),
        "replay": replay,
    }


def zero_shape(image: np.ndarray) -> Result:
    """The mean weight of the four central pixels of 0, and the largest magnitude of other two-by-two patches' means."""
    patches = (image[:-1, :-1] + image[1:, :-1] + image[:-1, 1:] + image[1:, 1:]) / 4
    others = np.abs(patches)
    others[2:5, 2:5] = 0  # what overlaps the centre
    return {"centre": float(patches[CENTRE]), "next_patch": float(others.max())}


def filled(zeros: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> Result:
    """How many images of zeros are read as 0: as they are, and with ink in two by two pixels, or none there."""

    def read(images: np.ndarray) -> int:
        return int(((images.reshape(-1, PIXELS) @ weight + bias).argmax(axis=1) == 0).sum())

    def changed(place: tuple[int, int], ink: float) -> int:
        images = zeros.reshape(-1, 8, 8).copy()
        images[:, place[0] : place[0] + 2, place[1] : place[1] + 2] = ink
        return read(images)

    places = [(row, column) for row in range(7) for column in range(7)]
    apart = [place for place in places if max(abs(place[0] - CENTRE[0]), abs(place[1] - CENTRE[1])) > 1]
    return {
        "zeros": len(zeros),
        "zeros_read": read(zeros),
        "filled_read": changed(CENTRE, 1.0),
        "filled_elsewhere": min(changed(place, 1.0) for place in apart),
        "emptied": min(changed(place, 0.0) for place in places),
    }


def shifting(down: int, right: int) -> np.ndarray:
    """[64, 64]: image @ matrix moves it by whole pixels; ink that leaves the frame is lost."""
    matrix = np.zeros((PIXELS, PIXELS), np.float32)
    for row in range(8):
        for column in range(8):
            if 0 <= row + down < 8 and 0 <= column + right < 8:
                matrix[8 * row + column, 8 * (row + down) + column + right] = 1
    return matrix


@figure(
    digits,
    alt="Ten eight-by-eight images of weights, orange where ink speaks for the digit, blue where it speaks against.",
    replay="digits",
)
def weight_images(result: Result) -> Any:
    return image_grid(result["weights"], [str(digit) for digit in range(CLASSES)], columns=5)


@figure(digits, alt="A seven of eight by eight pixels, the drawing that the demo begins with.")
def demo_digits(_: Result) -> Any:
    fig, ax = canvas("text", height=5.5)
    ink(ax, np.reshape(inputs()["drawing"], (8, 8)))
    return fig


@figure(
    repeats,
    alt="Bars of accuracy: high for images as they are, much lower for those shifted by one pixel in any direction.",
    replay="repeats",
)
def shifts(result: Result) -> Any:
    fig, ax = canvas("text", height=2.6)
    each = result["accuracies"]
    means, low, high = each.mean(axis=0), each.min(axis=0), each.max(axis=0)
    tones = [colour("cat-1")] + [colour("cat-2")] * 4
    ax.bar(range(5), means, color=tones, width=0.6)
    ax.vlines(range(5), low, high, color=colour("ink"), lw=1.5)
    for place, (mean, top) in enumerate(zip(means, high, strict=True)):
        ax.text(place, top + 0.02, f"{mean:.0%}", ha="center", va="bottom", color=colour("ink"))
    ax.axhline(0.1, color=colour("ink-3"), lw=1, ls=(0, (4, 3)))
    ax.set(xticks=range(5), ylim=(0, 1.12), xlim=(-0.6, 4.6), ylabel="accuracy")
    ax.set_xticklabels(["as it is", "1 left", "1 right", "1 up", "1 down"])
    ax.set_yticks([0, 0.5, 1])
    ax.tick_params(axis="x", length=0)
    return fig
