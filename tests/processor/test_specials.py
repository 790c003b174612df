"""Infinities, and NaN, go through the ops compiled to WebAssembly as NumPy defines it."""

from __future__ import annotations

import pytest

from site_builder.plan import lower
from tests.processor.engines import Node, OnNode, OnWasmtime, Runner
from tests.specials import INPUTS, model, outputs, wrong


@pytest.mark.parametrize("engine", [OnNode, OnWasmtime])
def test_on_the_processor(node: Node, engine: type[Runner]) -> None:
    runner, right = engine(lower(model()), node), outputs()
    for name, array in INPUTS.items():
        runner.write(name, array)
    runner.run("run")
    assert wrong({name: runner.read(name) for name in right}, right) == {}
