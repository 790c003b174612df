"""The benchmark's tables, from a record: medians over rounds, ratios, dashes for what nobody measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench_engine.record import Entry, Record, Run
from scripts.bench_engine.tables import Tables, number
from scripts.bench_engine.workloads import WORKLOADS

NAME = "MLP 2-16-2, batch 64, Adam step"


def run(*times: float, note: str = "") -> Run:
    parts = {"compile": 41.0, "instantiate": 3.0, "step": 1.0}
    return Run({}, (200.0, 350.0), 8, 9_400, note, parts, times=[*times], used=[2 * each for each in times])


@pytest.fixture
def record(tmp_path: Path) -> Record:
    found = Record(tmp_path / "record.jsonl")
    seen = [
        *[("ours", n, run(times)) for n, times in enumerate((0.2, 0.4, 0.3))],
        *[("jax-js", 0, run(6.0)), ("ours, Chromium", 0, run(0.012)), ("jax-js, WebAssembly", 0, run(9.0))],
    ]
    for contender, n, each in seen:
        found.add(Entry("mlp-small", contender, n, "a machine", f"2026-11-29 15:0{n}", n, "abc", each))
    found.add(Entry("mlp-small", "borch", 0, "a machine", "2026-11-29 15:09", 9, "abc", None, "no adapter"))
    return found


def rows(record: Record) -> dict[str, list[str]]:
    """The cells of each line of all tables, by the line's beginning and the table's."""
    found, head = {}, ""
    for line in "\n".join(Tables(record).lines()).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        head = head or cells[0]
        if not line:
            head = ""
        found[f"{head}: {cells[0]}"] = cells[1:]
    return found


def test_summaries_have_medians_ratios_and_dashes(record: Record) -> None:
    found = rows(record)
    times = [cells for name, cells in found.items() if name == f"ms a step, median: {NAME}"]
    assert times == [["0.012", "–", "–", "–", "9.00", "–", "–", "0.30", "–"]]  # the last of two tables of this name
    lines = [*Tables(record).lines()]
    assert f"| {NAME} | 0.30 | 6.00 | **20.00** | – | – | – | – |" in lines
    assert found[f"beside: {NAME}"][:3] == ["8 / 8", "200 / 200", "9.4 / 9.4"]
    cold = found[f"on the processor, cold, Chromium: {NAME}"]
    assert cold[:5] == ["41.0", "3.0", "1.0", "200", "–"]
    assert 1.0 < float(cold[5]) < 4.0  # kilobytes of its module


def test_where_and_when_stands_above(record: Record) -> None:
    first = next(Tables(record).lines())
    assert first.startswith("a machine; 2026-11-29 15:00 to 2026-11-29 15:09; load average 0.0 to 9.0")
    assert "3 rounds; commit abc." in first


def test_rows_of_a_workload_name_all_that_was_tried(record: Record) -> None:
    lines = [*Tables(record).rows(WORKLOADS["mlp-small"])]
    (ours,) = (line for line in lines if line.startswith("| ours |"))
    assert ours == "| ours | 0.30 (0.20–0.40) | 0.60 | 0.068 | 20.00 | 8 | 200 | 350 | 9.4 |"
    assert "| borch | failed: no adapter |  |  |  |  |  |  |  |" in lines
    assert not any("TensorFlow" in line for line in lines)


def test_small_numbers_keep_two_digits() -> None:
    assert [number(each) for each in (12.345, 0.5, 0.0123, None)] == ["12.35", "0.50", "0.012", "–"]
    assert number(1234.5, 0) == "1234"
