"""Jobs elsewhere: results as they come, the first error in order, and an end from outside."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass

import pytest

from site_builder.errors import BuildError, FigureError
from site_builder.project import workers
from site_builder.project.workers import run_all
from tests.pure.figures.conftest import Here


@dataclass(frozen=True)
class Double:
    """Twice its number; a negative one fails, zero ends the process."""

    number: int

    def __call__(self) -> int:
        if self.number < 0:
            raise FigureError(f"{self.number} is negative", "figures.py", -self.number)
        if self.number == 0:
            os._exit(9)
        return 2 * self.number


def test_each_result_comes_with_the_place_of_its_job() -> None:
    found: dict[int, int] = {}
    run_all([Double(number) for number in range(1, 9)], found.__setitem__)
    assert found == {index: 2 * (index + 1) for index in range(8)}


def test_without_jobs_nothing_starts() -> None:
    run_all([])


def test_an_error_comes_back_whole_and_others_results_are_kept() -> None:
    found: dict[int, int] = {}
    with pytest.raises(FigureError) as caught:
        run_all([Double(1), Double(-7)], found.__setitem__)
    assert (caught.value.file, caught.value.line, caught.value.message) == ("figures.py", 7, "-7 is negative")
    assert found == {0: 2}


def test_of_several_errors_the_first_jobs_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "processes", lambda *_: nullcontext(Here()))
    with pytest.raises(FigureError, match="-3 is negative"):
        workers.run_all([Double(1), Double(-3), Double(-7)])


def test_a_process_that_is_ended_is_a_sentence() -> None:
    with pytest.raises(BuildError, match=r"ended from outside\. It may have run out of memory"):
        run_all([Double(0)])
