"""ONNX's node tests in NumPy and on wgpu: what others ask of an op, our words give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from site_builder.plan import lower
from site_builder.run import numpy_runner, wgpu_runner
from tests.onnx import TOLERANCE, TYPES, WORDS, apart, computed, left_out, run_tests
from tests.onnx.node import model_of
from tests.onnx.suite import Array, NodeTest, node_tests

Found = dict[str, Mapping[str, Array]]


@pytest.fixture(scope="module")
def found(device: Any) -> Found:
    """What each runner gives."""
    model, given = model_of(run_tests(), WORDS)
    runners = {"NumPy": numpy_runner(model), "wgpu": wgpu_runner(lower(model))}
    return {name: computed(runner, given, run_tests()) for name, runner in runners.items()}


@pytest.mark.parametrize("runner", ["NumPy", "wgpu"])
@pytest.mark.parametrize("test", run_tests(), ids=str)
def test_it_gives_what_onnx_asks_for(found: Found, test: NodeTest, runner: str) -> None:
    assert apart(test, found[runner]) <= TOLERANCE


def test_what_is_left_out_would_not_pass() -> None:
    known = [test for test in node_tests() if test.name in left_out() and test.op in WORDS and not _converted(test)]
    assert [test.name for test in known if _passes(test)] == []


def test_most_are_run() -> None:
    assert len(run_tests()) >= 786


def test_each_has_a_word_or_a_reason() -> None:
    assert {test.op for test in run_tests()} <= WORDS.keys()


def _converted(test: NodeTest) -> bool:
    """Whether it is of types that we have only by converting."""
    return any(array is not None and str(array.dtype) in TYPES for array in (*test.inputs, *test.outputs))


def _passes(test: NodeTest) -> bool:
    try:
        model, given = model_of([test], WORDS)
        return apart(test, computed(numpy_runner(model), given, [test])) <= TOLERANCE
    except Exception:  # whatever it is that our words do not have
        return False
