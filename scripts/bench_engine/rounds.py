"""The rounds: each contender in turn on a workload, as often as is asked for and not recorded yet.

In: a workload, names of contenders, a record. Out: entries, recorded when they are there. Nothing is timed before its
results were right, and an engine that fails is an entry, not the end.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime

from site_builder.plan import Plan, lower

from . import contenders, native
from .browser import opened, timed
from .contenders import Contender
from .models import build
from .record import Entry, Record, Run
from .twins import expected
from .workloads import Array, Workload

BUDGET, SAMPLES = 1_000.0, 2  # ms that a sample takes, and samples in each round
TOLERANCE = {"parameters": 1e-2}  # Adam enlarges rounding where a gradient is nearly 0
USUAL_TOLERANCE = 1e-4  # float32 against float64
LONGEST = 160  # characters of a failure


def checked(name: str, errors: dict[str, float]) -> None:
    """The gate. Raises ValueError where an engine computes something else."""
    wrong = {what: error for what, error in errors.items() if not error <= TOLERANCE.get(what, USUAL_TOLERANCE)}
    if wrong:
        raise ValueError(f"{name} is off: {wrong}")


class Rounds:
    """One workload's."""

    def __init__(self, workload: Workload, names: list[str], record: Record, where: str) -> None:
        self._workload, self._record, self._where = workload, record, where
        self._contenders = [each for each in contenders.of(workload) if each.name in names]
        self._commit = commit()
        self._jobs: dict[str, native.Job] = {}
        self._failed: dict[str, str] = {}

    def measured(self, rounds: int) -> Iterator[Entry]:
        """Entries as they are made. Models and what is right are made only where something is missing."""
        missing = [
            (n, each)
            for n in range(rounds)
            for each in self._contenders
            if (self._workload.name, each.name, n) not in self._record.entries
        ]
        if not missing:
            return
        self._plan: Plan = lower(build(self._workload))
        self._right: dict[str, Array] = expected(self._workload)
        for n, contender in missing:
            yield self._entry(n, contender)

    def _entry(self, n: int, contender: Contender) -> Entry:
        when, load = f"{datetime.now():%Y-%m-%d %H:%M}", round(os.getloadavg()[0], 1)
        run = None
        if contender.name not in self._failed:
            try:
                run = self._run(contender)
            except Exception as error:
                self._failed[contender.name] = str(error).strip().splitlines()[0][:LONGEST]
        failed = "" if run else self._failed[contender.name]
        entry = Entry(self._workload.name, contender.name, n, self._where, when, load, self._commit, run, failed)
        self._record.add(entry)
        return entry

    def _run(self, contender: Contender) -> Run:
        if not contender.page:
            return self._here(contender)
        files = contenders.files(contender, self._workload, self._plan, self._right)
        settings = contenders.settings(contender, self._workload)
        given = (contender.page, self._workload, self._right, files, settings, contender.place)
        with opened(*given) as (tab, run):
            checked(contender.name, run.errors)
            return timed(tab, run, BUDGET, SAMPLES)

    def _here(self, contender: Contender) -> Run:
        """In this process, which keeps what it has made for the rounds to come."""
        if contender.name not in self._jobs:
            self._jobs[contender.name] = contenders.job(contender, self._workload, self._plan, self._right)
            checked(contender.name, dict(self._jobs[contender.name].errors))
        job = self._jobs[contender.name]
        times, used = ([*each] for each in zip(*native.timed(job, BUDGET / 2, SAMPLES), strict=True))
        return Run(dict(job.errors), (job.cold, 0.0), note=job.note, times=times, used=used)


def commit() -> str:
    """The checkout's, with a plus where its files differ from it."""
    git = ("git", "describe", "--always", "--dirty=+", "--exclude=*")
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
