"""Ops of more tensors than one dispatch binds, and what an optimiser's update reads, are divided by the lowering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.graph.program import topological
from site_builder.plan import lower
from site_builder.plan.limits import STORAGE_BUFFERS
from site_builder.plan.lower import dispatches_per_run


def model_of(make: Callable[[list[Tensor]], Tensor], count: int) -> Model:
    model = Model("wide")
    parts = [model.input(f"x{n}", (3, 4)) for n in range(count)]

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": make(parts)}

    return model


@pytest.mark.parametrize(
    ("make", "count", "dispatches"),
    [
        (g.concatenate, 6, 1),
        (g.concatenate, 7, 2),
        (g.concatenate, 20, 4),  # 6, 6, 6 and 2, each stored where it stands in the whole
        (g.stack, 100, 18),
        (g.global_norm, 6, 1),
        (g.global_norm, 7, 2),
        (g.global_norm, 40, 9),
    ],
)
def test_the_graph_has_one_op_and_the_plan_as_many_as_it_takes(make: Any, count: int, dispatches: int) -> None:
    model = model_of(make, count)
    nodes = topological(a.value for a in model.programs["run"].assignments)
    (node,) = (x for x in nodes if x.op in ("concatenate", "global_norm"))
    assert len(node.inputs) == count
    plan = lower(model)
    assert dispatches_per_run(plan)["run"] == dispatches
    assert max(len(kernel.access) for kernel in plan.kernels) <= STORAGE_BUFFERS


def trained(rate: Callable[[Model], Any], most: Callable[[Model], Any]) -> Model:
    model = Model("trained")
    x = model.data("x", (16, 5))
    network = model.add("network", nn.MLP([5, *[7] * 9, 3], g.tanh))

    @model.program(counts=True)
    def step() -> None:
        nn.AdamW(rate(model), max_norm=most(model)).minimise(g.mean(g.square(network(x))), model)

    return model


@pytest.mark.parametrize("most", [1.0, "input"])
def test_a_schedule_and_a_clip_cost_an_update_nothing(most: Any) -> None:
    """p, m, v, the gradient, two corrections, the step, the norm and the most that it may be would be nine buffers."""

    def norm(model: Model) -> Any:
        return model.input("most", (), 1.0) if most == "input" else most

    plain = trained(lambda model: 0.1, norm)
    for rate in (
        lambda model: model.input("rate", (), 0.1),
        lambda model: nn.schedules.linear_warmup(model.step, 10),
        lambda model: nn.schedules.warmup_cosine(model.step, 0.1, 5, 20),
    ):
        scheduled = trained(rate, norm)
        assert dispatches_per_run(lower(scheduled))["step"] == dispatches_per_run(lower(plain))["step"]
        assert scheduled.variables.keys() - {"rate"} == plain.variables.keys(), "no state holds what can be computed"
