"""ONNX's node tests on the processor, in one module: in Node, as the page's worker runs it, and in wasmtime."""

from __future__ import annotations

import numpy as np
import pytest

from site_builder.plan import lower
from tests.onnx import TOLERANCE, WORDS, apart, computed, run_tests
from tests.onnx.node import model_of
from tests.processor.engines import Node, OnNode, OnWasmtime


@pytest.mark.parametrize("op", sorted({test.op for test in run_tests()}))
def test_it_gives_what_onnx_asks_for(node: Node, op: str) -> None:
    tests = [test for test in run_tests() if test.op == op]
    model, given = model_of(tests, WORDS)
    plan = lower(model)
    in_node, in_wasmtime = (computed(runner(plan, node), given, tests) for runner in (OnNode, OnWasmtime))
    assert {test.name: error for test in tests if (error := apart(test, in_node)) > TOLERANCE} == {}
    assert all(np.array_equal(in_node[name], in_wasmtime[name], equal_nan=True) for name in in_node)
