"""What posts' experiments give: kept in the project, found in the cache, or computed.

In: scanned posts. Out: for each experiment its packed result, and in the post's folder results/ a file of each. A
result that is kept is used as long as all that it was derived from is the same. It does not know figures or values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from site_builder.figures.jobs import ExperimentJob, Outcome
from site_builder.figures.scan import ExperimentSource, Scan
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import relative
from site_builder.project.paths import RESULTS
from site_builder.project.progress import Notify, Progress
from site_builder.project.workers import run_all
from site_builder.record.compare import Compare
from site_builder.record.kept_results import LIMIT, KeptResult
from site_builder.record.provenance import CachedResult, engine
from site_builder.record.records import to_json

FileAndName = tuple[Path, str]  # an experiment's file and name


@dataclass(frozen=True)
class _Experiment:
    """One experiment, and the two places of its result: the project's, and the cache's, which also holds large ones."""

    job: ExperimentJob
    kept: KeptResult
    cached: CachedResult

    def find(self, cached: bool) -> Any:
        """The result, None where it has to be computed. With `cached` what only the cache has is kept from now on."""
        known = self.kept.find()
        if known is not None and (not cached or self._is_of_runner(known)):
            return known
        hit = self.cached.find() if cached else None
        if hit is None:
            return None
        stored = json.loads(hit.result)
        self.kept.store(hit.dependencies, stored["result"], stored["seconds"])
        return stored["result"]

    def _is_of_runner(self, result: Any) -> bool:
        """Whether it was computed by what was asked for, or by no runner at all."""
        return self.job.runner is None or result["record"]["runner"] in ("", self.job.runner)

    def store(self, outcome: Outcome, result: Any) -> None:
        """Keep what the job gave, in both places."""
        self.kept.store(outcome.dependencies, result, outcome.seconds)
        self.cached.store(outcome.dependencies, to_json({"seconds": outcome.seconds, "result": result}).encode())


@dataclass(frozen=True)
class Found:
    """Experiments of posts, and the packed results of those that are known: all of them, or what is kept."""

    experiments: Mapping[FileAndName, _Experiment]
    results: Mapping[FileAndName, Any]


@dataclass(frozen=True)
class Experiments:
    """Where and how experiments run, in processes of their own.

    `runner`: "wgpu" or "processor", and then what was computed by another counts as absent; None for the best there is,
    and for whatever results are known.

    With `compare` all are computed anew, and what they give is not kept: `compare` gets it, beside what is.
    """

    root: Path
    cache: Cache
    runner: str | None = None
    notify: Notify = lambda message: None
    compare: Compare | None = None

    def find(self, scans: Iterable[Scan]) -> Found:
        """The experiments of posts, with the results that are known without running any."""
        shared = digest("experiment", engine(self.root))
        experiments = {
            (source.file, source.name): self._experiment(each, source, shared)
            for each in scans
            for source in each.experiments
        }
        results = {
            place: result
            for place, one in experiments.items()
            if (result := one.find(self.compare is None)) is not None
        }
        return Found(experiments, results)

    def complete(self, known: Found) -> Found:
        """The same with every result. Raises FigureError with the author's file and line."""
        experiments, found = known.experiments, dict(known.results)
        missing = [place for place in experiments if place not in found or self.compare]
        progress = Progress("Computed", [experiments[place].kept.seconds() for place in missing], self.notify)

        def done(index: int, outcome: Outcome) -> None:
            place = missing[index]
            one, result = experiments[place], json.loads(outcome.result)
            progress.done(index, one.kept.origin)
            if self.compare is None:
                one.store(outcome, result)
            else:
                self.compare(one.kept.origin, found[place]["tree"] if place in found else None, result["tree"])
            found[place] = result

        run_all([experiments[place].job for place in missing], done, self.notify)
        return Found(experiments, found)

    def _experiment(self, each: Scan, source: ExperimentSource, shared: str) -> _Experiment:
        file = relative(self.root, source.file)
        base = digest(shared, file, source.name, source.code)
        return _Experiment(
            ExperimentJob(self.root, source.file, source.name, source.line, source.code, self.runner),
            KeptResult(self.root, each.folder / RESULTS / f"{source.name}.json", f"{source.name} ({file})", base),
            CachedResult(self.cache, self.root, "experiment", digest(base, self.runner or "")),
        )


def unkept_results(root: Path, scans: Iterable[Scan]) -> list[str]:
    """A warning for each experiment whose result is too large to be kept, and for each kept result of no experiment."""
    warnings = []
    for each in scans:
        kept = {path.stem: path for path in sorted((each.folder / RESULTS).glob("*.json"))}
        for source in each.experiments:
            if kept.pop(source.name, None) is None:
                warnings.append(
                    f"{relative(root, source.file)}:{source.line}: the result of {source.name} takes more than "
                    f"{LIMIT:,} bytes, so every clone of the project will compute it. Return fewer numbers."
                )
        warnings += [
            f"{relative(root, path)}: there is no experiment {name}; delete this file." for name, path in kept.items()
        ]
    return warnings
