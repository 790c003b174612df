"""The work that runs in other processes: an experiment, or the drawing of a figure.

In: small picklable descriptions. Out: bytes for the cache and what was read to make them; or a FigureError with the
author's file and line. It does not know the cache.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from site_builder.errors import BuildError, FigureError
from site_builder.figures.scan import code_of
from site_builder.project.author import importing, load_module, located
from site_builder.project.imports import relative
from site_builder.project.saying import about
from site_builder.record.provenance import Dependencies, Reads, observed
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
    code: str  # the digest of what it can reach, as it was found
    runner: str | None

    def __call__(self) -> Outcome:
        from site_builder.figures.lab import Lab
        from site_builder.figures.results import pack

        what = f"the experiment {self.name}"
        with (
            importing(self.root),
            located(self.root, self.file, what, FigureError),
            observed(self.root, self.file) as reads,
            _unchanged(self.root, self.file, self.line, self.name, self.code, reads),
            about(what),
        ):
            started = time.perf_counter()
            experiment = getattr(load_module(self.root, self.file), self.name)
            lab = Lab(self.runner)
            returned = experiment(lab)
            with _placed(relative(self.root, self.file), self.line):
                lab.expect_numbers()
                result = pack(returned, lab.record, lab.plans)
        dependencies = Dependencies(lab.kernels, reads.data, reads.files, lab.runtime)
        return Outcome(to_json(result).encode(), dependencies, time.perf_counter() - started)


@dataclass(frozen=True)
class DrawingJob:
    """Draw one figure, for the page and for phones. Its result is JSON: {"svg", "svg_narrow", "width", "places"}."""

    root: Path
    file: Path
    function: str
    name: str
    line: int
    code: str
    alt: str
    results: tuple[str, ...]  # packed, as JSON
    series: Sequence[float | int | None] | None  # what the reader may compute again

    def __call__(self) -> Outcome:
        from site_builder.figures.results import unpack

        what = f"the figure {self.name}"
        with (
            importing(self.root),
            located(self.root, self.file, what, FigureError),
            observed(self.root, self.file) as reads,
            _unchanged(self.root, self.file, self.line, self.function, self.code, reads),
        ):
            started = time.perf_counter()
            from matplotlib.figure import Figure

            from site_builder.figures import theme
            from site_builder.figures.overlay import place_of

            draw = getattr(load_module(self.root, self.file), self.function)
            drawn, places = {}, {}
            for narrow in (False, True):
                with theme.styled(narrow):
                    fig = draw(*(unpack(json.loads(result)) for result in self.results))
                    with _placed(relative(self.root, self.file), self.line):
                        if not isinstance(fig, Figure):
                            raise FigureError(f"{what} returned {type(fig).__name__}, expected a matplotlib Figure")
                        drawn[narrow] = theme.render(fig, self.name, self.alt)
                    if self.series and (place := place_of(fig, self.series)):
                        places["narrow" if narrow else "wide"] = place
            result = {
                "svg": drawn[False].svg,
                "svg_narrow": drawn[True].svg,
                "width": drawn[False].width,
                "places": places,
            }
        dependencies = Dependencies((), reads.data, reads.files)
        return Outcome(to_json(result).encode(), dependencies, time.perf_counter() - started)


@contextmanager
def _unchanged(root: Path, file: Path, line: int, function: str, code: str, reads: Reads) -> Iterator[None]:
    """FigureError where the code, or a file that is read, changes meanwhile: a result of old and new is nobody's."""

    def refuse(files: Sequence[str]) -> None:
        changed = [relative(root, file)] if code_of(root, file, function) != code else files
        if changed:
            message = f"{', '.join(changed)} changed while {function} ran, so what it gave is not used"
            raise FigureError(message, relative(root, file), line, "Build again")

    refuse([])
    yield
    refuse(reads.changed())


@contextmanager
def _placed(file: str, line: int) -> Iterator[None]:
    """Gives an error about a whole function the place where the function begins."""
    try:
        yield
    except BuildError as error:
        if error.file is not None:
            raise
        raise type(error)(error.message, file, line, error.hint) from error
