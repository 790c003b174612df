"""The line of Python, the author's, that asked for a tensor or that is wrong.

In: the stack as it is. Out: a file and a number, and errors that name them. Code of `graph` and `nn` is never it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ..errors import GraphError

_OWN = (
    *(str(Path(__file__).resolve().parents[1] / folder) for folder in ("graph", "nn")),
    *("<string>", "<frozen"),  # dataclasses, and Python's imports
)
_LIBRARIES = ("/site-packages/", "/dist-packages/")  # PyTorch's and NumPy's own Python, where it asks a tensor


@dataclass(frozen=True)
class AuthorLine:
    """The line of Python that asked for a tensor."""

    file: str
    number: int


_DEFAULT: ContextVar[tuple[FrameType, AuthorLine | None] | None] = ContextVar("default line", default=None)


@contextmanager
def by_default_at(line: AuthorLine | None) -> Iterator[None]:
    """Within it, tensors that no author's line asks for have `line`.

    Programs are simplified, and `init` is traced, long after the author's lines have run.
    """
    token = _DEFAULT.set((sys._getframe(2), line))  # past contextlib's own frame: whoever says `with`
    try:
        yield
    finally:
        _DEFAULT.reset(token)


def caller() -> AuthorLine | None:
    """The author's line, the innermost outside `graph`, `nn` and libraries; that of `by_default_at`, if nearer."""
    frame, default = sys._getframe(1), _DEFAULT.get()
    while frame is not None:
        if default is not None and frame is default[0]:
            return default[1]
        file = frame.f_code.co_filename
        if not file.startswith(_OWN) and not any(folder in file for folder in _LIBRARIES):
            return AuthorLine(file, frame.f_lineno)
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None


def fail(message: str, line: AuthorLine | None, hint: str | None = None) -> GraphError:
    """A GraphError that names the author's line."""
    return GraphError(message, *located(line), hint=hint)


def located(line: AuthorLine | None) -> tuple[Path | None, int | None]:
    """The file, with the path as short as it can be, and the number of an author's line, for an error to name."""
    if line is None:
        return None, None
    path = Path(line.file)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path, line.number
