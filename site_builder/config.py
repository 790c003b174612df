"""The blog's own settings.

In: site.toml in the project's root. Out: a `Config`, or a ConfigError that names the line. It does not know what the
settings are used for.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from .errors import ConfigError

FILE = "site.toml"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, as far as a blog needs it
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?")


@dataclass(frozen=True)
class Config:
    """site.toml, checked. `url` is the site's origin and has no slash at its end."""

    title: str
    description: str
    url: str
    author: str
    language: str


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
    """Read and check `project/site.toml`. Every key of `Config` must be there, and no other."""
    try:
        text = (project / FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{FILE} cannot be read: {error.strerror}", file=FILE) from error
    except UnicodeDecodeError as error:
        raise ConfigError("this file is not UTF-8", file=FILE) from error
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _malformed(str(error)) from error
    names = [field.name for field in fields(Config)]
    for key, value in settings.items():
        if key not in names:
            raise ConfigError(f'unknown setting "{key}"', FILE, _line(text, key), f"Known are {', '.join(names)}")
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f'"{key}" must be a text in quotes that is not empty', FILE, _line(text, key))
    for name in names:
        if name not in settings:
            raise ConfigError(f'the setting "{name}" is missing', FILE, hint=f'Add a line such as {name} = "..."')
    settings["url"] = settings["url"].rstrip("/")
    _check(text, settings)
    return Config(**settings)


def _check(text: str, settings: dict[str, str]) -> None:
    if not ORIGIN.fullmatch(settings["url"]):
        raise ConfigError(
            f'"url" must be an origin without a path, such as https://example.org; found {settings["url"]}',
            FILE,
            _line(text, "url"),
        )
    if not LANGUAGE.fullmatch(settings["language"]):
        found = settings["language"]
        raise ConfigError(f'"language" must be a tag such as en-GB; found {found}', FILE, _line(text, "language"))


def _line(text: str, key: str) -> int | None:
    """Where a key is set; a table counts too. None when the spelling hides it (a quoted or dotted key)."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[\].=]""", line):
            return number
    return None


def _malformed(message: str) -> ConfigError:
    """tomllib's message with its "(at line 3, column 5)" turned into a place."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    said = message[: place.start()] if place else message
    line = int(place[1]) if place and place[1] else None
    return ConfigError(f"this is not valid TOML: {said[0].lower()}{said[1:]}", FILE, line)
