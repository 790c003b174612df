"""The demos' plans: right numbers, the same bits in both engines after a training, and small modules."""

from __future__ import annotations

import gzip
import itertools
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder.bundle.node import NodePackages
from site_builder.data import load_data
from site_builder.plan import lower
from site_builder.project.author import importing, load_module
from site_builder.run import Demo
from site_builder.run.on_numpy import NumPyRunner
from site_builder.selfcheck.selfcheck import difference
from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.pure.test_house import ROOT

COMPILER, MODULE = 20_750, 10_000  # bytes, gzipped; no page loads the compiler: modules come from the build
STEPS, TOLERANCE = 200, 1e-3


def demos() -> Iterator[tuple[str, Demo, Mapping[str, Any]]]:
    """Every demo with every combination of its options."""
    with importing(ROOT):
        for file in sorted(ROOT.glob("demos/*/model.py")):
            demo: Demo = load_module(ROOT, file).DEMO
            for chosen in itertools.product(*demo.options.values()):
                yield file.parent.name, demo, dict(zip(demo.options, chosen, strict=True))


# Softmax does not see the bias of keys: its derivative is zero, what is computed is rounding, and Adam steps by it.
ROUNDING = {"reverser.key.bias"}
DEMOS = list(demos())


@pytest.mark.parametrize(("name", "demo", "options"), DEMOS, ids=[f"{name}{[*o.values()]}" for name, _, o in DEMOS])
def test_a_demo_trains_to_the_same_bits(node: Node, name: str, demo: Demo, options: Mapping[str, Any]) -> None:
    with importing(ROOT):
        model = demo.build(**options)
        plan = lower(model)
        inputs = demo.inputs()
    first = node.compiled(plan.to_json()).module.wasm
    node.forget()
    assert node.compiled(plan.to_json()).module.wasm == first
    assert len(gzip.compress(first, 9)) <= MODULE
    runners = OnNode(plan, node), OnWasmtime(plan, node), NumPyRunner(model, "float32", load_data)
    for runner in runners:
        for key, value in {**inputs, "seed": 1}.items():
            runner.write(key, np.asarray(value))
        for program in sorted(model.programs, key=lambda each: (each != "init", not each.endswith("step"))):
            runner.run(program)
    for name, variable in model.variables.items():
        if variable.type.dtype == "f32" and name not in ROUNDING:
            assert difference(runners[0].read(name), runners[2].read(name)) <= TOLERANCE, name
    steps = [program for program in model.programs if program == "step" or program.endswith("_step")]
    for runner in runners[:2]:
        for program in steps:
            runner.run(program, times=STEPS)
    assert runners[0].digest() == runners[1].digest()


def test_the_compiler_is_small(tmp_path: Path) -> None:
    esbuild = NodePackages(ROOT / ".cache").packages() / ".bin" / "esbuild"
    entry = ROOT / "demos" / "runtime" / "compiler" / "compiler.js"
    options = ("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--log-level=error")
    done = subprocess.run([esbuild, entry, *options], capture_output=True, check=True)
    assert len(gzip.compress(done.stdout, 9)) <= COMPILER
