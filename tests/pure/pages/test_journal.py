"""A run's journal (demos/runtime/run/journal.js): the next backend is where the last one was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.node import answer

HERE = Path(__file__).parent
JOURNAL = Path(__file__).resolve().parents[3] / "demos" / "runtime" / "run" / "journal.js"
LENGTH = 5


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What Node says of all orders of so many acts."""
    return answer(HERE / "journal.mjs", JOURNAL.as_uri(), str(LENGTH))


@pytest.mark.parametrize("size", ["small", "large"])
def test_the_run_goes_on_where_it_was(told: dict[str, Any], size: str) -> None:
    assert told[size] == []


def test_a_checkpoint_spares_what_was_before_it(told: dict[str, Any]) -> None:
    small, large = told["kept"]
    assert small == [True, 2 + 3 + 1]  # inputs, state, and the step since
    assert large == [False, 3 + 5 * 2]  # from the beginning; the step since is one with the step before


def test_a_log_without_checkpoints_is_bounded(told: dict[str, Any]) -> None:
    """It is not the same run any more, but it has as many steps and the last of the inputs."""
    long = told["long"]
    assert long["told"] <= 10_000
    assert long["steps"]
    assert long["rate"]
