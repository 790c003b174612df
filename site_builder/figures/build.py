"""From what posts declare to values and SVGs, drawing only what is not in the cache.

In: posts' folders, and what runs their experiments. Out: for each post its values and its figures as data. It does not
know pages, Markdown or URLs. When nothing has changed, it imports neither the author's code nor NumPy nor matplotlib.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_builder.errors import FigureError
from site_builder.figures.experiments import Experiments, FileAndName, Found
from site_builder.figures.jobs import DrawingJob, Outcome
from site_builder.figures.results import FigureRecord, Packed, Scalar
from site_builder.figures.scan import FigureSource, Scan, scan
from site_builder.figures.tokens import TOKENS
from site_builder.project.cache import digest
from site_builder.project.imports import code_digest, file_digest, python_files, relative
from site_builder.project.machine import versions
from site_builder.project.paths import find
from site_builder.project.progress import Progress
from site_builder.project.workers import run_all
from site_builder.record.provenance import CachedResult
from site_builder.record.records import Record, to_json

if TYPE_CHECKING:
    from site_builder.figures.overlay import CurvePlace

HERE = Path(__file__).parent


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
    places: Mapping[str, CurvePlace]  # "wide", "narrow": where each SVG shows the replay's curve, if it does
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
    """Figures of the results of experiments, drawn in processes of their own."""

    experiments: Experiments

    def compute(self, folders: Iterable[Path]) -> dict[Path, PostFigures]:
        """Values and figures of each post's folder. Raises FigureError with the author's file and line."""
        scans = [scan(self.experiments.root, folder) for folder in folders]
        return self.make(scans, self.experiments.find(scans))

    def make(self, scans: list[Scan], known: Found) -> dict[Path, PostFigures]:
        """The same for posts that have been scanned, with what is known of their experiments."""
        results = self.experiments.complete(known).results
        drawn = self._drawings(scans, results)
        return {each.folder: self._post(each, results, drawn) for each in scans}

    def _drawings(self, scans: list[Scan], results: Mapping[FileAndName, Any]) -> dict[FileAndName, Any]:
        """Every figure's SVGs."""
        root, cache = self.experiments.root, self.experiments.cache
        shared = digest(
            "drawing",
            *(code_digest(path) for path in python_files(HERE)),
            file_digest(find(root, TOKENS)),
            json.dumps(versions(("numpy", "matplotlib", "pillow"))),
        )
        places: dict[FileAndName, CachedResult] = {}
        jobs: dict[FileAndName, DrawingJob] = {}
        for each in scans:
            packed = _packed(each, results)
            for source in each.figures:
                place, inputs = (source.file, source.name), _inputs(source, results)
                key = digest(shared, source.name, source.alt, source.code, source.replay or "", *inputs)
                places[place] = CachedResult(cache, root, "drawing", key)
                jobs[place] = DrawingJob(
                    root,
                    source.file,
                    source.function,
                    source.name,
                    source.line,
                    source.code,
                    source.alt,
                    inputs,
                    _series(source, packed, relative(root, source.file)),
                )
        found = {place: json.loads(hit.result) for place, cached in places.items() if (hit := cached.find())}
        missing = [place for place in places if place not in found]
        progress = Progress("Drew", [None] * len(missing), self.experiments.notify)

        def done(index: int, outcome: Outcome) -> None:
            file, name = missing[index]
            progress.done(index, f"{name} ({relative(root, file)})")
            places[file, name].store(outcome.dependencies, outcome.result)
            found[file, name] = json.loads(outcome.result)

        run_all([jobs[place] for place in missing], done)
        return found

    def _post(self, each: Scan, results: Mapping[FileAndName, Any], drawn: Mapping[FileAndName, Any]) -> PostFigures:
        packed = _packed(each, results)
        figures = {}
        for source in each.figures:
            picture = drawn[source.file, source.name]
            record = FigureRecord.joined([packed[name].record for name in source.experiments])
            place = relative(self.experiments.root, source.file)
            figures[source.name] = Drawing(
                name=source.name,
                alt=source.alt,
                record=record,
                replay=_replay(source, packed, place),
                file=place,
                line=source.line,
                **picture,
            )
        return PostFigures(values_of(each, results), figures)


def values_of(each: Scan, results: Mapping[FileAndName, Any]) -> dict[str, Scalar]:
    """The values of a post's experiments, as far as there are results: {"digits.accuracy": 0.96}."""
    packed = _packed(each, results)
    return {path: value for name, head in packed.items() for path, value in head.values(name).items()}


def wrong_replays(root: Path, each: Scan, results: Mapping[FileAndName, Any]) -> list[FigureError]:
    """An error for each figure whose `replay=` names no one record, as far as there are results."""
    packed = _packed(each, results)
    errors = []
    for source in each.figures:
        if source.replay is not None and source.replay.partition(".")[0] in packed:
            try:
                _replay(source, packed, relative(root, source.file))
            except FigureError as error:
                errors.append(error)
    return errors


def _packed(each: Scan, results: Mapping[FileAndName, Any]) -> dict[str, Packed]:
    return {
        source.name: Packed.read(results[source.file, source.name])
        for source in each.experiments
        if (source.file, source.name) in results
    }


def _inputs(source: FigureSource, results: Mapping[FileAndName, Any]) -> tuple[str, ...]:
    """The results that a figure is drawn from, as JSON."""
    return tuple(to_json(results[source.file, name]) for name in source.experiments)


def _series(source: FigureSource, packed: Mapping[str, Packed], file: str) -> Sequence[float | int | None] | None:
    """The numbers of the first series that the reader may compute again: the one that is drawn."""
    replay = _replay(source, packed, file)
    return next(iter(replay.record.series.values()), None) if replay else None


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
    return Replay(record, head.plan(record.plan))
