"""What takes long is said, wherever it runs; what does not is not."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from site_builder.project import saying
from site_builder.project.saying import about, said_if_long
from site_builder.project.workers import run_all


@dataclass(frozen=True)
class Sleep:
    """Sleeps until it has been said, if it is to take long."""

    long: bool

    def __call__(self) -> None:
        with about("the demo sleep"), said_if_long(lambda: f"Sleeping, {self.long}", 0.01 if self.long else 1000.0):
            time.sleep(0.3 if self.long else 0.0)


def test_what_takes_long_elsewhere_is_said_here() -> None:
    said: list[str] = []
    run_all([Sleep(True), Sleep(False)], notify=said.append)
    assert said == ["Sleeping, True for the demo sleep"]


def test_nobody_is_told_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saying, "_listeners", [])
    Sleep(True)()


def test_what_ends_is_no_longer_what_sentences_are_about(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(saying, "_listeners", [said.append])
    with about("a demo"), about("an experiment"):
        pass
    with said_if_long(lambda: "Waiting", 0.01):
        time.sleep(0.3)
    assert said == ["Waiting"]
