"""What runners refuse, and that they say so in a sentence: numbers, names, shapes and plans that do not fit."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import wgpu

from site_builder import graph as g
from site_builder import nn
from site_builder.data import load_data
from site_builder.errors import DataError, GraphError, PlanError
from site_builder.figures.lab import Lab
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run.device import gpu_device
from tests.gpu.test_programs import both, mlp
from tests.pure.record.test_divergence import grown


def test_an_index_that_points_nowhere_is_refused(device: Any) -> None:
    model = Model("table")
    table, rows = model.data("table", (5, 2)), model.input("rows", (3,), dtype="u32", bound=5)
    model.program(lambda: {"y": table[rows]})
    for runner in both(model):
        runner.write("rows", [0, 4, 2])
        with pytest.raises(PlanError, match=r"^rows holds whole numbers from 0 to 4, cannot be written with 5"):
            runner.write("rows", [0, 4, 5])


@pytest.mark.parametrize("wrong", [-1, 2**33, 2.5, np.nan, np.inf])
def test_what_is_no_u32_is_refused_whatever_it_is_written_as(device: Any, wrong: float) -> None:
    model = Model("whole")
    rows = model.input("rows", (3,), dtype="u32", bound=5)
    model.program(lambda: {"y": rows + 1})
    for runner in both(model):
        for numbers in ([0, wrong, 2], np.array([0, wrong, 2])):
            with pytest.raises(PlanError, match=r"^rows holds whole numbers from 0 to 4, cannot be written with "):
                runner.write("rows", numbers)
        with pytest.raises(PlanError, match=r"^seed holds whole numbers from 0 to 4294967295, cannot be written with "):
            runner.write("seed", wrong)
        runner.write("rows", [True, False, 2.0])


def test_a_program_before_init_is_refused(device: Any) -> None:
    """Its parameters would be zeros; those that the host or a program has set are not."""
    model = Model("unset")
    net = model.add("net", nn.Linear(3, 2))
    model.program(lambda: {"y": net(g.full((1, 3), 1.0))})
    for runner in both(model):
        runner.write("net.weight", np.ones((3, 2)))
        with pytest.raises(PlanError, match=r"program <lambda> reads net\.bias, which holds zeros.*run\(\"init\"\)"):
            runner.run("<lambda>")
        runner.write("net.bias", np.zeros(2))
        runner.run("<lambda>")
        assert runner.read("y").tolist() == [[3, 3]]
    for runner in both(model):
        runner.run("init")
        runner.run("<lambda>")


def test_a_program_may_set_parameters_itself(device: Any) -> None:
    model = Model("set")
    net = model.add("net", nn.Linear(3, 2, bias=False))

    @model.program
    def begin() -> None:
        model.assign(net.weight, 2.0)

    @model.program
    def use() -> dict[str, Tensor]:
        return {"y": net(g.full((1, 3), 1.0))}

    for runner in both(model):
        with pytest.raises(PlanError, match=r"program use reads net\.weight"):
            runner.run("use")
        runner.run("begin")
        runner.run("use")
        assert runner.read("y").tolist() == [[6, 6]]


def test_a_run_whose_parameters_are_no_numbers_is_refused(device: Any) -> None:
    lab = Lab("wgpu")
    run = lab.run(grown())
    run.run("step", 100)
    lab.expect_numbers()
    run.run("step", 100)
    said = r"size\.value of model growth became an infinity in run 128 of program step, on .*; .* first was multiply\."
    with pytest.raises(GraphError, match=said):
        run.record("step", 200, ["sign.history"])


@pytest.mark.parametrize("wrong", [[[0, 1], [2]], ["a", "b", "c"], [1, "a", None]])
def test_what_is_no_array_of_numbers_is_refused(device: Any, wrong: Any) -> None:
    model = Model("numbers")
    x = model.input("x", (3,))
    model.program(lambda: {"y": x + 1})
    for runner in both(model):
        with pytest.raises(PlanError, match=r"^x is f32\[3\], cannot be written with what is no array of numbers"):
            runner.write("x", wrong)


def test_a_buffer_too_small_for_its_kernel_is_a_sentence(device: Any) -> None:
    from site_builder.run.on_wgpu import WgpuRunner

    model = Model("small")
    x = model.input("x", (1024,))
    model.program(lambda: {"y": x + 1})
    plan = lower(model)
    small = tuple(replace(b, shape=()) if b.name == "y" else b for b in plan.buffers)
    with pytest.raises(PlanError, match=r"^the device refuses program <lambda>: .* size 4 where the shader expects 16"):
        WgpuRunner(replace(plan, buffers=small)).run("<lambda>")


@pytest.mark.parametrize(
    ("source", "shape", "said"),
    [
        ("nowhere/points", (3, 2), '"nowhere/points"'),
        ("moons/points", (3, 2), "moons/points is f32.200, 2."),
    ],
)
def test_data_that_do_not_fit_are_refused_before_anything_is_allocated(
    device: Any, monkeypatch: pytest.MonkeyPatch, source: str, shape: tuple[int, ...], said: str
) -> None:
    from site_builder.run import on_wgpu

    model = Model("data")
    points = model.data("points", shape, source=source)
    model.program(lambda: {"y": points + 1})
    plan = lower(model)
    monkeypatch.setattr(on_wgpu, "gpu_device", object)  # which has no create_buffer
    with pytest.raises(DataError, match=said):
        on_wgpu.WgpuRunner(plan, load=load_data)


def test_unknown_names_and_wrong_shapes_are_refused(device: Any) -> None:
    for runner in both(mlp()):
        with pytest.raises(PlanError, match="no program 'train'"):
            runner.run("train")
        with pytest.raises(PlanError, match="'lr'"):
            runner.write("lr", 1.0)
        with pytest.raises(PlanError, match=r"net.layers.0.bias .*33"):
            runner.write("net.layers.0.bias", np.zeros(32))


@pytest.mark.parametrize(("invocations", "fine"), [(128, True), (129, False)])
def test_no_device_is_asked_for_more_invocations_than_the_compatibility_mode_has(
    device: Any, invocations: int, fine: bool
) -> None:
    """A kernel that wants more than 128 a workgroup fails here, and so in every test."""
    text = f"@compute @workgroup_size({invocations}) fn main() {{}}"
    outcome = nullcontext() if fine else pytest.raises(wgpu.GPUError, match="limit")
    for asked in (device, gpu_device()):
        with outcome:
            asked.create_compute_pipeline(
                layout="auto", compute={"module": asked.create_shader_module(code=text), "entry_point": "main"}
            )
