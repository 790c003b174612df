"""Backpropagation through ten nodes, what nudges say of it, and what the backward pass costs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from demos.backprop import model as backprop
from site_builder import graph as g
from site_builder import nn
from site_builder.figures import canvas, colour, experiment, figure, on_phone
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.run import numpy_runner

NODES = ("x", "w", "b", "t", "u", "z", "h", "y", "e", "L")
WIDE = {
    "w": (44, 55), "x": (44, 255), "b": (186, 38), "u": (186, 165), "z": (306, 110), "h": (440, 110), "y": (548, 185),
    "t": (548, 282), "e": (664, 225), "L": (784, 225),
}  # fmt: skip
NARROW = {
    "w": (40, 44), "x": (40, 200), "b": (118, 36), "u": (122, 136), "z": (222, 100), "h": (312, 100), "y": (285, 190),
    "t": (285, 300), "e": (160, 278), "L": (55, 278),
}  # fmt: skip
EDGES = ("wu", "xu", "uz", "bz", "zh", "hy", "xy", "ye", "te", "eL")
FORMULAS = {"u": "w x", "z": "u + b", "h": "tanh z", "y": "h + x", "e": "y − t", "L": "e²"}


@experiment
def ten(lab: Any) -> dict[str, Any]:
    """The last demo's graph at its default numbers, and central differences over the size of the nudge."""
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
    found["single"]["millionth"] = float(found["single"]["errors"][np.argmin(np.abs(sizes - 1e-6))])
    found["value"] = {node: float(v) for node, v in zip(NODES, values, strict=True)}
    found["gradient"] = {node: float(v) for node, v in zip(NODES, gradients, strict=True)}
    again = lab.run(backprop.build(), seed=1)
    again.run("look")
    found["replay"] = again.record(program="look", times=1, series=["raised", "lowered", "gradients"])
    found["detour"] = found["gradient"]["u"] * found["local"]["xu"]
    return {**found, "sizes": sizes}


@figure(
    ten,
    alt="The graph of ten nodes before the first step: x, w, b and t enter; u is w x, z is u plus b, h is tanh z, y is "
    "h plus x, e is y minus t, and L is e squared. Arrows lead from every node to those that are computed from it.",
)
def demo_backprop(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="page", height=3.2)
    places, box, radius = (NARROW, (350, 336), 18) if on_phone() else (WIDE, (828, 320), 23)
    fig.set_figheight(box[1] / fig.dpi)
    ax.set(xlim=(0, box[0]), ylim=(box[1], 0))
    ax.set_axis_off()
    for start, end in EDGES:
        arrow = {"arrowstyle": "-|>", "color": colour("ink-3"), "linewidth": 1.2, "shrinkA": radius, "shrinkB": radius}
        ax.annotate("", places[end], places[start], arrowprops=arrow)
    for node, (x, y) in places.items():
        title = f"{node} = {FORMULAS[node]}" if node in FORMULAS else node
        above = {"xytext": (0, radius + 6), "textcoords": "offset points", "ha": "center"}
        ax.annotate(title, (x, y), weight="bold", zorder=4, **above)
    x, y = np.array(list(places.values())).T
    ax.scatter(x, y, s=(2 * radius) ** 2, color=colour("paper"), edgecolors=colour("ink-3"), linewidths=1.2, zorder=3)
    return fig


@figure(
    ten,
    alt="Relative error of a central difference over the size of the nudge. In single precision it falls with the "
    "square of the nudge, then rises as the nudge gets smaller; in double precision the same happens much lower down.",
    replay="ten",
)
def nudge_error(result: dict[str, Any]) -> Any:
    fig, ax = canvas(width="text", height=3.2)
    for name, label, shade in (("single", "32 bits, the kernels", "cat-1"), ("double", "64 bits, NumPy", "cat-2")):
        ax.plot(result["sizes"], np.maximum(result[name]["errors"], 1e-13), color=colour(shade), label=label)
    ax.set(xscale="log", yscale="log", xlabel="nudge ε", ylabel="largest relative disagreement", xlim=(1e-9, 1.0))
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
