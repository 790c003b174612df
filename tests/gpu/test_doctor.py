"""What `build-site doctor` says of the adapter, and that what is wrong with a machine does not stop it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from site_builder import cli
from site_builder.doctor import Finding, examine
from site_builder.errors import DeviceError, KernelError
from site_builder.graph import Model
from site_builder.plan import Plan, lower
from site_builder.run import wgpu_runner
from site_builder.selfcheck import selfcheck


def findings(*names: str) -> list[Finding]:
    return [finding for finding in examine(Path.cwd()) if finding.name in names]


def test_limits_are_listed_as_found_and_needed(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "trials", lambda: iter(()))
    (limits,) = findings("limits")
    assert limits.fine
    assert "max-buffer-size " in limits.text
    assert "(needed: 268435456)" in limits.text


def test_an_adapter_that_offers_too_little_is_said_and_refused(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from site_builder.run import device as devices

    monkeypatch.setitem(devices.LIMITS, "max-compute-invocations-per-workgroup", 2**30)
    devices.gpu_device.cache_clear()
    devices.features.cache_clear()
    limits, *_, wgpu = findings("limits", "wgpu")[::-1]
    assert "too small: max-compute-invocations-per-workgroup " in limits.text
    assert "(needed: 1073741824)" in limits.text
    assert wgpu.text.endswith("figures cannot run on it")
    assert not wgpu.fine
    model = Model("any")
    model.program(lambda: {"y": model.seed + 1})
    with pytest.raises(
        DeviceError, match=r"offers too little for plans: max-compute-inv\S+ \d+ \(needed: 1073741824\)"
    ):
        wgpu_runner(lower(model))


def test_a_kernel_that_cannot_be_read_is_a_line_among_others(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(model: Model) -> Plan:
        if "softmax" in model.name:
            raise KernelError("found 'f16', expected f32", "shaders/softmax/softmax.wgsl", 7)
        return lower(model)

    monkeypatch.setattr(selfcheck, "CASES", [c for c in selfcheck.CASES if c.op in ("softmax", "negate", "exp")])
    monkeypatch.setattr(selfcheck, "lower", failing)
    wrong, count = findings("kernel", "kernels")
    assert wrong.text == "shaders/softmax/softmax.wgsl:7: found 'f16', expected f32."
    assert count.text == "1 failures in 2 kernels tried"


def test_a_failure_is_one_line(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = replace(next(selfcheck.trials()), plan=KernelError("the compiler refuses this\n  kernel", "a.wgsl", 1))
    monkeypatch.setattr(selfcheck, "trials", lambda: iter([trial]))
    wrong, _ = findings("kernel", "kernels")
    assert wrong.text == "a.wgsl:1: the compiler refuses this kernel."
    assert wrong.wrong


def test_a_trial_that_cannot_be_read_is_one_line(device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from site_builder.run import device as devices

    def failing() -> frozenset[str]:
        raise KernelError("this kernel ends early", "shaders/device/quads.wgsl", 3)

    monkeypatch.setattr(devices, "features", failing)
    (features,) = findings("features")
    assert features.text == "shaders/device/quads.wgsl:3: this kernel ends early."
    assert features.wrong


def test_wrong_kernels_are_an_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = [Finding("kernel", "a kernel fails", fine=False, wrong=True), Finding("node", "missing", fine=False)]
    monkeypatch.setattr("site_builder.doctor.examine", lambda folder: told)
    assert cli.run(["doctor"]) == 2
    monkeypatch.setattr("site_builder.doctor.examine", lambda folder: told[1:])
    assert cli.run(["doctor"]) == 0
    assert "a kernel fails" in capsys.readouterr().out
