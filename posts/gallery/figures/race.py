"""The section on races: what each contestant has and costs, and the axes before anyone has run."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

from site_builder.figures import Lab, canvas, colour, experiment, figure
from site_builder.plan import counts, lower

CONTESTANTS = {"mlp": ("perceptron", "perceptron_step"), "cnn": ("convolutional", "convolutional_step")}


@experiment
def race(lab: Lab) -> dict[str, Any]:
    """Counted in the model and in its plan: parameters, and floating-point operations of a step."""
    model = import_module("demos.gallery-race.model").build()
    costs = counts(lower(model))
    result: dict[str, Any] = {}
    for name, (prefix, program) in CONTESTANTS.items():
        held = [each.shape for key, each in model.parameters.items() if key.startswith(f"{prefix}.")]
        result[name] = {"parameters": sum(map(math.prod, held)), "flops": costs[program]["flops"]}
    return result | {"ratio": result["cnn"]["flops"] / result["mlp"]["flops"]}


@figure(race, alt="Empty axes: the loss of each batch over the steps, before either model has taken one.")
def demo_gallery_race(_: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.0)
    ax.set(xlim=(0, 20), ylim=(1, 10), yscale="log", xlabel="step", ylabel="loss (nats)")
    for at, (name, shade) in enumerate({"MLP": "cat-1", "CNN": "cat-2"}.items()):
        ax.text(0.98, 0.9 - 0.12 * at, name, color=colour(shade), ha="right", transform=ax.transAxes)
    return fig
