"""ONNX's node tests, run through the words that correspond: a suite that no one here wrote.

suite.py        what the package `onnx` asks of each op
node.py         a node in our words
elementwise.py, views.py, reductions.py, layers.py    the words for each op
left_out.toml   what is not run, and why
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from site_builder.run import Runner
from tests.onnx import elementwise, layers, reductions, views
from tests.onnx.node import Builder
from tests.onnx.suite import Array, NodeTest, node_tests

TOLERANCE = 1e-5  # f32; the suite itself asks for 1e-3
TYPES = ("float16", "bfloat16", "object")  # that we do not have

WORDS: dict[str, Builder] = {**elementwise.WORDS, **views.WORDS, **reductions.WORDS, **layers.WORDS}


@cache
def left_out() -> dict[str, str]:
    """Name of a test -> why it is not run."""
    rows = tomllib.loads(Path(__file__).with_name("left_out.toml").read_text(encoding="utf-8"))["left_out"]
    return {test.name: row["why"] for row in rows for test in node_tests() if _is_meant(row, test)}


def _is_meant(row: Mapping[str, Any], test: NodeTest) -> bool:
    arrays = [array for array in (*test.inputs, *test.outputs) if array is not None]
    return (
        test.op in row.get("ops", ())
        or any(str(array.dtype) in row.get("types", ()) for array in arrays)
        or any(re.search(pattern, test.name) for pattern in row.get("tests", ()))
    )


def run_tests() -> list[NodeTest]:
    """Those that are run."""
    return [test for test in node_tests() if test.name not in left_out()]


def computed(runner: Runner, given: Mapping[str, Array], tests: Iterable[NodeTest]) -> dict[str, Array]:
    """What the programs of these tests give, by the names of their outputs."""
    for name, array in given.items():
        runner.write(name, array)
    found = {}
    for test in tests:
        with np.errstate(all="ignore"):
            runner.run(test.name)
        found |= {name: runner.read(name) for name in outputs_of(test)}
    return found


def outputs_of(test: NodeTest) -> dict[str, Array]:
    """What a test wants, by the name of the output."""
    return {f"{test.name}.y{n}": wanted for n, wanted in enumerate(test.outputs) if wanted is not None}


def apart(test: NodeTest, found: Mapping[str, Array]) -> float:
    """How far what was computed is from what ONNX wants, relative to the largest number of an output."""
    worst = 0.0
    for name, array in outputs_of(test).items():
        given, wanted = found[name].astype(np.float64), array.astype(np.float64)
        assert given.shape == wanted.shape, f"{test.name} gives {given.shape}, not {wanted.shape}"
        same = (given == wanted) | (np.isnan(given) & np.isnan(wanted))
        largest = np.max(np.abs(wanted), where=np.isfinite(wanted), initial=1e-3)
        with np.errstate(invalid="ignore"):
            worst = max(worst, float(np.max(np.where(same, 0.0, np.abs(given - wanted)), initial=0.0) / largest))
    return worst
