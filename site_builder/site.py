"""The site of a project: built when something changed, published in one step.

In: the project's folder. Out: `_site/`, and a `Report` of what happened. Whether anything changed is answered from the
last build's manifest before anything else is imported; what a build consists of is `assembly`'s business.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import PublishError, ResultError
from .inputs import Manifest, Survey, load_manifest, save_manifest, stamps_of_site, survey, with_kept
from .project.cache import FULL, Cache
from .project.paths import CACHE
from .project.progress import Notify
from .publish import publish, recover, sole_build

if TYPE_CHECKING:
    from .assembly.assemble import Assembled
    from .record.compare import Comparison

OUTPUT = "_site"
CACHE_LIMIT = 1_000_000_000  # bytes; what was unused for longest goes first
REKEEP = "Was a driver or a library changed? Delete these results and .cache/build-site and build, to keep new ones"


@dataclass(frozen=True)
class Report:
    """What a build came to. `pages` counts the HTML files of the site."""

    changed: bool
    pages: int
    seconds: float
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def build(project: Path, drafts: bool, notify: Notify, runner: str | None = None) -> Report:
    """Bring `_site/` up to date; `runner` goes before the one that site.toml asks for.

    Raises a BuildError, or an ExceptionGroup of them; the old site is then as it was.
    """
    started = time.perf_counter()
    target, cache = project / OUTPUT, Cache(project / CACHE)
    with _work(cache, notify):
        recover(target)
        file = cache.root / f"manifest{'-drafts' if drafts else ''}{f'-{runner}' if runner else ''}.json"
        last = load_manifest(file)
        seen = survey(project, last.survey if last else None)
        if last is not None and _is_current(last, seen, target):
            if last.survey.stamps != seen.stamps:  # files were touched, not changed: spare the next build reading them
                save_manifest(file, Manifest(seen, last.site, last.warnings, last.notes))
            return _report(False, last, started)
        made = _assemble(project, cache, drafts, notify, runner)
        notify("Publishing")
        publish(made.files, target)
        seen = with_kept(project, seen)
        manifest = Manifest(seen, stamps_of_site(target), made.warnings, made.notes)
        return _report(True, _remembered(file, manifest, cache), started)


def check(project: Path, drafts: bool, notify: Notify, recompute: bool = False, runner: str | None = None) -> Report:
    """Do everything that `build` does except publish.

    With `recompute` every experiment runs anew. Raises ResultError where one gives something else than
    what is kept of it; what is not kept, or was derived from something else, is a warning.
    """
    started = time.perf_counter()
    cache = Cache(project / CACHE)
    with _work(cache, notify):
        compare = _comparison() if recompute else None
        made = _assemble(project, cache, drafts, notify, runner, compare)
    warnings, notes = made.warnings, made.notes
    if compare is not None:
        if compare.wrong:
            raise ResultError(
                "what is computed here is not what is kept:\n  " + "\n  ".join(compare.wrong), hint=REKEEP
            )
        warnings += tuple(f"nothing that fits is kept of {origin}; build-site keeps it." for origin in compare.missing)
        notes += (f"{compare.compared} results were computed anew and are as kept.",)
    count = sum(path.endswith(".html") for path in made.files)
    return Report(True, count, time.perf_counter() - started, warnings, notes)


def _comparison() -> Comparison:
    from .record.compare import Comparison  # only now: a build that compares nothing needs none of it

    return Comparison()


@contextmanager
def _work(cache: Cache, notify: Notify) -> Iterator[None]:
    """One build of a project at a time; a full disk is nobody's defect."""
    try:
        with sole_build(cache.root, lambda: notify("Waiting for another build of this project")):
            yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        message = f"the build could not go on: {error.strerror}; the published site is as it was"
        raise PublishError(message, error.filename) from error


def _remembered(file: Path, manifest: Manifest, cache: Cache) -> Manifest:
    """Note what was built, for the next build. The site is out by now: a full disk only costs that build time."""
    try:
        save_manifest(file, manifest)
        cache.prune(CACHE_LIMIT)
    except OSError as error:
        if error.errno not in FULL:
            raise
        lost = f"the site is published, but what it was built from could not be noted ({error.strerror})"
        return replace(manifest, warnings=(*manifest.warnings, lost))
    return manifest


def _assemble(
    project: Path,
    cache: Cache,
    drafts: bool,
    notify: Notify,
    runner: str | None,
    compare: Comparison | None = None,
) -> Assembled:
    from .assembly.assemble import assemble  # only now: an unchanged site needs none of it

    return assemble(project, cache, drafts, notify, runner, compare)


def _is_current(last: Manifest, seen: Survey, target: Path) -> bool:
    return seen.same_as(last.survey) and target.is_dir() and stamps_of_site(target) == dict(last.site)


def _report(changed: bool, manifest: Manifest, started: float) -> Report:
    count = sum(path.endswith(".html") for path in manifest.site)
    return Report(changed, count, time.perf_counter() - started, manifest.warnings, manifest.notes)
