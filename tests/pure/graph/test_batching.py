"""What `vmap` makes of every op is what the op gives of each one; and of functions, what they give one after the other."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.graph.batching import BATCHING, NOT_BATCHED
from site_builder.graph.ops import OPS
from site_builder.graph.tensor import make
from site_builder.run import numpy_runner
from site_builder.selfcheck.cases import CASES, Case, model_of, numbers

COUNT = 3
MOST = 6_000  # elements that go into a case here


@pytest.mark.parametrize("op", OPS)
def test_every_op_has_a_rule_or_a_reason(op: str) -> None:
    assert (op in BATCHING) != (op in NOT_BATCHED), "one rule, or a reason for none: graph/batching.py"


def few(op: str) -> list[Case]:
    """Cases of an op that take no time: the first of each set of tags, and the largest."""
    fits = [c for c in CASES if c.op == op and c.inputs and sum(math.prod(i.shape) for i in c.inputs) <= MOST]
    chosen = {case.tags: case for case in reversed(fits)}
    return list({str(case): case for case in (*list(chosen.values())[:6], *fits[-1:], *fits[1:3])}.values())


def sets(count: int) -> Iterator[tuple[bool, ...]]:
    """Which inputs are mapped: all, each alone, and all but each."""
    one = [tuple(n == k for n in range(count)) for k in range(count)]
    yield from dict.fromkeys([(True,) * count, *one, *(tuple(not b for b in o) for o in one if count > 2)])


SETS = [(case, which) for op in OPS for case in few(op) for which in sets(len(case.inputs))]


@pytest.mark.parametrize(("case", "which"), SETS, ids=[f"{c}-{''.join('01'[b] for b in w)}" for c, w in SETS])
def test_op_of_many_is_that_of_each(case: Case, which: tuple[bool, ...]) -> None:
    many = [numbers(case, seed) for seed in range(COUNT)]
    given = [
        np.stack([each[n] for each in many]) if mapped else many[0][n] for n, mapped in enumerate(which)
    ]
    found = outcome(case, which, given)
    for k in range(COUNT):
        alone = numpy_runner(model_of(case))
        for n, mapped in enumerate(which):
            alone.write(f"x{n}", given[n][k] if mapped else given[n])
        alone.run("run")
        exact = alone.read("y")
        scale = max(1.0, float(np.abs(np.where(np.isfinite(exact), exact, 0)).max()))
        np.testing.assert_allclose(found[k], exact, rtol=0, atol=1e-12 * scale)


def outcome(case: Case, which: tuple[bool, ...], given: list[Any]) -> Any:
    model = Model("many")
    inputs = [
        model.input(f"x{n}", x.shape, dtype=case.inputs[n].dtype) for n, x in enumerate(given)
    ]

    @model.program
    def run() -> dict[str, Tensor]:
        return {"y": g.vmap(case.build, tuple(0 if mapped else None for mapped in which))(*inputs)}

    runner = numpy_runner(model)
    for n, x in enumerate(given):
        runner.write(f"x{n}", x)
    runner.run("run")
    return runner.read("y")
