"""Clipping by the norm of all gradients takes one dispatch, however many there are, where they lie in arenas."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.plan import Plan, lower
from site_builder.plan.anchors import table
from site_builder.plan.plan import Step


def deep(optimiser: Any, width: int = 7, **outputs: Any) -> Plan:
    """Twenty parameters, which would take norms of four times six tensors and a norm of these."""
    model = Model("deep")
    x, target = model.data("x", (16, 5)), model.data("target", (16, 3))
    net = model.add("net", nn.MLP([5, *[width] * 9, 3], g.tanh))

    @model.program(counts=True)
    def step() -> Any:
        loss = g.mean(g.square(net(x) - target))
        optimiser.minimise(loss, model)
        model.record("loss", loss)
        return {name: make(model) for name, make in outputs.items()}

    return lower(model)


def norms(plan: Plan) -> list[Step]:
    files = {n: plan.sources[k.source].file for n, k in enumerate(plan.kernels)}
    return [s for s in plan.programs["step"].steps if files[s.kernel] == "shaders/reduce/global_norm.wgsl"]


@pytest.mark.parametrize(("decays", "arenas"), [(nn.everything, 1), (nn.matrices, 2)], ids=["all decay", "as GPT-2"])
def test_clipping_costs_a_dispatch(decays: Any, arenas: int) -> None:
    plain, clipped = (deep(nn.AdamW(0.01, decays=decays, max_norm=most)) for most in (None, 1.0))
    assert len(clipped.programs["step"].steps) == len(plain.programs["step"].steps) + 1
    (norm,) = norms(clipped)
    read = [clipped.buffers[b] for b in norm.bindings[:arenas]]
    assert sum(b.shape[0] for b in read) == 20 * 64, "a gradient takes a multiple of 256 bytes"


def test_nothing_else_lies_where_gradients_do() -> None:
    plan = deep(nn.Adam(0.01, max_norm=1.0))
    (norm,) = norms(plan)
    arena = plan.buffers[norm.bindings[0]].allocation
    there = [n for n, b in enumerate(plan.buffers) if b.allocation == arena]
    assert len(there) == 21, "the arena and its members"
    written = [
        b
        for program in plan.programs.values()
        for step in program.steps
        for b, access in zip(step.bindings, plan.kernels[step.kernel].access, strict=True)
        if access == "read_write" and b in there
    ]
    members = [b for b in there if b != norm.bindings[0]]
    assert sorted(written) == sorted(members), "each once, and nothing the arena as a whole"


def test_what_an_update_writes_as_a_whole_is_normed_a_few_at_a_time() -> None:
    plan = deep(nn.SGD(0.01), size=lambda model: g.global_norm(list(model.parameters.values())))
    assert len(norms(plan)) == 5, "of parameters, between which the update leaves what it likes"


def test_an_arena_that_is_too_long_for_a_loop_is_normed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """15,000 gradients take 118 passes of 128 invocations, and adding up 129."""
    optimiser = nn.Adam(0.01, max_norm=1.0)
    assert len(norms(deep(optimiser, width=40))) == 1
    monkeypatch.setattr(table, "PASSES", 240)
    assert len(norms(deep(optimiser, width=40))) == 5
