"""How far a batch of work is: names of what is done, how many there are, and about how long the rest will take.

In: for each piece how long it took the last time, where that is known. Out: a sentence for each piece that is done. It
does not know what the work is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

Notify = Callable[[str], None]  # is told a sentence about work that goes on

SHOWN_FROM = 10.0  # seconds: what takes less needs no estimate


class Progress:
    """`verb` is what happened to a piece: "Computed"."""

    def __init__(self, verb: str, expected: Sequence[float | None], notify: Notify) -> None:
        self._verb = verb
        self._expected = expected
        self._notify = notify
        self._waiting = set(range(len(expected)))
        self._began = time.perf_counter()

    def done(self, index: int, name: str) -> None:
        """Say that the piece of this index is done."""
        self._waiting.discard(index)
        total = len(self._expected)
        left = self._seconds_left()
        estimate = f", about {duration(left)} left" if self._waiting and left >= SHOWN_FROM else ""
        self._notify(f"{self._verb} {name}, {total - len(self._waiting)} of {total}{estimate}")

    def _seconds_left(self) -> float:
        """What the rest took the last time, at the speed at which this time has gone so far.

        A piece of which nothing is known counts as the mean of the others, or of those that are done.
        """
        passed = time.perf_counter() - self._began
        known = [seconds for seconds in self._expected if seconds is not None]
        finished = len(self._expected) - len(self._waiting)
        if not known:
            return passed / finished * len(self._waiting)
        mean = sum(known) / len(known)
        weights = [mean if seconds is None else seconds for seconds in self._expected]
        rest = sum(weights[index] for index in self._waiting)
        behind = sum(weights) - rest
        workers = min(os.cpu_count() or 1, len(self._expected))
        return rest * (passed / behind if behind else 1 / workers)


def duration(seconds: float) -> str:
    """ "40 s", "3 min"."""
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"
