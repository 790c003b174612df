"""What the benchmark keeps: parts add up, a run that was ended is gone on with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.bench_engine.record import Entry, Record, Run

RUN = Run({"losses": 1e-7}, (200.0, 350.0), 8, 9_400, parts={"compile": 40.0}, times=[0.5, 0.7], used=[0.6, 0.6])
ENTRY = Entry("mlp-small", "ours", 0, "a machine", "2026-11-29 15:00", 0.5, "abc", RUN)


def test_another_run_finds_what_was_recorded(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "record.jsonl"
    failed = replace(ENTRY, contender="borch", run=None, failed="no device – none")
    for entry in (replace(ENTRY, round=1), failed, ENTRY):
        Record(file).add(entry)
    record = Record(file)
    assert record.of("mlp-small", "ours") == [ENTRY, replace(ENTRY, round=1)]
    assert record.of("mlp-small", "borch") == [failed]
    assert record.of("gpt-2", "ours") == []


def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    record = Record(file)
    others = replace(ENTRY, workload="gpt-2"), replace(ENTRY, contender="jax-js")
    for entry in (ENTRY, *others):
        record.add(entry)
    record.forget(["mlp-small"], ["ours"])
    assert [*Record(file).entries.values()] == [*others]


def test_a_line_that_was_cut_off_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    Record(file).add(ENTRY)
    whole = file.read_text("utf-8")
    file.write_text(whole + whole[:50], "utf-8")
    record = Record(file)
    assert [*record.entries.values()] == [ENTRY]
    record.add(replace(ENTRY, round=1))
    assert len(Record(file).entries) == 2
