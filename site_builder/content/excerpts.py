"""Code excerpts: a listing is always a piece of a real file.

In: a path relative to the project's root, and a region's name or a range of lines. Out: the text, dedented, without any
region's markers, and where it stands. It neither highlights nor writes HTML.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from ..errors import ContentError
from ..project.paths import find
from .html import suggestion

MARKER = re.compile(r"[ \t]*(?:#|//)[ \t]*(?P<end>end)?region\b(?::[ \t]*(?P<name>.*?))?[ \t]*$")
RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")


@dataclass(frozen=True)
class Excerpt:
    """A piece of a file. `first` and `last` are its lines there, counted from 1 and inclusive."""

    text: str
    first: int
    last: int


def excerpt(
    root: Path, path: str, file: str, line: int, region: str | None = None, lines: str | None = None
) -> Excerpt:
    """The whole file, a region of it or some lines. `file` and `line` are where the post asks for it."""
    if region is not None and lines is not None:
        raise ContentError("{code} takes `:region:` or `:lines:`, not both", file, line)
    source = _read(place_of(root, path, file, line), path, file, line)
    if region is not None:
        first, last = _region(source, path, region, file, line)
    elif lines is not None:
        first, last = _range(lines, len(source), path, file, line)
    else:
        first, last = 1, len(source)
    kept = [(number, source[number - 1]) for number in range(first, last + 1) if not MARKER.match(source[number - 1])]
    while kept and not kept[0][1].strip():
        kept.pop(0)
    while kept and not kept[-1][1].strip():
        kept.pop()
    if not kept:
        raise ContentError(f"the excerpt of {path} is empty", file, line)
    text = textwrap.dedent("\n".join(text for _, text in kept)) + "\n"
    return Excerpt(text, kept[0][0], kept[-1][0])


def inside(root: Path, path: str, file: str, line: int) -> Path:
    """The file's place on disk. Raises ContentError when it is not within the project, links followed."""
    root = root.resolve()
    if "\0" in path or "\\" in path:
        raise ContentError(f"`{path}` is not a path", file, line, "Write it relative to the project's root, with `/`")
    place = (root / path).resolve()
    if not place.is_relative_to(root):
        raise ContentError(f"the path `{path}` leaves the project", file, line, "Name a file within the project")
    return place


def place_of(root: Path, path: str, file: str, line: int) -> Path:
    """The file's place on disk: in the project, or where the generator has the kernels, the theme and the runtime that
    a project may lack. Raises ContentError as `inside` does.
    """
    own = inside(root, path, file, line)
    return own if own.exists() else find(root.resolve(), own.relative_to(root.resolve()).as_posix())


def _read(place: Path, path: str, file: str, line: int) -> list[str]:
    try:
        return place.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        siblings = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
        raise ContentError(f"there is no file `{path}`", file, line, suggestion(place.name, siblings)) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise ContentError(f"`{path}` cannot be read: {reason}", file, line) from error


def _region(source: list[str], path: str, region: str, file: str, line: int) -> tuple[int, int]:
    opened: list[tuple[str, int]] = []
    found: dict[str, tuple[int, int]] = {}
    for number, text in enumerate(source, start=1):
        marker = MARKER.match(text)
        if marker is None:
            continue
        if marker["end"] and not opened:
            raise ContentError("`endregion` closes no region", path, number)
        if marker["end"]:
            name, start = opened.pop()
            found[name] = (start + 1, number - 1)
        else:
            name = (marker["name"] or "").strip()
            if name in found or any(name == other for other, _ in opened):
                raise ContentError(f"there are two regions `{name}`", path, number)
            opened.append((name, number))
    if opened:
        raise ContentError(f"the region `{opened[-1][0]}` is never closed", path, opened[-1][1], "Add `endregion`")
    if region not in found:
        raise ContentError(f"{path} has no region `{region}`", file, line, suggestion(region, found))
    return found[region]


def _range(lines: str, count: int, path: str, file: str, line: int) -> tuple[int, int]:
    match = RANGE.fullmatch(lines.strip())
    if match is None:
        raise ContentError(f"`:lines: {lines}` is not a range", file, line, "Write `:lines: 3-9` or `:lines: 3`")
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= count:
        raise ContentError(f"{path} has {count} lines, not {lines}", file, line)
    return first, last
