"""The work that runs in other processes: an experiment, or the drawing of a figure.

In: small picklable descriptions. Out: bytes for the cache and what was read to make them; or a FigureError with the
author's file and line. It does not know the cache.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from site_builder.errors import FigureError
from site_builder.project.author import importing, load_module, located
from site_builder.project.imports import relative
from site_builder.record.provenance import Dependencies, observed
from site_builder.record.records import to_json


@dataclass(frozen=True)
class Outcome:
    """What a job made."""

    result: bytes
    dependencies: Dependencies
    seconds: float


@dataclass(frozen=True)
class ExperimentJob:
    """Run one experiment of a post. Its result is what `results.pack` makes of what it returns, as JSON."""

    root: Path
    file: Path
    name: str
    line: int
    runner: str

    def __call__(self) -> Outcome:
        from site_builder.figures.lab import Lab
        from site_builder.figures.results import pack

        what = f"the experiment {self.name}"
        with (
            importing(self.root),
            located(self.root, self.file, what, FigureError),
            observed(self.root, self.file) as reads,
        ):
            started = time.perf_counter()
            experiment = getattr(load_module(self.root, self.file), self.name)
            lab = Lab(self.runner)
            returned = experiment(lab)
            with _of(relative(self.root, self.file), self.line):
                result = pack(returned, lab.record, lab.plans)
        dependencies = Dependencies(lab.kernels, reads.data, reads.files)
        return Outcome(to_json(result).encode(), dependencies, time.perf_counter() - started)


@dataclass(frozen=True)
class DrawingJob:
    """Draw one figure, for the page and for phones. Its result is JSON: {"svg", "svg_narrow", "width"}."""

    root: Path
    file: Path
    function: str
    name: str
    line: int
    alt: str
    results: tuple[str, ...]  # packed, as JSON

    def __call__(self) -> Outcome:
        from site_builder.figures.results import unpack

        what = f"the figure {self.name}"
        with (
            importing(self.root),
            located(self.root, self.file, what, FigureError),
            observed(self.root, self.file) as reads,
        ):
            started = time.perf_counter()
            from matplotlib.figure import Figure

            from site_builder.figures import theme

            draw = getattr(load_module(self.root, self.file), self.function)
            drawn = {}
            for narrow in (False, True):
                with theme.styled(narrow):
                    fig = draw(*(unpack(json.loads(result)) for result in self.results))
                    with _of(relative(self.root, self.file), self.line):
                        if not isinstance(fig, Figure):
                            raise FigureError(f"{what} returned {type(fig).__name__}, expected a matplotlib Figure")
                        drawn[narrow] = theme.render(fig, self.name, self.alt)
            result = {"svg": drawn[False].svg, "svg_narrow": drawn[True].svg, "width": drawn[False].width}
        dependencies = Dependencies((), reads.data, reads.files)
        return Outcome(to_json(result).encode(), dependencies, time.perf_counter() - started)


class _of:
    """Gives an error about a whole function the place where the function begins."""

    def __init__(self, file: str, line: int) -> None:
        self.file = file
        self.line = line

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FigureError) and error.file is None:
            raise FigureError(error.message, self.file, self.line, error.hint) from error
