"""`scan` compiled to WebAssembly: every kind of body computes what NumPy does."""

from __future__ import annotations

import pytest

from site_builder.plan import lower
from site_builder.run.on_numpy import NumPyRunner
from tests.gpu.test_scan import BODIES, built, outputs_agree
from tests.processor.engines import Node, OnWasmtime


@pytest.mark.parametrize("name", BODIES)
def test_it_computes_what_numpy_does(node: Node, name: str) -> None:
    model = built(name)
    outputs_agree(model, OnWasmtime(lower(model), node), NumPyRunner(model))
