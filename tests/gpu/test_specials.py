"""Infinities, and NaN, go through the ops on wgpu as NumPy defines it."""

from __future__ import annotations

from typing import Any

from site_builder.plan import lower
from site_builder.run import wgpu_runner
from tests.specials import INPUTS, model, outputs, wrong


def test_on_wgpu(device: Any) -> None:
    runner, right = wgpu_runner(lower(model())), outputs()
    for name, array in INPUTS.items():
        runner.write(name, array)
    runner.run("run")
    assert wrong({name: runner.read(name) for name in right}, right) == {}
