"""Half precision, where a model asks for it and the device has it: near to f32, and without the feature f32 to the bit.

How near each kernel comes is in kernels/; what browsers do is in tests/browser/test_half.py.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from site_builder.plan import lower
from site_builder.plan.kernels import HALF, load
from tests.missing import missing
from tests.zoo import ZOO
from tests.zoo.entry import STEPS, start

from .conftest import Dispatch, Job

ROOT = Path(__file__).resolve().parents[2]


def test_all_who_know_features_know_the_same() -> None:
    from site_builder.run.device import FEATURES

    schema = json.loads((ROOT / "site_builder" / "plan" / "schema.json").read_text())
    variant = schema["properties"]["kernels"]["items"]["properties"]["variants"]["items"]["properties"]
    in_pages = re.search(r"OPTIONAL = \{(.*)\}", (ROOT / "demos" / "runtime" / "common" / "check.js").read_text())
    files = [file for file in (ROOT / "shaders").glob("*/*_*.wgsl") if file.parent.name != "lib"]
    required = {load(str(file.relative_to(ROOT))).requires for file in files}
    assert in_pages is not None
    assert {*variant["feature"]["enum"]} == {*FEATURES} == {*re.findall(r"([a-z0-9-]+)\"?:", in_pages[1])}
    assert {*FEATURES} == required - {None}


def test_a_gpt_learns_as_in_f32(device: Any) -> None:
    from site_builder.run.device import features
    from site_builder.run.on_wgpu import WgpuRunner

    if HALF not in features():
        missing("an adapter with half precision")
    entry = next(entry for entry in ZOO if entry.name == "gpt")
    model = entry.build()
    full = lower(model)
    model.half = True
    half = lower(model)
    curves = []
    for runner in (WgpuRunner(full, ()), WgpuRunner(half, ()), WgpuRunner(half, [HALF])):
        start(entry, runner).run("step", STEPS)
        curves.append(runner.read("loss.history")[:STEPS])
    plain, without, rounded = curves
    np.testing.assert_array_equal(without, plain)  # without the feature, the same kernels
    assert not np.array_equal(rounded, plain)  # with it, others
    # Each of 128 losses is off by some 2^-11, up or down, and so is their mean by a share of that: one in √128.
    np.testing.assert_allclose(rounded, plain, rtol=4 * 2**-11 / 128**0.5)


def test_what_overflows_is_infinite(dispatch: Dispatch) -> None:
    """As IEEE 754 has it, on this adapter: WGSL lets compilers assume that nothing does."""
    kernel = load("shaders/matrix/matmul_half.wgsl")
    for a, b, fits in ((60_000.0, 1.0, True), (70_000.0, 1.0, False), (250.0, 250.0, True), (300.0, 300.0, False)):
        left, right = np.zeros((1, 4), np.float32), np.zeros((4, 4), np.float32)
        left[0, 0], right[0, 0] = a, b
        inputs, outputs = {"a": left, "b": right}, {"y": np.zeros(4, np.float32)}
        y = dispatch(Job(kernel, inputs, outputs, (1, 1, 1), {"ROWS": 1, "COLUMNS": 4, "INNER": 4}))["y"]
        assert y[0] == (pytest.approx(a * b, rel=3 * 2**-11) if fits else np.inf)
