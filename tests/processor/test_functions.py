"""The functions that WebAssembly lacks, over millions of numbers, against float64: as accurate as their file says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.processor.texts import elementwise

Array = np.ndarray[Any, Any]
COUNT = 1_000_000
SPECIAL = np.array(
    [0, -0.0, np.inf, -np.inf, np.nan, -1, 1, 1e-40, -1e-40, 3.4e38, -3.4e38, 88.8, -88, 128, -150], "f4"
)


@dataclass(frozen=True)
class Accuracy:
    """`worst` units in the last place between `low` and `high`, or 1e-7 where results are below `floor`."""

    name: str
    exact: Callable[[Array], Array]
    low: float
    high: float
    worst: float
    logarithmic: bool = False
    floor: float = 0.0

    def __str__(self) -> str:
        return f"{self.name}-{self.low:g}-{self.high:g}"

    def numbers(self) -> Array:
        draw = np.random.default_rng(7)
        if self.logarithmic:
            return np.exp(draw.uniform(np.log(self.low), np.log(self.high), COUNT)).astype(np.float32)
        return draw.uniform(self.low, self.high, COUNT).astype(np.float32)


# What shaders/processor/functions.wgsl says.
CASES = [
    Accuracy("exp", np.exp, -87.3, 88.7, 1.0),
    Accuracy("exp", np.exp, -103.0, -87.3, 1.0),
    Accuracy("exp", np.exp, -1.0, 1.0, 1.0),
    Accuracy("exp2", np.exp2, -126.0, 127.9, 1.0),
    Accuracy("exp2", np.exp2, -149.0, -126.0, 1.0),
    Accuracy("log", np.log, 1e-37, 3e38, 0.9, logarithmic=True),
    Accuracy("log", np.log, 1e-44, 1e-37, 0.9, logarithmic=True),
    Accuracy("log", np.log, 0.5, 2.0, 0.9),
    Accuracy("log2", np.log2, 1e-44, 3e38, 1.4, logarithmic=True),
    Accuracy("log2", np.log2, 0.5, 2.0, 1.4),
    Accuracy("tanh", np.tanh, -10.0, 10.0, 1.4),
    Accuracy("tanh", np.tanh, -0.7, 0.7, 1.4),
    Accuracy("sin", np.sin, -30.0, 30.0, 1.5, floor=1e-3),
    Accuracy("cos", np.cos, -30.0, 30.0, 1.5, floor=1e-3),
    Accuracy("sin", np.sin, -1000.0, 1000.0, 1.5, floor=1e-3),
    Accuracy("cos", np.cos, -1000.0, 1000.0, 1.5, floor=1e-3),
]


def computed(node: Node, name: str, numbers: Array) -> Array:
    plan = elementwise(f"y[i] = {name}(x[i]);", len(numbers))
    runners = OnNode(plan, node), OnWasmtime(plan, node)
    for runner in runners:
        runner.write("x", numbers)
        runner.run("run")
    assert runners[0].read("y").tobytes() == runners[1].read("y").tobytes()
    return runners[0].read("y")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_function_is_as_accurate_as_it_says(node: Node, case: Accuracy) -> None:
    numbers = case.numbers()
    exact = case.exact(numbers.astype(np.float64))
    apart = np.abs(computed(node, case.name, numbers).astype(np.float64) - exact)
    units = apart / np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)
    far = units[np.abs(exact) >= case.floor]
    print(f"{case}: {far.max():.3f} units, {apart.max():.1e}")
    assert far.max() <= case.worst
    assert case.floor == 0 or apart.max() <= 1e-7


@pytest.mark.parametrize("name", ["exp", "exp2", "log", "log2", "tanh", "sin", "cos"])
def test_what_is_special_gives_what_numpy_gives(node: Node, name: str) -> None:
    with np.errstate(all="ignore"):
        right = getattr(np, name)(SPECIAL.astype(np.float64)).astype(np.float32)
    found = computed(node, name, SPECIAL)
    if name in ("sin", "cos"):  # beyond 1,000 nothing is promised but the range
        assert np.all(np.abs(found[np.isfinite(SPECIAL)]) <= 1)
        assert np.all(np.isnan(found[~np.isfinite(SPECIAL)]))
        return
    np.testing.assert_allclose(found, right, rtol=2e-7, atol=1e-45)


def test_whole_powers_of_two_are_exact(node: Node) -> None:
    whole = np.arange(-149, 128, dtype=np.float32)
    powers = np.exp2(whole.astype(np.float64)).astype(np.float32)
    np.testing.assert_array_equal(computed(node, "exp2", whole), powers)
    np.testing.assert_array_equal(computed(node, "log2", powers), whole)
