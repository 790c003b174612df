"""How a run is paced (demos/runtime/run): its first steps are seen, a race is fair, states lie ever further apart."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.node import answer

HERE = Path(__file__).parent
RUN = Path(__file__).resolve().parents[3] / "demos" / "runtime" / "run"
FRAMES = 1000 / 16  # a second


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What Node says."""
    return answer(HERE / "pacing.mjs", RUN.as_uri())


def test_the_first_steps_are_seen_on_the_fastest_machine(told: dict[str, Any]) -> None:
    fast = told["fast"]
    assert fast[0] == 1  # a click is answered at once
    assert max(after - before for before, after in pairwise(fast[: int(FRAMES)])) == 1
    assert 4 <= fast[int(FRAMES)] <= 20
    assert fast[int(8 * FRAMES)] > 10_000


def test_a_slow_rate_is_kept(told: dict[str, Any]) -> None:
    assert told["slow"][int(4 * FRAMES)] in (12, 13)


def test_the_rate_that_is_told_does_not_jump(told: dict[str, Any]) -> None:
    rates = told["rate"][20:]
    assert all(2.5 < rate < 3.5 for rate in rates)


def test_a_race_is_matched(told: dict[str, Any]) -> None:
    """A step of the small model costs 3, one of the large model 10, in operations and in milliseconds."""
    races = told["races"]
    assert races["steps"] == {"small": 600, "large": 600}
    assert races["flops"] == {"small": 2000, "large": 600}
    small, large = races["seconds"]["small"], races["seconds"]["large"]
    assert 3 * small == pytest.approx(10 * large, rel=0.05)


def test_kept_states_lie_ever_further_apart(told: dict[str, Any]) -> None:
    for size in ("small", "large"):
        kept = told[size]
        steps = kept["steps"]
        assert steps[:2] == [0, 1]
        apart = [after / before for before, after in pairwise(steps[1:-1]) if before > 20]
        assert max(apart) < 4 * min(apart)
    assert told["small"]["most"] <= 201
    assert told["large"]["most"] <= 17  # of 2 MB each, one more than there is room for while it is taken
    assert len(told["small"]["steps"]) > 50
    assert told["small"]["near"] == pytest.approx(100_000 / 3, rel=0.15)
    assert told["small"]["cut"] == [step for step in told["small"]["steps"] if step <= 33_333]


def test_states_that_are_too_large_are_not_kept(told: dict[str, Any]) -> None:
    assert not told["huge"]["possible"]
    assert told["huge"]["steps"] == []
