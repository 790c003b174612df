"""Kernels that differ in numbers alone share a pipeline; what differs becomes parameters, the rest stays constant."""

from __future__ import annotations

import re

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.graph.types import Type
from site_builder.plan import Plan, Step, lower, share
from site_builder.plan.dispatch import Dispatch, Key
from site_builder.plan.fuse import Body, fuse
from site_builder.plan.kernels import Binding, load
from tests.plans import read


def network(*widths: int, batch: int = 64) -> Model:
    model = Model("network")
    net = model.add("net", nn.MLP(widths, g.tanh))
    x = model.input("x", (batch, widths[0]))

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(g.mean(g.square(net(x))), model)

    return model


def products(plan: Plan) -> list[Step]:
    """The products of the forward pass."""
    forward = re.compile(r"matrix/matmul(_vec4)?\.wgsl")
    return [s for s in plan.programs["step"].steps if forward.search(plan.sources[plan.kernels[s.kernel].source].file)]


def test_products_of_several_sizes_share_a_pipeline() -> None:
    plan = lower(network(4, 24, 16, 8, 3))
    steps = products(plan)
    assert len({s.kernel for s in steps[:-1]}) == 1  # the last one has no tanh behind it
    kernel = plan.kernels[steps[0].kernel]
    assert kernel.params == ("COLUMNS", "INNER")
    assert kernel.constants == {"ROWS": 64}
    assert [s.params for s in steps[:-1]] == [(24, 4), (16, 24), (8, 16)]
    wgsl = plan.sources[kernel.source].wgsl
    assert "override COLUMNS" not in wgsl
    assert "params.COLUMNS" in wgsl
    assert "struct Params { COLUMNS: u32, INNER: u32 }" in wgsl
    assert f"@binding({len(kernel.access)}) var<uniform> params: Params;" in wgsl


def test_sizes_of_a_step_are_the_same_whether_shared_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = lower(network(4, 24, 16, 8, 3))
    monkeypatch.setattr(share, "MOST", 0)
    alone = lower(network(4, 24, 16, 8, 3))
    assert not any(kernel.params for kernel in alone.kernels)
    assert len(shared.kernels) < len(alone.kernels)
    for one, other in zip(shared.programs["step"].steps, alone.programs["step"].steps, strict=True):
        sizes = shared.sizes(one)
        assert {name: sizes[name] for name in alone.sizes(other)} == alone.sizes(other)
        assert one.workgroups == other.workgroups


def test_numbers_in_fused_lines_become_parameters() -> None:
    model = Model("slices")
    x = model.input("x", (10, 6))

    @model.program
    def look() -> None:
        for n in range(4):
            model.watch(f"part{n}", g.softmax(x[2 * n : 2 * n + 2]))

    plan = lower(model)
    first, *others = plan.programs["look"].steps
    assert len({s.kernel for s in others}) == 1
    assert [s.params for s in others] == [(12,), (24,), (36,)]  # where each part begins
    assert not first.params  # nothing is added to its index, which is another text


def test_a_kernel_without_kin_keeps_its_constants() -> None:
    plan = lower(network(5, 7))
    assert all(not kernel.params for n, kernel in enumerate(plan.kernels) if n == products(plan)[0].kernel)


def test_a_variant_takes_the_same_parameters_and_workgroups_of_its_own() -> None:
    model = network(128, 256, 192, 64, batch=264)
    model.half = True
    plan = read(lower(model).to_json())
    steps = [s for s in products(plan) if plan.kernels[s.kernel].params]
    assert len(steps) == 2
    assert len({s.kernel for s in steps}) == 1
    kernel = plan.kernels[steps[0].kernel]
    assert len(kernel.variants) == 2
    for source in (kernel.source, *(variant.source for variant in kernel.variants)):
        assert f"struct Params {{ {', '.join(f'{name}: u32' for name in kernel.params)} }}" in plan.sources[source].wgsl
    assert steps[0].variants != steps[1].variants
    assert all(half == s.workgroups != quads for s in steps for half, quads in [s.variants])


def test_a_local_of_the_name_of_a_parameter_stays_itself() -> None:
    key = Key("y", Type((8,)))

    def dispatch(times: int) -> Dispatch:
        lines = (f"let n0 = i * {times}u;", "out0[i] = f32(n0);")
        body = Body(lines, (Binding("out0", "read_write", "f32"),))
        kernel = fuse(load("shaders/elementwise/map.wgsl"), {"load_x": Body(("return 0.0;",)), "store_y": body})
        return Dispatch(kernel, (("COUNT", 8),), (key,), (1, 1, 1))

    one, two = share.share({"p": [dispatch(2), dispatch(3)]})["p"]
    assert one.kernel == two.kernel
    assert (one.params, two.params) == ((("n0", 2),), (("n0", 3),))
    assert "let n0 = i * params.n0;" in one.kernel.wgsl
    assert "out0[i] = f32(n0);" in one.kernel.wgsl


def test_every_line_still_knows_where_it_came_from() -> None:
    plan = lower(network(4, 24, 16, 8, 3))
    for kernel in plan.kernels:
        source = plan.sources[kernel.source]
        assert len(source.origins) == len(source.wgsl.splitlines())
