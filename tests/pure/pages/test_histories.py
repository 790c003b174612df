"""The curves of a run (demos/runtime/run/histories.js): steps where they belong, and nothing lost that stands out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.node import answer

HERE = Path(__file__).parent
HISTORIES = Path(__file__).resolve().parents[3] / "demos" / "runtime" / "run" / "histories.js"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What Node says of three runs."""
    return answer(HERE / "histories.mjs", HISTORIES.as_uri())


def test_what_a_ring_has_lost_is_a_gap(told: dict[str, Any]) -> None:
    (curve,) = told["gap"]
    held = range(200 - 64, 200)
    assert curve["steps"] == [*range(90), 90, *held]
    assert curve["values"] == [*range(90), "none", *held], "else a line would lead over it"


def test_a_long_run_keeps_its_beginning_and_what_stands_out(told: dict[str, Any]) -> None:
    (curve,) = told["long"]
    steps, values = np.array(curve["steps"]), curve["values"]
    assert 1024 < len(steps) <= 2048
    assert np.all(np.diff(steps) > 0)
    assert steps[:256].tolist() == list(range(256))
    assert steps[-1] == 99_999
    assert np.diff(steps).max() < 2 * 100_000 / 500
    at = dict(zip(curve["steps"], values, strict=True))
    assert (at[50_001], at[70_001]) == (1000, -1000)
    assert all(at[step] == pytest.approx(np.sin(step), abs=1e-6) for step in at if step not in (50_001, 70_001))


def test_earlier_runs_are_ghosts(told: dict[str, Any]) -> None:
    def found(state: str) -> list[tuple[list[int], bool]]:
        return [(curve["values"], curve["ghost"]) for curve in told["anew"][state]]

    assert found("two") == [([2, 2, 2, 2], False), ([1, 1, 1], True)]
    assert found("visited") == [([2, 2], False), ([2, 2, 2, 2], True), ([1, 1, 1], True)]
    assert found("left") == found("two")
    assert found("forked") == [([2, 2, 3], False), ([2, 2, 2, 2], True), ([1, 1, 1], True)]
    assert found("cleared") == []
