"""What was measured, a line for each workload, contender and round, in a file that later runs go on with.

In: measurements. Out: those of before. So an hour's work can be done in parts, on one machine or a part of it, and the
tables are written from all parts. It does not know how anything is measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Run:
    """What was seen of one engine on one workload in one process. Times in milliseconds a step."""

    errors: dict[str, float]  # how far its results are off
    cold: tuple[float, float]  # of the first step, with all that comes before it: by the clock, of all processors
    dispatches: float = 0
    shipped: int = 0  # bytes, gzipped
    note: str = ""
    parts: dict[str, float] = field(default_factory=dict)  # of the first step, by their names
    times: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)  # of all processors


@dataclass(frozen=True)
class Entry:
    """One line: whose run, when and where. `failed` says why there is none."""

    workload: str
    contender: str
    round: int
    where: str  # machine and versions
    when: str
    load: float  # how many processes wanted to run
    commit: str
    run: Run | None = None
    failed: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """What no two lines of a file share."""
        return self.workload, self.contender, self.round


class Record:
    """A file of entries, which need not be there yet. A line that was cut off when its run was ended does not count."""

    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text("utf-8").splitlines(keepends=True) if file.exists() else []
        found = [_entry(line) for line in lines if line.endswith("\n")]
        self.entries = {each.key: each for each in found}
        if len(found) < len(lines):
            self._write()

    def add(self, entry: Entry) -> None:
        """Keep it, on disk as well."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(_line(entry))
        self.entries[entry.key] = entry

    def forget(self, workloads: Iterable[str], contenders: Iterable[str]) -> None:
        """Leave out what is to be measured anew."""
        of, whose = {*workloads}, {*contenders}
        kept = [each for each in self.entries.values() if each.workload not in of or each.contender not in whose]
        self.entries = {each.key: each for each in kept}
        self._write()

    def of(self, workload: str, contender: str) -> list[Entry]:
        """By rounds."""
        found = (each for each in self.entries.values() if (each.workload, each.contender) == (workload, contender))
        return sorted(found, key=lambda each: each.round)

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        part.write_text("".join(map(_line, self.entries.values())), "utf-8")
        part.replace(self._file)


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False) + "\n"


def _entry(line: str) -> Entry:
    document = json.loads(line)
    run = document.pop("run")
    return Entry(**document, run=run and Run(**(run | {"cold": tuple(run["cold"])})))
