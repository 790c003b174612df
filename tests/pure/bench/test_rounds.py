"""The rounds of the benchmark: in turns, only what is missing, and past an engine that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench_engine import rounds
from scripts.bench_engine.contenders import Contender
from scripts.bench_engine.record import Record, Run
from scripts.bench_engine.rounds import Rounds, checked
from scripts.bench_engine.workloads import WORKLOADS

NAMES = ["ours", "jax-js", "borch"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The contenders that were run, of which borch fails."""
    found: list[str] = []

    def run(_: Rounds, contender: Contender) -> Run:
        found.append(contender.name)
        if contender.name == "borch":
            raise RuntimeError("no adapter\nand more")
        return Run({}, (1.0, 1.0), times=[2.0])

    monkeypatch.setattr(Rounds, "_run", run)
    return found


def test_contenders_take_turns_and_what_fails_is_not_tried_again(asked: list[str], tmp_path: Path) -> None:
    record = Record(tmp_path / "record.jsonl")
    entries = [*Rounds(WORKLOADS["mlp-small"], NAMES, record, "here").measured(2)]
    assert asked == ["ours", "jax-js", "borch", "ours", "jax-js"]
    assert [(each.round, each.contender, each.failed) for each in entries[2:4]] == [
        (0, "borch", "no adapter"),
        (1, "ours", ""),
    ]
    assert len(record.entries) == 6


def test_another_run_measures_what_is_missing(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "record.jsonl"
    [*Rounds(WORKLOADS["mlp-small"], ["ours"], Record(file), "here").measured(1)]
    [*Rounds(WORKLOADS["mlp-small"], ["ours", "jax-js"], Record(file), "here").measured(2)]
    assert asked == ["ours", "jax-js", "ours", "jax-js"]
    monkeypatch.setattr(rounds, "expected", lambda _: pytest.fail("nothing is missing"))
    assert [*Rounds(WORKLOADS["mlp-small"], ["ours", "jax-js"], Record(file), "here").measured(2)] == []


@pytest.mark.parametrize(
    ("errors", "wrong"),
    [({"y": 2e-4}, "y"), ({"losses": 0.0, "parameters": 2e-2}, "parameters"), ({"losses": float("nan")}, "losses")],
)
def test_wrong_results_are_never_timed(errors: dict[str, float], wrong: str) -> None:
    with pytest.raises(ValueError, match=f"jax-js is off: .'{wrong}'"):
        checked("jax-js", errors)
    checked("jax-js", {"y": 9e-5, "parameters": 9e-3})
