"""Whether anything changed since the last build, found in milliseconds.

In: the project's folder and the last build's manifest. Out: a `Survey` of every file that a build may read, and a
verdict. A file counts as unchanged when size and time are the same, or else when its hash is; nothing is imported that
a build needs. It does not know which file matters for what: that is each cache key's business.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .project.cache import digest, write_atomically
from .project.paths import PACKAGE, is_kept

FORMAT = 1
SKIPPED = ("_site", "__pycache__", "node_modules")  # and every name that begins with a dot
RACY = 2_000_000_000  # ns: a file as young as this may change again without its time showing it
Stamp = tuple[int, int, str]  # bytes, time of last change in ns (0: do not trust it), sha256


@dataclass(frozen=True)
class Survey:
    """The stamp of every file, by its path; files of an installed generator begin with "<generator>/"."""

    stamps: Mapping[str, Stamp]
    environment: str  # digest of Python and the installed packages

    def same_as(self, other: Survey) -> bool:
        """Whether nothing that a build may read differs."""
        if self.environment != other.environment or self.stamps.keys() != other.stamps.keys():
            return False
        return all(stamp[2] == other.stamps[path][2] for path, stamp in self.stamps.items())


@dataclass(frozen=True)
class Manifest:
    """What the last build read, what it wrote, and what it had to say."""

    survey: Survey
    site: Mapping[str, tuple[int, int]]  # published files: bytes and time, to notice when somebody changed them
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def survey(project: Path, before: Survey | None) -> Survey:
    """Look at every file. Those whose size and time are as `before` keep the hash they had; the others are read."""
    known = {} if before is None else before.stamps
    now = time.time_ns()
    stamps: dict[str, Stamp] = {}
    for name, path in _files(project):
        try:
            status = path.stat()
            old = known.get(name)
            if old is not None and old[:2] == (status.st_size, status.st_mtime_ns):
                stamps[name] = old
            else:
                trusted = 0 if now - status.st_mtime_ns < RACY else status.st_mtime_ns
                stamps[name] = (status.st_size, trusted, digest(path.read_bytes()))
        except OSError:  # an editor's file that is gone again, a link to nowhere
            stamps[name] = (0, 0, "unreadable")
    return Survey(stamps, environment())


def with_kept(project: Path, seen: Survey) -> Survey:
    """The survey with the results that a build kept: it wrote these itself, so they are no change to the next one."""
    kept = {name: stamp for name, stamp in survey(project, seen).stamps.items() if is_kept(name)}
    return Survey({name: stamp for name, stamp in seen.stamps.items() if not is_kept(name)} | kept, seen.environment)


def environment() -> str:
    """What can change a build's result without a file of the project changing."""
    # A folder NAME-VERSION.dist-info lies there for each package, so the listing is the list of versions.
    packages = sorted({name for folder in _site_packages() for name in os.listdir(folder) if name.endswith("-info")})
    return digest(sys.version, *packages, os.environ.get("BUILD_SITE_MNIST", ""))


def stamps_of_site(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each published file."""
    return {
        name: (status.st_size, status.st_mtime_ns)
        for name, path in sorted(_walk(folder, ""))
        for status in (path.stat(),)
    }


def load_manifest(file: Path) -> Manifest | None:
    """The last build's manifest; None when there is none, or one of another version."""
    try:
        stored = json.loads(file.read_bytes())
        if stored["format"] != FORMAT:
            return None
        stamps = {path: (size, changed, sha) for path, (size, changed, sha) in stored["stamps"].items()}
        site = {path: (size, changed) for path, (size, changed) in stored["site"].items()}
        seen = Survey(stamps, stored["environment"])
        return Manifest(seen, site, tuple(stored["warnings"]), tuple(stored["notes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_manifest(file: Path, manifest: Manifest) -> None:
    """Write the manifest that `load_manifest` reads."""
    stored = {
        "format": FORMAT,
        "environment": manifest.survey.environment,
        "stamps": manifest.survey.stamps,
        "site": manifest.site,
        "warnings": manifest.warnings,
        "notes": manifest.notes,
    }
    write_atomically(file, json.dumps(stored, separators=(",", ":")).encode())


def _site_packages() -> set[str]:
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return {folder for folder in folders if os.path.isdir(folder)}


def _files(project: Path) -> Iterator[tuple[str, Path]]:
    yield from _walk(project, "")
    if not PACKAGE.is_relative_to(project):
        yield from _walk(PACKAGE, "<generator>/")


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name in SKIPPED:
                continue
            if entry.is_dir(follow_symlinks=False):
                if not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                    yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", Path(entry.path)
