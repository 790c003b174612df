"""The tree of errors that a user may meet. Each one is a sentence with the place and, where there is one, the remedy.

    BuildError
    ├── ConfigError    site.toml, the command line, the environment
    ├── ContentError   a post: front matter, Markdown, directives, citations, links
    │   └── ClaimError a comparison in a post that is false
    ├── FigureError    an experiment or a figure that fails
    ├── ResultError    a result that is not the one that is kept
    ├── DataError      a data set that is unknown, or not what a model declares
    ├── GraphError     a model: shapes, types, names
    ├── KernelError    a WGSL file: missing, malformed, refused by the compiler
    ├── PlanError      a plan that is invalid or asks for more than a device has
    ├── DeviceError    an adapter or device that is missing or lost
    └── PublishError   the output folder

Anything else that escapes is a defect of ours and is shown with its traceback.
"""

from __future__ import annotations

from pathlib import Path


class BuildError(Exception):
    """Something that the author can put right.

    `message` says what was found and what was expected, without a full stop at its end; `hint` says what to do.
    """

    def __init__(
        self, message: str, file: str | Path | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        self.message = message.rstrip(".")
        self.file = None if file is None else str(file)
        self.line = line
        self.hint = None if hint is None else hint.rstrip(".")
        super().__init__(str(self))

    def __str__(self) -> str:
        place = "" if self.file is None else self.file + (f":{self.line}" if self.line is not None else "") + ": "
        return f"{place}{self.message}." + (f" {self.hint}." if self.hint else "")


class ConfigError(BuildError):
    """site.toml, the command line or the environment."""


class ContentError(BuildError):
    """A post's front matter, Markdown, directives, citations or links."""


class ClaimError(ContentError):
    """A comparison in a post that is false."""


class FigureError(BuildError):
    """An experiment or a figure that fails."""


class ResultError(BuildError):
    """A result that was computed anew and is not the one that is kept."""


class DataError(BuildError):
    """A data set that is unknown, that cannot be made, or that is not what a model declares."""


class GraphError(BuildError):
    """A model whose shapes, types or names do not fit."""


class KernelError(BuildError):
    """A WGSL file that is missing, malformed or refused by the compiler."""


class PlanError(BuildError):
    """A plan that is invalid, or that asks for more than a device has."""


class DeviceError(BuildError):
    """An adapter or device that is missing or lost."""


class PublishError(BuildError):
    """The output folder cannot be written or swapped."""
