"""Orders and choices of chance: each is drawn as often as its probability says; what cannot be is refused."""

from __future__ import annotations

import itertools
import math
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.errors import GraphError
from site_builder.graph import Model, Tensor
from site_builder.run import numpy_runner

RUNS = 6_000
SHARES = np.array([0.1, 0.4, 0.3, 0.2])


def drawn(build: Callable[[], Tensor], runs: int = 1, **inputs: Any) -> list[Any]:
    """What a program that counts draws, run after run."""
    model = Model("chance")
    given = [model.input(name, np.shape(value)) for name, value in inputs.items()]
    model.program(lambda: {"y": build(*given)}, counts=True)
    runner = numpy_runner(model)
    for name, value in inputs.items():
        runner.write(name, value)
    runner.write("seed", 11)
    found = []
    for _ in range(runs):
        runner.run("<lambda>")
        found.append(runner.read("y"))
    return found


def surprise(counts: Sequence[int], probabilities: Sequence[float]) -> float:
    """χ² of the counts, as so many of its standard deviations above its mean: 4 or more about once in 10,000 tests."""
    expected = np.array(probabilities) / sum(probabilities) * sum(counts)
    freedom = len(counts) - 1
    return float(((counts - expected) ** 2 / expected).sum() - freedom) / math.sqrt(2 * freedom)


def counted(found: Sequence[Any], outcomes: Sequence[tuple[int, ...]]) -> list[int]:
    """How often each outcome was found, and nothing else."""
    every = [tuple(y.tolist()) for y in found]
    assert set(every) <= set(outcomes)
    return [every.count(outcome) for outcome in outcomes]


def in_turn(outcome: tuple[int, ...]) -> float:
    """How likely the numbers are drawn one after the other by SHARES, none of them twice."""
    left = [1 - SHARES[list(outcome[:n])].sum() for n in range(len(outcome))]
    return float(np.prod(SHARES[list(outcome)] / left))


def test_every_order_is_as_likely() -> None:
    orders = [*itertools.permutations(range(4))]
    assert abs(surprise(counted(drawn(lambda: g.permutation(4, 1), RUNS), orders), [1] * 24)) < 4


def test_every_pair_is_as_likely_without_replacement() -> None:
    pairs = [*itertools.permutations(range(4), 2)]
    assert abs(surprise(counted(drawn(lambda: g.choice(4, 2, 1, replace=False), RUNS), pairs), [1] * 12)) < 4


def test_pairs_are_as_likely_as_their_weights_say() -> None:
    pairs = [*itertools.permutations(range(4), 2)]
    found = drawn(lambda w: g.choice(4, 2, 1, replace=False, weights=7 * w), RUNS, w=SHARES)
    assert abs(surprise(counted(found, pairs), [in_turn(pair) for pair in pairs])) < 4


@pytest.mark.parametrize("weighted", [False, True])
def test_numbers_come_again_with_replacement(weighted: bool) -> None:
    (found,) = drawn(lambda w: g.choice(4, (RUNS, 2), 1, weights=w if weighted else None), w=SHARES)
    assert found.shape == (RUNS, 2)
    shares = SHARES if weighted else np.full(4, 0.25)
    pairs = [*itertools.product(range(4), repeat=2)]
    assert abs(surprise(counted(found, pairs), [shares[a] * shares[b] for a, b in pairs])) < 4


def test_a_weight_of_0_waits_for_all_others() -> None:
    def build(w: Tensor) -> Tensor:
        return g.choice(3, 3, 1, replace=False, weights=w)

    assert {y[-1] for y in drawn(build, 200, w=[0.5, 0.0, 0.1])} == {1}
    (found,) = drawn(lambda w: g.choice(3, 5_000, 1, weights=w), w=[0.5, 0.0, 0.1])
    assert set(found) == {0, 2}


@pytest.mark.parametrize("p", [0.0, 2.0**-23, 0.3, 1.0])
def test_bernoulli_is_1_as_often_as_p(p: float) -> None:
    (found,) = drawn(lambda: g.bernoulli((1000, 1000), p, 1))
    assert set(np.unique(found)) <= {0, 1}
    assert abs(found.sum() - p * found.size) <= 4 * math.sqrt(found.size * p * (1 - p))


def test_bernoulli_of_a_tensor_takes_each_p() -> None:
    (found,) = drawn(lambda p: g.bernoulli((20_000, 4), p, 1), p=SHARES)
    np.testing.assert_allclose(found.mean(0), SHARES, atol=0.015)


def test_exponential_numbers_lie_as_their_distribution_says() -> None:
    (found,) = drawn(lambda: g.exponential((100_000,), 1, scale=2.0))
    edges = np.array([0, 0.1, 0.5, 1, 2, 3, 5, 8, np.inf])
    assert abs(surprise(np.histogram(found, edges)[0], -np.diff(np.exp(-edges / 2)))) < 4
    assert found.min() >= 0


def test_gumbels_numbers_lie_as_their_distribution_says() -> None:
    (found,) = drawn(lambda: g.gumbel((100_000,), 1))
    edges = np.array([-np.inf, -1, -0.5, 0, 0.5, 1, 2, 4, np.inf])
    assert abs(surprise(np.histogram(found, edges)[0], np.diff(np.exp(-np.exp(-edges))))) < 4


def test_an_epoch_takes_each_row_once_and_in_another_order_than_the_last() -> None:
    """As the docstring shows it."""
    example = textwrap.dedent("\n".join(re.findall(r"^ {8}\S.*", g.permutation.__doc__ or "", re.MULTILINE)))
    model = Model("epochs")

    @model.program(counts=True)
    def step() -> dict[str, Tensor]:
        names: dict[str, Any] = {"g": g, "model": model}
        exec(example, names)
        return {"rows": names["rows"]}

    runner = numpy_runner(model)
    epochs = []
    for _ in range(2):
        rows = []
        for _ in range(10):
            runner.run("step")
            rows.append(runner.read("rows"))
        epochs.append(np.concatenate(rows))
    for epoch in epochs:
        assert sorted(epoch) == [*range(1000)]
    assert (epochs[0] == epochs[1]).sum() < 10
    assert (epochs[0] == np.arange(1000)).sum() < 10


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: g.permutation(0, 1), "permutation: n is a whole number from 1 to 16777216, found 0"),
        (lambda: g.choice(0, 3, 1), "choice: n is a whole number from 1 to 4294967295, found 0"),
        (lambda: g.choice(3, 4, 1, replace=False), "choice: 4 cannot be drawn from 3 without replacement"),
        (lambda: g.choice(3, (2, 2), 1, replace=False), "choice: 4 cannot be drawn from 3 without replacement"),
        (lambda: g.choice(3, 2, 1, weights=g.full((4,), 1.0)), "choice: weights of 3 numbers are f32[3], found f32[4]"),
        (lambda: g.bernoulli((3,), 1.5, 1), "bernoulli: p is at least 0 and at most 1, found 1.5"),
        (lambda: g.bernoulli((3,), g.full((4,), 0.5), 1), "broadcast: f32[4] cannot be broadcast to [3]"),
        (lambda: g.exponential((3,), 1, -1.0), "exponential: a scale is at least 0, found -1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make: Callable[[], Tensor], message: str) -> None:
    with pytest.raises(GraphError, match=rf"^\S*test_choices\.py:\d+: {re.escape(message)}"):
        Model("m").program(lambda: {"y": make()})
