"""Several errors at once: an author corrects them in one go.

In: errors that do not follow from each other. Out: one exception. It does not know what went wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..errors import BuildError


@contextmanager
def collect_errors(errors: list[BuildError]) -> Iterator[None]:
    """Append what is raised inside, one error or a group of them, instead of passing it on."""
    try:
        yield
    except BuildError as error:
        errors.append(error)
    except ExceptionGroup as group:
        found, others = group.split(BuildError)
        if found is None or others is not None:
            raise
        errors += [error for error in found.exceptions if isinstance(error, BuildError)]


def raise_all(errors: Sequence[BuildError]) -> None:
    """Raise one error as itself, several as a group, none not at all."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExceptionGroup("several things are wrong", errors)
