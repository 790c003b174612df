"""How far a batch of work is, and about how long the rest takes."""

from __future__ import annotations

import pytest

from site_builder.project import progress
from site_builder.project.progress import Progress, duration


def said(expected: list[float | None], passed: list[float], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said when the pieces are done in order, at these times since the beginning."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    sentences: list[str] = []
    batch = Progress("Computed", expected, sentences.append)
    for index, seconds in enumerate(passed):
        now[0] = seconds
        batch.done(index, f"piece {index}")
    return sentences


def test_the_rest_takes_as_long_as_the_last_time_at_the_speed_of_this_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said([10.0, 20.0, 70.0], [20.0, 60.0, 200.0], monkeypatch) == [
        "Computed piece 0, 1 of 3, about 3 min left",
        "Computed piece 1, 2 of 3, about 2 min left",
        "Computed piece 2, 3 of 3",
    ]


def test_what_is_not_known_counts_as_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said([None, None, None], [15.0, 30.0, 45.0], monkeypatch)[0].endswith("1 of 3, about 30 s left")
    assert said([20.0, None, 20.0], [10.0, 20.0, 30.0], monkeypatch)[0].endswith("about 20 s left")


def test_a_few_seconds_are_not_worth_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said([1.0, 1.0], [1.0, 2.0], monkeypatch) == ["Computed piece 0, 1 of 2", "Computed piece 1, 2 of 2"]


def test_durations() -> None:
    assert [duration(seconds) for seconds in (10.4, 89.0, 91.0, 600.0)] == ["10 s", "89 s", "2 min", "10 min"]
