"""What an experiment works with: runs of models on the best runner there is, each of which knows how to be repeated.

In: models, seeds, what the host writes. Out: runs with `write`, `run` and `read`, records of them, and a note of all
kernels that took part. It does not know what an experiment makes of its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from site_builder.data import datasets
from site_builder.errors import FigureError
from site_builder.figures.results import FigureRecord
from site_builder.graph import Model
from site_builder.graph.model import INIT
from site_builder.project.machine import system, versions
from site_builder.record.records import TOLERANCE, Record, exact_list, rounded_list
from site_builder.record.session import Array, Session


class Lab:
    """Handed to every experiment. `runner`: "wgpu" or "processor"; None for wgpu where there is an adapter."""

    def __init__(self, runner: str | None = None) -> None:
        self._runner = runner
        self._runs: list[Run] = []

    def run(
        self,
        model: Model,
        seed: int = 1,
        writes: Mapping[str, Any] | None = None,
        runner: str | None = None,
        diverges: bool = False,
    ) -> Run:
        """A new run of `model`: `writes` and the seed are written, then `init` has run.

        `runner` says "wgpu" or "processor" where that is what the experiment is about, whatever the build computes on.
        `diverges`: its parameters may become NaN or infinite. Else an experiment whose parameters do, or the gradients
        that it keeps, is refused when it records or returns, however good its loss looks: relu of NaN is 0 on GPUs.
        """
        if runner not in (None, "wgpu", "processor"):
            raise FigureError(f'a run is on "wgpu" or on the "processor", found {runner!r}')
        started = Run(Session(model, runner or self._runner, seed, writes or {}), runner is not None, diverges)
        self._runs.append(started)
        return started

    def expect_numbers(self) -> None:
        """GraphError where the parameters of a run are no numbers any more, unless it was said that it diverges."""
        for run in self._runs:
            run.expect_numbers()

    def dataset(self, name: str) -> Array:
        """A data set by the name that models use, such as "digits/images"."""
        return datasets.load(name)

    @property
    def record(self) -> FigureRecord:
        """Where the numbers of all runs so far come from."""
        made = [
            FigureRecord(
                (run.seed,),
                (run.session.adapter,),
                "" if run.chosen else run.session.runner,
                run.session.kernels,
                run.session.versions,
                system(),
            )
            for run in self._runs
        ]
        return FigureRecord.joined(made or [FigureRecord(versions=versions(("numpy",)), system=system())])

    @property
    def kernels(self) -> tuple[str, ...]:
        """The files of all kernels in the plans of all runs so far."""
        return tuple(sorted({file for run in self._runs for file in run.session.kernels}))

    @property
    def runtime(self) -> tuple[str, ...]:
        """Folders of what pages run that took part."""
        return tuple(sorted({folder for run in self._runs for folder in run.session.runtime}))

    @property
    def plans(self) -> dict[str, str]:
        """The plans of all recorded runs, by digest."""
        return {run.session.plan_digest: run.session.plan for run in self._runs if run.recorded}


class Run:
    """One seeded execution, which remembers what was done to it: a record never claims what a replay would not do."""

    def __init__(self, session: Session, chosen: bool, diverges: bool) -> None:
        self.session = session
        self.chosen = chosen  # whether the experiment itself chose the runner
        self.diverges = diverges
        self.seed = session.seed
        self.recorded = False
        self._times: dict[str, int] = {}
        self._written: str | None = None

    def write(self, name: str, array: Any) -> None:
        """Set an input, or any other variable of the model."""
        self._written = name
        self.session.write(name, array)

    def run(self, program: str, times: int = 1) -> None:
        """Run a program `times` times."""
        if program == INIT:
            self.expect_numbers()  # which nobody could see afterwards
        self._times[program] = self._times.get(program, 0) + times
        self.session.run(program, times)

    def read(self, name: str) -> Array:
        """A copy of a variable's value now."""
        return self.session.read(name)

    def record(self, program: str, times: int, series: Sequence[str], tolerance: float = TOLERANCE) -> Record:
        """A record of the first `times` runs of `program`, for the reader to repeat and compare.

        `series` names histories (`model.record`), of which the first `times` entries count, or vectors and scalars as
        they are after exactly `times` runs. `tolerance` is the largest relative difference to be called the same.
        """
        ran = self._times.get(program, 0)
        if self._written is not None:
            hint = "Pass it to lab.run(..., writes={...}), or record before writing"
            raise FigureError(f'"{self._written}" was written during the run, which a replay would not do', hint=hint)
        if ran < times:
            raise FigureError(f'a record of {times} runs of "{program}" was asked for, and it ran {ran} times')
        self.expect_numbers()
        taken = {name: self._series(name, program, times, ran) for name in series}
        self.recorded = True
        return self.session.record(program, times, taken, tolerance)

    def expect_numbers(self) -> None:
        """GraphError where its parameters are no numbers any more, unless it was said that it diverges."""
        if not self.diverges:
            self.session.expect_numbers("If that is what the experiment shows, say lab.run(..., diverges=True)")

    def _series(self, name: str, program: str, times: int, ran: int) -> list[float | int | None]:
        values = self.read(name)
        if not name.endswith(".history"):
            if ran != times:
                hint = f"Record it right after {times} runs"
                raise FigureError(f'"{name}" is known after {ran} runs of "{program}", not after {times}', hint=hint)
            return self._numbers(values)
        if ran > values.size:
            raise FigureError(f'"{name}" remembers {values.size} steps and {ran} were run', hint="Record earlier")
        return self._numbers(values[:times])

    def _numbers(self, values: Array) -> list[float | int | None]:
        """On another GPU they differ in the last digits; on another processor they do not."""
        return exact_list(values) if self.session.runner == "processor" else rounded_list(values.ravel().tolist())
