"""What a job says while it goes on, which may take long: to the console, also from a process of its own.

In: sentences. Out: whoever started the job is told them; nobody is where nobody wants to know. It does not know what
the jobs do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from site_builder.project.progress import Notify

LONG = 1.0  # seconds: what takes less is over before one has read about it

_listeners: list[Notify] = []  # of this process: one, or none
_subjects: list[str] = []  # what goes on: the last is told


def listen(notify: Notify) -> None:
    """From now on what this process says goes to `notify`."""
    _listeners[:] = [notify]


@contextmanager
def about(what: str) -> Iterator[None]:
    """Within it, sentences end with what they are about: "the experiment heat"."""
    _subjects.append(what)
    try:
        yield
    finally:
        _subjects.pop()


@contextmanager
def said_if_long(sentence: Callable[[], str], after: float = LONG) -> Iterator[None]:
    """Say the sentence once what happens within it has taken so many seconds."""

    def say() -> None:
        for notify in _listeners:
            notify(" for ".join([sentence(), *_subjects[-1:]]))

    timer = threading.Timer(after, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
