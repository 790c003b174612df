"""From what posts declare to values and SVGs, computing only what is not in the cache.

In: posts' folders, the cache, the kind of runner. Out: for each post its values and its figures as data. It does not
know pages, Markdown or URLs. When nothing has changed, it imports neither the author's code nor NumPy nor matplotlib.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from site_builder.errors import FigureError
from site_builder.figures.jobs import DrawingJob, ExperimentJob, Outcome
from site_builder.figures.results import FigureRecord, Packed, Scalar
from site_builder.figures.scan import FigureSource, Scan, scan
from site_builder.figures.tokens import TOKENS
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import file_digest, python_files, relative
from site_builder.project.machine import machine, versions
from site_builder.project.paths import find
from site_builder.project.workers import run_all
from site_builder.record.provenance import Derived, engine
from site_builder.record.records import Record

HERE = Path(__file__).parent
COMPUTING = ("lab.py", "results.py", "jobs.py", "scan.py")  # the part of this package that numbers pass through
Notify = Callable[[str], None]


@dataclass(frozen=True)
class Replay:
    """A run that the reader may repeat: its record, and the plan it names."""

    record: Record
    plan: str  # JSON


@dataclass(frozen=True)
class Drawing:
    """A figure as the page needs it. Of the two SVGs the page shows one, by the width of the window."""

    name: str
    svg: str  # class figure-svg only-wide
    svg_narrow: str  # class figure-svg only-narrow, 350 wide
    width: str  # "text" or "page"
    alt: str
    record: FigureRecord
    replay: Replay | None
    file: str
    line: int


@dataclass(frozen=True)
class PostFigures:
    """All that one post's experiments and figures give."""

    values: Mapping[str, Scalar]  # "digits.accuracy" -> 0.96
    figures: Mapping[str, Drawing]  # "digits-loss" -> ...


@dataclass(frozen=True)
class FigureSet:
    """Where and how figures are computed: `runner` is "best" or "numpy"; without an executor, our own processes."""

    root: Path
    cache: Cache
    runner: str = "best"
    executor: Executor | None = None
    notify: Notify = lambda message: None

    def compute(self, folders: Iterable[Path]) -> dict[Path, PostFigures]:
        """Values and figures of each post's folder. Raises FigureError with the author's file and line."""
        return self.make([scan(self.root, folder) for folder in folders])

    def make(self, scans: list[Scan]) -> dict[Path, PostFigures]:
        """The same for posts that have been scanned."""
        results = self._experiments(scans)
        drawn = self._drawings(scans, results)
        return {each.folder: self._post(each, results, drawn) for each in scans}

    def _experiments(self, scans: list[Scan]) -> dict[tuple[Path, str], bytes]:
        """Every experiment's packed result."""
        shared = digest(
            "experiment",
            engine(self.root),
            *(file_digest(HERE / name) for name in COMPUTING),
            json.dumps(versions()),
            machine(self.runner),
        )
        places, jobs = {}, {}
        for each in scans:
            for source in each.experiments:
                base = digest(shared, relative(self.root, source.file), source.name, source.code)
                places[source.file, source.name] = Derived(self.cache, self.root, "experiment", base)
                jobs[source.file, source.name] = ExperimentJob(
                    self.root, source.file, source.name, source.line, self.runner
                )
        return self._made(places, jobs, "Computed")

    def _drawings(self, scans: list[Scan], results: Mapping[tuple[Path, str], bytes]) -> dict[tuple[Path, str], bytes]:
        """Every figure's SVGs."""
        shared = digest(
            "drawing",
            *(file_digest(path) for path in python_files(HERE)),
            file_digest(find(self.root, TOKENS)),
            json.dumps(versions(("numpy", "matplotlib", "pillow"))),
        )
        places, jobs = {}, {}
        for each in scans:
            for source in each.figures:
                inputs = tuple(results[source.file, name] for name in source.experiments)
                base = digest(shared, source.name, source.alt, source.code, *inputs)
                places[source.file, source.name] = Derived(self.cache, self.root, "drawing", base)
                jobs[source.file, source.name] = DrawingJob(
                    self.root, source.file, source.function, source.name, source.line, source.alt, inputs
                )
        return self._made(places, jobs, "Drew")

    def _made(
        self,
        places: Mapping[tuple[Path, str], Derived],
        jobs: Mapping[tuple[Path, str], ExperimentJob] | Mapping[tuple[Path, str], DrawingJob],
        verb: str,
    ) -> dict[tuple[Path, str], bytes]:
        """The cached results, and those of the jobs for what is not cached, which are put there as they come."""
        found = {place: hit[1] for place, derived in places.items() if (hit := derived.find())}
        missing = [place for place in places if place not in found]

        done = count(1)

        def keep(index: int, outcome: Outcome) -> None:
            place = missing[index]
            places[place].store(outcome.read, outcome.result)
            found[place] = outcome.result
            self.notify(f"{verb} {place[1]} ({relative(self.root, place[0])}), {next(done)} of {len(missing)}")

        run_all([jobs[place] for place in missing], self.executor, keep)
        return found

    def _post(
        self, each: Scan, results: Mapping[tuple[Path, str], bytes], drawn: Mapping[tuple[Path, str], bytes]
    ) -> PostFigures:
        packed = {source.name: Packed.read(results[source.file, source.name]) for source in each.experiments}
        values = {path: value for name, head in packed.items() for path, value in head.values(name).items()}
        figures = {}
        for source in each.figures:
            picture = json.loads(drawn[source.file, source.name])
            record = FigureRecord.joined([packed[name].record for name in source.experiments])
            place = relative(self.root, source.file)
            figures[source.name] = Drawing(
                name=source.name,
                alt=source.alt,
                record=record,
                replay=_replay(source, packed, place),
                file=place,
                line=source.line,
                **picture,
            )
        return PostFigures(values, figures)


def _replay(source: FigureSource, packed: Mapping[str, Packed], file: str) -> Replay | None:
    """The record that `replay=` names: by its full path, or the only one of the experiment."""
    if source.replay is None:
        return None
    head = packed[source.replay.partition(".")[0]]
    records = head.records(source.replay.partition(".")[0])
    under = [path for path in records if path == source.replay or path.startswith(source.replay + ".")]
    if len(under) != 1:
        have = ", ".join(records) or "none"
        message = f'replay="{source.replay}" must name one record, and names {len(under)}'
        raise FigureError(message, file, source.line, f"Records of this experiment: {have}")
    record = records[under[0]]
    return Replay(record, head.plans[record.plan])
