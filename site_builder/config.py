"""The blog's own settings.

In: site.toml in the project's root. Out: a `Config`, or a ConfigError that names the line. It does not know what the
settings are used for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

from .errors import ConfigError
from .project.machine import RUNNERS

FILE = "site.toml"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, as far as a blog needs it
LICENSE = ("covers", "name", "url")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?")
ADDRESS = re.compile(r"https?://\S|/(?!/)")
WEB = re.compile(r"https?://\S")
REPORT = re.compile(r"https?://\S|mailto:\S+@\S")


@dataclass(frozen=True)
class Config:
    """site.toml, checked. `url` is the site's origin and has no slash at its end. What is None is not set."""

    title: str
    description: str
    language: str
    url: str | None = None  # without it: no feed, no site map, nothing that wants an absolute address
    author: str | None = None
    source: str | None = None  # where the blog's source is
    report: str | None = None  # where readers report a mistake, or a device that disagrees
    licenses: tuple[Mapping[str, str], ...] = ()  # each with the keys of LICENSE
    runner: str | None = None  # one of RUNNERS; None for the best that the machine has


def find_project(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a site.toml."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise ConfigError(
        f"no {FILE} in {start} or any folder above it", hint="Run build-site inside a project that has one"
    )


def load_config(project: Path) -> Config:
    """Read and check `project/site.toml`. Every key of `Config` without a default must be there, and no other."""
    try:
        text = (project / FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{FILE} cannot be read: {error.strerror}", file=FILE) from error
    except UnicodeDecodeError as error:
        raise ConfigError("this file is not UTF-8", file=FILE) from error
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(str(error)) from error
    names = [field.name for field in fields(Config)]
    for key, value in settings.items():
        if key not in names:
            raise ConfigError(f'unknown setting "{key}"', FILE, _line(text, key), f"Known are {', '.join(names)}")
        if key == "licenses":
            settings[key] = _licenses(text, value)
        else:
            _check_text(key, value, _line(text, key))
    for field in fields(Config):
        if field.name not in settings and field.default is MISSING:
            hint = f'Add a line such as {field.name} = "..."'
            raise ConfigError(f'the setting "{field.name}" is missing', FILE, hint=hint)
    if "url" in settings:
        settings["url"] = settings["url"].rstrip("/")
    _check(text, settings)
    return Config(**settings)


def _check_text(key: str, value: object, line: int | None) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f'"{key}" must be a text in quotes that is not empty', FILE, line)


def _licenses(text: str, tables: object) -> tuple[dict[str, str], ...]:
    """The tables [[licenses]], each of which says what it covers, its name and where it can be read."""
    hint = "Write [[licenses]] and below it " + ", ".join(f'{key} = "..."' for key in LICENSE)
    place = _line(text, "licenses")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError('"licenses" must be a list of tables', FILE, place, hint)
    heads = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*licenses\b", line)]
    for number, table in enumerate(tables):
        head = heads[number] if heads else place  # a list in one line has one place
        for key in dict.fromkeys((*table, *LICENSE)):
            line = (_line(text, key, head) if heads and head else None) or head
            if key not in LICENSE:
                known = f"Known are {', '.join(LICENSE)}"
                raise ConfigError(f'a license has the unknown key "{key}"', FILE, line, known)
            if key not in table:
                raise ConfigError(f'a license has no "{key}"', FILE, head, hint)
            _check_text(key, table[key], line)
            if key == "url" and not ADDRESS.match(table[key]):
                message = f'"url" of a license must begin with https://, http:// or /; found {table[key]}'
                raise ConfigError(message, FILE, line)
    return tuple(tables)


def _check(text: str, settings: dict[str, str]) -> None:
    if "url" in settings and not ORIGIN.fullmatch(settings["url"]):
        raise ConfigError(
            f'"url" must be an origin without a path, such as https://example.org; found {settings["url"]}',
            FILE,
            _line(text, "url"),
        )
    if "runner" in settings and settings["runner"] not in RUNNERS:
        found, known = settings["runner"], " or ".join(RUNNERS)
        raise ConfigError(f'"runner" must be {known}; found {found}', FILE, _line(text, "runner"))
    for key, pattern, known in (("source", WEB, "https:// or http://"), ("report", REPORT, "https:// or mailto:")):
        if key in settings and not pattern.match(settings[key]):
            raise ConfigError(
                f'"{key}" must be an address that begins with {known}; found {settings[key]}', FILE, _line(text, key)
            )
    if not LANGUAGE.fullmatch(settings["language"]):
        found = settings["language"]
        raise ConfigError(f'"language" must be a tag such as en-GB; found {found}', FILE, _line(text, "language"))


def _line(text: str, key: str, after: int = 0) -> int | None:
    """Where a key or a table is set, below the line `after`. None when the spelling hides it (a dotted key)."""
    for number, line in enumerate(text.splitlines(), 1):
        if number > after and re.match(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[\].=]""", line):
            return number
    return None


def _toml_error(message: str) -> ConfigError:
    """tomllib's message with its "(at line 3, column 5)" turned into a place."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    said = message[: place.start()] if place else message
    line = int(place[1]) if place and place[1] else None
    return ConfigError(f"this is not valid TOML: {said[0].lower()}{said[1:]}", FILE, line)
