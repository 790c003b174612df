"""What a small convolutional network lowers to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model, Tensor, parameter
from site_builder.plan import lower


class _Net(nn.Module):
    """Two convolutions with bias, ReLU and pool, then the mean: [32, 8, 8, 1] -> [32, 32]."""

    def __init__(self) -> None:
        self.first = parameter((3, 3, 1, 16), nn.zeros)
        self.second = parameter((3, 3, 16, 32), nn.zeros)
        self.bias = parameter((32,), nn.zeros)

    def __call__(self, x: Tensor) -> Tensor:
        x = g.max_pool(g.relu(g.convolution(x, self.first, padding="same") + 0.1), 2)
        x = g.relu(g.convolution(x, self.second, padding="same") + self.bias)
        return g.mean(x, (1, 2))


def test_bias_and_activation_cost_no_dispatch_and_the_images_get_no_gradient() -> None:
    model = Model("net")
    net, x = model.add("net", _Net()), model.input("x", (32, 8, 8, 1))

    @model.program
    def step() -> None:
        nn.SGD(0.1).minimise(g.mean(g.square(net(x))), model)

    plan = lower(model)
    files = [plan.sources[plan.kernels[s.kernel].source].file for s in plan.programs["step"].steps]
    counts = Counter(Path(file).stem for file in files)
    assert counts["max_pool"] == counts["max_pool_gradient"] == 1  # maxima and where they stand come together
    assert counts["convolution"] == counts["convolution_vec4"] == 1
    assert counts["convolution_weight_gradient"] == counts["convolution_weight_gradient_vec4"] == 1
    assert counts["convolution_input_gradient"] + counts["convolution_input_gradient_vec4"] == 1  # not of the images
    # One map for the gradient of the mean, which goes through the second ReLU, and one for all new parameters.
    assert counts["map_vec4"] == 2


@pytest.mark.parametrize(
    ("inputs", "outputs", "shared"), [(16, 16, [True, True]), (8, 16, [True, False]), (16, 8, [False, True])]
)
def test_quads_are_given_no_fewer_channels_than_they_are_wide(inputs: int, outputs: int, shared: list[bool]) -> None:
    model = Model("channels")
    x, d = model.input("x", (4, 28, 28, inputs)), model.input("d", (4, 28, 28, outputs))
    w = model.input("w", (3, 3, inputs, outputs))

    @model.program
    def run() -> dict[str, Tensor]:
        y = g.convolution(x, w, padding="same")
        return {"y": y, "dx": g.gradients(g.sum(y * d), [x])[0]}

    plan = lower(model)
    kernels = {Path(plan.sources[k.source].file).stem: bool(k.variants) for k in plan.kernels}
    assert [kernels["convolution_vec4"], kernels["convolution_input_gradient_vec4"]] == shared
