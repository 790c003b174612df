"""What can be looked at inside layers."""

from __future__ import annotations

import numpy as np

from site_builder import graph as g
from site_builder import nn
from site_builder.graph import Model
from site_builder.run import numpy_runner

X = np.random.default_rng(1).standard_normal((5, 3))


def test_what_hidden_layers_of_an_mlp_give_and_its_gradient() -> None:
    model = Model("m")
    x, layer = model.data("x", X.shape), model.add("layer", nn.MLP([3, 4, 2, 1], g.relu))
    model.program(lambda: {"bias_gradient": g.gradients(g.sum(layer(x)), [layer.layers[0].bias])[0]})
    model.probe("<lambda>", "layer.hidden.0", "layer.hidden.1", "layer.hidden.1:grad", "layer.layers.1")
    runner = numpy_runner(model)
    runner.write("x", X)
    runner.run("init")
    runner.run("<lambda>")
    weight = {name: runner.read(f"layer.layers.{name}.weight") for name in (0, 1, 2)}
    first = np.maximum(X @ weight[0] + runner.read("layer.layers.0.bias"), 0)
    second = first @ weight[1] + runner.read("layer.layers.1.bias")
    np.testing.assert_allclose(runner.read("layer.hidden.0"), first, atol=1e-12)
    np.testing.assert_allclose(runner.read("layer.layers.1"), second, atol=1e-12)
    np.testing.assert_allclose(runner.read("layer.hidden.1"), np.maximum(second, 0), atol=1e-12)
    np.testing.assert_allclose(runner.read("layer.hidden.1:grad"), np.tile(weight[2].T, (5, 1)), atol=1e-12)
