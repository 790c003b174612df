"""The processor's runner has the words and the sentences of every runner, and ends well where it cannot go on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wasmtime

from site_builder import graph as g
from site_builder.data import load_data
from site_builder.errors import DataError, PlanError
from site_builder.graph import Model
from site_builder.modules import PlanModule, compiled
from site_builder.plan import Plan, lower
from site_builder.project.cache import Cache
from site_builder.run import on_processor, processor_runner
from site_builder.run.loading import Loader, no_data
from site_builder.run.on_processor import ProcessorRunner


def sums() -> Plan:
    model = Model("sums")
    x, rate = model.input("x", (2, 3)), model.input("rate", (), initial=0.25)
    which = model.data("which", (3,), "u32", bound=4)
    total = model.state("total", (2, 3))

    @model.program
    def run() -> dict[str, Any]:
        return {"y": x * rate + g.cast(which, "f32")}

    @model.program
    def add() -> dict[str, Any]:
        model.assign(total, total + x)
        return {}

    return lower(model)


@pytest.fixture
def module(tmp_path: Path) -> PlanModule:
    return compiled(sums(), tmp_path, Cache(tmp_path))


def runner(module: PlanModule, load: Loader = no_data) -> ProcessorRunner:
    return ProcessorRunner(sums(), module, load)


def test_it_writes_runs_and_reads(module: PlanModule) -> None:
    made = processor_runner(sums(), module)
    assert made.adapter == "processor"
    made.write("x", [[1, 2, 3], [4, 5, 6]])
    made.write("which", np.array([0, 1, 3]))
    made.run("run")
    assert made.read("y").tolist() == [[0.25, 1.5, 3.75], [1, 2.25, 4.5]], "the rate has its initial value"
    made.run("add", times=3)
    total = made.read("total")
    assert total.tolist() == [[3, 6, 9], [12, 15, 18]]
    made.run("add")
    assert total.tolist() == [[3, 6, 9], [12, 15, 18]], "what was read is a copy"
    made.write("x", np.full((2, 3), 1e300))
    assert np.isposinf(made.read("x")).all(), "what f32 cannot hold is infinite"
    assert made.read("which").dtype == np.uint32
    assert made.read("rate").shape == ()


def test_data_are_loaded_or_refused(tmp_path: Path) -> None:
    model = Model("points")
    points = model.data("points", (200, 2), source="moons/points")

    @model.program
    def run() -> dict[str, Any]:
        return {"y": points + 1}

    plan = lower(model)
    module = compiled(plan, tmp_path, Cache(tmp_path))
    made = ProcessorRunner(plan, module, load_data)
    made.run("run")
    assert np.abs(made.read("y")).max() > 1
    with pytest.raises(DataError, match="'points' is to be filled with moons/points"):
        ProcessorRunner(plan, module)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("lr", 1.0, r"there is no buffer 'lr', only seed, step, x, rate, which, total, y"),
        ("x", np.zeros(6), r"x is f32\[2,3\], cannot be written with shape \[6\]"),
        ("x", [[1, 2], [3]], r"x is f32\[2,3\], cannot be written with what is no array of numbers"),
        ("which", [0, 1, 4], "which holds whole numbers from 0 to 3, cannot be written with 4"),
        ("which", [0, 1, 0.5], "which holds whole numbers from 0 to 3, cannot be written with 0.5"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_written(module: PlanModule, name: str, value: Any, said: str) -> None:
    made = runner(module)
    with pytest.raises(PlanError, match=said):
        made.write(name, value)
    assert made.read("x").tolist() == np.zeros((2, 3)).tolist()


def test_a_module_becomes_machine_code_once(module: PlanModule, monkeypatch: pytest.MonkeyPatch) -> None:
    runner(module)
    monkeypatch.delattr(wasmtime, "Module")
    again = runner(module)
    again.write("x", np.ones((2, 3)))
    again.run("add")
    assert again.read("total").sum() == 6, "with memory of its own"


def test_unknown_names_are_refused(module: PlanModule) -> None:
    with pytest.raises(PlanError, match="there is no program 'train', only init, run, add"):
        runner(module).run("train")
    with pytest.raises(PlanError, match="there is no buffer 'lr'"):
        runner(module).read("lr")


def test_a_program_that_stops_is_a_sentence(module: PlanModule) -> None:
    text = """(module (import "plan" "memory" (memory 1)) (import "plan" "scratch" (global i32))
        (func (export "run") unreachable) (func (export "add") (drop (i32.load (i32.const -8)))))"""
    stopping = dataclasses.replace(module, wasm=bytes(wasmtime.wat2wasm(text)))
    for program, said in {"run": "unreachable", "add": "out of bounds memory access"}.items():
        with pytest.raises(PlanError, match=f"the program {program} of sums stopped: .*{said}") as stopped:
            runner(stopping).run(program)
        assert "\n" not in str(stopped.value)


def test_memory_that_is_not_to_be_had_is_a_sentence(module: PlanModule) -> None:
    with pytest.raises(PlanError, match=r"sums cannot run here: .*memory"):
        runner(dataclasses.replace(module, pages=2**16 + 1))
    with pytest.raises(PlanError, match="sums cannot run here: "):
        runner(dataclasses.replace(module, wasm=b"\0asm"))


def test_neither_threads_nor_relaxed_instructions_are_known() -> None:
    relaxed = "f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)"
    text = f"(module (func (param v128) (result v128) ({relaxed.partition(' ')[0]} {relaxed.partition(' ')[2]})))"
    with pytest.raises(wasmtime.WasmtimeError, match="relaxed SIMD"):
        wasmtime.Module(on_processor.engine(), text)
    with pytest.raises(wasmtime.WasmtimeError, match="threads"):
        wasmtime.Module(on_processor.engine(), "(module (memory 1 1 shared))")
