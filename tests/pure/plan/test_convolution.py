"""What a small convolutional network lowers to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

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
