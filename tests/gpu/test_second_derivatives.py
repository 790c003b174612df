"""Gradients of gradients through the kernels, beside NumPy in double precision, which is held to PyTorch elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower
from site_builder.run import numpy_runner
from site_builder.run.on_wgpu import WgpuRunner
from tests.penalised import EVERY, filled, penalised

# Relative to the largest of all these gradients. Measured: 4e-6 after a layer norm of nearly equal numbers, 1e-6 else.
TOLERANCE = 2e-5
CONVOLUTIONS = ("convolution", "convolution_input_gradient", "convolution_weight_gradient")


def files(model: Model, program: str) -> set[str]:
    """The kernels that a program may run, by their files."""
    plan = lower(model)
    kernels = [plan.kernels[step.kernel] for step in plan.programs[program].steps]
    return {
        plan.sources[source].file
        for kernel in kernels
        for source in (kernel.source, *(v.source for v in kernel.variants))
    }


@pytest.mark.parametrize("name", EVERY)
def test_a_gradient_of_a_gradient_is_as_defined(device: Any, name: str) -> None:
    model, _, targets = penalised(*EVERY[name], order=2)
    exact, ours = filled(model, numpy_runner(model)), filled(model, WgpuRunner(lower(model)))
    for runner in (exact, ours):
        runner.run("run")
    names = [f"d{n}" for n in range(len(targets))]
    scale = max(np.abs(exact.read(d)).max() for d in names)
    for d in names:
        assert np.abs(exact.read(d) - ours.read(d)).max() <= TOLERANCE * scale


def test_large_convolutions_in_parts(device: Any) -> None:
    """Weights whose gradient is summed in parts, by the kernels of large layers."""

    def build(model: Model, x: Tensor) -> Tensor:
        y = g.gelu(g.convolution(x, model.data("w", (3, 3, 8, 12)), padding="same"))
        return g.mean(g.convolution(y, model.data("v", (2, 2, 12, 8)), 2), (1, 2))

    model, _, targets = penalised(build, (8, 16, 16, 8), order=2)
    assert {f"shaders/convolution/{name}_vec4.wgsl" for name in CONVOLUTIONS} <= files(model, "run")
    exact, ours = filled(model, numpy_runner(model)), filled(model, WgpuRunner(lower(model)))
    for runner in (exact, ours):
        runner.run("run")
    for d in (f"d{n}" for n in range(len(targets))):
        assert np.abs(exact.read(d) - ours.read(d)).max() <= TOLERANCE * np.abs(exact.read(d)).max()


def test_what_a_gradient_is_made_of_is_never_in_half_precision() -> None:
    model = Model("half", half=True)
    x, w, d = model.data("x", (8, 32, 32, 16)), model.data("w", (3, 3, 16, 16)), model.data("d", (8, 30, 30, 16))

    @model.program
    def run() -> dict[str, Tensor]:
        (dx,) = g.gradients(g.sum(g.convolution(x, w) * d), [x])
        return {"dd": g.gradients(g.sum(g.square(dx)), [d])[0]}

    @model.program
    def forward() -> dict[str, Tensor]:
        return {"y": g.convolution(x, w)}

    assert "shaders/convolution/convolution_half.wgsl" in files(model, "forward")
    assert "shaders/convolution/convolution_vec4.wgsl" in files(model, "run")
    assert not any(file.endswith("_half.wgsl") for file in files(model, "run"))
