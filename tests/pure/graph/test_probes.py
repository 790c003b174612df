"""Outputs that probes make, and their names."""

from __future__ import annotations

import numpy as np
import pytest

from site_builder import nn
from site_builder.errors import GraphError
from site_builder.graph import Model

from .test_layers import BATCH, FEATURES, TIME, X, runner_of


def test_a_layer_is_probed_in_two_programs_under_two_names() -> None:
    model = Model("m")
    x = model.data("x", X.shape)
    layer = model.add("layer", nn.Linear(FEATURES, 2))

    @model.program
    def predict() -> None:
        layer(x)

    @model.program
    def shifted() -> None:
        layer(x + 1)

    model.probe("predict", "layer")
    way_out = r'Keep it under another name: model\.probe\("shifted", other="layer"\)'
    with pytest.raises(GraphError, match=rf"test_probes\.py:\d+: model m already has a variable 'layer'\. {way_out}"):
        model.probe("shifted", "layer")
    model.probe("shifted", after="layer", program="layer")
    runner = runner_of(model)
    runner.run("predict")
    runner.run("shifted")
    change = np.broadcast_to(runner.read("layer.weight").sum(0), (BATCH, TIME, 2))
    np.testing.assert_allclose(runner.read("after") - runner.read("layer"), change, atol=1e-12)
    assert (runner.read("program") == runner.read("after")).all()
