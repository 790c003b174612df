"""Softmax regression on digits: ten weight images."""

from __future__ import annotations

from typing import Any

import numpy as np

from demos.digits.model import CLASSES, TEST, TRAIN
from demos.digits.model import build as build_digits
from demos.digits.model import inputs as digits_inputs
from site_builder.figures import Lab, canvas, colour, experiment, figure, heatmap, image_grid, panel_label

from .shared import STEPS, Result, extended

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
