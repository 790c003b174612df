"""Many models trained together on the processor: as NumPy trains them, the same bits in Node and in wasmtime."""

from __future__ import annotations

import numpy as np
import pytest

from site_builder.plan import lower
from site_builder.run import numpy_runner
from tests.gpu.test_ensembles import KINDS, begun, model_of
from tests.processor.engines import Node, OnNode, OnWasmtime

COUNT, STEPS = 10, 5


@pytest.mark.parametrize("name", KINDS)
def test_models_train_together(node: Node, name: str) -> None:
    kind = KINDS[name]
    model = model_of(kind, COUNT)
    plan, exact = lower(model), begun(numpy_runner(model), kind, 1)
    exact.run("step", STEPS)
    runners = OnNode(plan, node), OnWasmtime(plan, node)
    for runner in runners:
        begun(runner, kind, 1).run("step", STEPS)
        np.testing.assert_allclose(runner.read("losses"), exact.read("losses"), rtol=1e-5)
    assert runners[0].digest() == runners[1].digest()
