"""No kernel's text grows with the number of ways through a graph, and none is as long as the program."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import Plan, lower
from site_builder.plan.places import Places
from tests.steps import Steps, bitonic, gauss_jordan, heat, life, sines

LONGEST = 400  # lines of a kernel: a pair is three lines at most, and a kernel's file has some 20 of its own


def longest(plan: Plan) -> int:
    return max(source.wgsl.count("\n") for source in plan.sources.values())


@pytest.mark.parametrize(
    ("steps", "most"),
    [
        (heat(100), 34),
        (life(50), 50),
        (bitonic(8), 4),
        (bitonic(64), 14),
        (gauss_jordan(7), 6),
        (gauss_jordan(16), 15),
        (sines(10_000), 53),
    ],
    ids=lambda case: f"{case.name}-{case.shape[0]}" if isinstance(case, Steps) else str(case),
)
def test_many_steps_take_kernels_of_bounded_length(steps: Steps, most: int) -> None:
    plan = lower(steps.model())
    assert longest(plan) <= LONGEST
    assert len(plan.programs["step"].steps) <= most


def test_what_a_second_step_reads_twice_it_reads_at_four_places() -> None:
    model = Model("differences")
    x = model.input("x", (9,))
    y = g.exp(x[1:] - x[:-1])
    z = y[1:] - y[:-1]
    places = Places(lambda node: node.op == "read")
    times: dict[str, int] = {}
    names = {node.number: name for name, node in (("x", x), ("y", y), ("z", z))}
    for number, _ in places.pairs(z):
        if number in names:
            times[names[number]] = times.get(names[number], 0) + 1
    assert times == {"x": 4, "y": 2, "z": 1}


@pytest.mark.parametrize(
    ("again", "most"),
    [
        (lambda x, y: g.sin(y) + x, 3),
        (lambda x, y: g.sin(y) * y, 3),
        (lambda x, y: g.exp(y[7 - g.iota(8)]) - y, 60),
        (lambda x, y: y[1:2] + y, 8),
    ],
    ids=["with the first", "squared", "reversed", "broadcast"],
)
def test_ways_without_number_are_never_followed(again: Callable[[Tensor, Tensor], Tensor], most: int) -> None:
    """Of the ways from the last to the first there are up to 2 to the power of 300."""
    model = Model("again")
    x = model.input("x", (8,))

    @model.program
    def step() -> dict[str, Tensor]:
        y = x
        for _ in range(300):
            y = again(x, y)
        return {"y": y}

    plan = lower(model)
    assert longest(plan) <= LONGEST
    assert len(plan.programs["step"].steps) <= most


def test_a_chain_lowers_where_little_of_pythons_stack_is_left() -> None:
    model = sines(1000).model()
    lower(heat(1).model())  # what is imported or read once is
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 800)
    try:
        lower(model)
    finally:
        sys.setrecursionlimit(limit)
