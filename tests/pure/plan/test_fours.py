"""Which maps are computed four elements at once, and what their text is then."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.plan.plan import ShaderSource


def plan_of(build: Callable[..., Tensor], *shapes: tuple[int, ...]) -> Plan:
    model = Model("fours")
    inputs = [model.input(f"x{n}", shape) for n, shape in enumerate(shapes)]

    def run() -> Mapping[str, Tensor]:
        return {"y": build(*inputs)}

    model.program(run)
    return lower(model)


def source_of(plan: Plan, program: str = "run") -> ShaderSource:
    """The text of the last dispatch."""
    return plan.sources[plan.kernels[plan.programs[program].steps[-1].kernel].source]


def body_of(plan: Plan) -> list[str]:
    lines = source_of(plan).wgsl.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("fn store_y"))
    return [line.strip() for line in lines[start + 1 : lines.index("}", start)]]


SAID: dict[str, tuple[Callable[..., Tensor], tuple[tuple[int, ...], ...]]] = {
    "the same places": (lambda a, b: a * b, ((64, 16), (64, 16))),
    "a row for all": (lambda a, b: a * b, ((64, 16), (16,))),
    "a number a row": (lambda a, b: a * b, ((64, 16), (64, 1))),
    "one number": (lambda a, b: a * b, ((64, 16), ())),
    "rows with others between them": (lambda a: g.transpose(a, (1, 0, 2)) * 2, ((8, 16, 8),)),
    "the middle of rows": (lambda a: a[:, 4:20] * 2, ((64, 24),)),
    "rows with zeros": (lambda a: g.pad(a, [(1, 1), (4, 0)]), ((64, 16),)),
    "side by side": (lambda a, b: g.concatenate([a, b], 1), ((64, 16), (64, 4))),
    "one below the other": (lambda a, b: g.concatenate([a, b]), ((64, 16), (1, 16))),
    "counted": (lambda a: a + g.cast(g.iota(64, 16), "f32"), ((64, 16),)),
}
UNSAID: dict[str, tuple[Callable[..., Tensor], tuple[tuple[int, ...], ...]]] = {
    "short": (lambda a: a * 2, ((1020,),)),
    "no multiple of four": (lambda a: a * 2, ((1025,),)),
    "a multiple of two": (lambda a: a * 2, ((1026,),)),
    "rows of odd length": (lambda a, b: a * b, ((64, 18), (18,))),
    "a number for rows of odd length": (lambda a, b: a * b, ((64, 18), (64, 1))),
    "a matrix turned": (lambda a: g.transpose(a) * 2, ((64, 16),)),
    "an odd start": (lambda a: a[:, 3:19] * 2, ((64, 24),)),
    "odd rows": (lambda a: a[:, :16] * 2, ((64, 26),)),
    "an odd margin": (lambda a: g.pad(a, [(0, 0), (3, 1)]), ((64, 16),)),
    "odd parts": (lambda a, b: g.concatenate([a, b], 1), ((64, 15), (64, 5))),
    "filled": (lambda a: g.broadcast(a * 2, (64, 16)), ((),)),
    "drawn": (lambda a: a + g.normal((64, 16), 3), ((64, 16),)),
}


@pytest.mark.parametrize("name", SAID)
def test_what_can_be_said_of_four_at_once(name: str) -> None:
    plan = plan_of(SAID[name][0], *SAID[name][1])
    (step,) = plan.programs["run"].steps
    assert source_of(plan).file == "shaders/elementwise/map_vec4.wgsl"
    count = plan.kernels[step.kernel].constants["COUNT"]
    assert step.workgroups == (-(-count // 256), 1, 1)


@pytest.mark.parametrize("name", UNSAID)
def test_what_is_computed_one_by_one(name: str) -> None:
    assert source_of(plan_of(UNSAID[name][0], *UNSAID[name][1])).file == "shaders/elementwise/map.wgsl"


def test_operands_are_as_wide_as_what_they_meet() -> None:
    build = lambda a, b, c, d: g.where(g.less(a, b), g.sigmoid(c) * d, 0.5)  # noqa: E731
    assert body_of(plan_of(build, (64, 16), (16,), (64, 1), ())) == [
        "let t0 = in0[i];",
        "let t1 = i % 4u;",
        "let t2 = in1[t1];",
        "let t3 = select(vec4<f32>(), vec4<f32>(1.0), t0 < t2);",
        "let t4 = i / 4u;",
        "let t5 = in2[t4 / 4u][t4 % 4u];",
        "let t6 = sigmoid(t5);",
        "let t7 = in3[0u];",
        "let t8 = t6 * t7;",
        "let t9 = select(vec4<f32>(0.5), vec4<f32>(t8), t3 != vec4<f32>());",
        "out0[i] = t9;",
    ]


def test_maps_over_odd_parameters_go_in_fours_when_they_are_one() -> None:
    model = Model("merged")
    net, x = model.add("net", nn.Sequential(nn.Linear(30, 33), nn.Linear(33, 7))), model.input("x", (5, 30))

    @model.program
    def step() -> None:
        nn.Adam(0.1).minimise(g.mean(g.square(net(x))), model)

    plan = lower(model)
    update = source_of(plan, "step")
    assert update.file == "shaders/elementwise/map_vec4.wgsl"
    last = plan.programs["step"].steps[-1]
    assert plan.kernels[last.kernel].constants["COUNT"] == 64 * sum(-(-n // 64) for n in (30 * 33, 33, 33 * 7, 7))
