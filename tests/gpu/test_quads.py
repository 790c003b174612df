"""Kernels that lend numbers to their neighbours run only on devices whose quads are neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import device as devices
from site_builder.run.device import features, quads_are_neighbours
from site_builder.run.on_wgpu import WgpuRunner


def test_a_device_with_other_quads_goes_without_them(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if "subgroup" not in device.features:
        pytest.skip("this device has no subgroups")
    assert quads_are_neighbours(device)
    assert "subgroups" in features()
    trial = devices.load(devices.QUADS)
    other = replace(trial, wgsl=trial.wgsl.replace("0u, 1u, 2u, 3u", "0u, 2u, 1u, 3u"))
    assert other != trial
    monkeypatch.setattr(devices, "load", lambda file: other)
    assert not quads_are_neighbours(device)
    features.cache_clear()
    try:
        assert "subgroups" not in features()
        runner = WgpuRunner(lower(product()))
        assert runner._variants == [None] * len(runner._variants)
        x = np.random.default_rng(0).standard_normal((128, 128)).astype(np.float32)
        runner.write("x", x)
        runner.run("run")
        np.testing.assert_allclose(runner.read("y"), x @ x, rtol=1e-3, atol=1e-4)
    finally:
        features.cache_clear()


def product() -> Model:
    model = Model("product")
    x = model.input("x", (128, 128))

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": x @ x}

    return model
