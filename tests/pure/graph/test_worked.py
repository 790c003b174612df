"""Every worked example in NumPy, in double precision, finds what PyTorch finds, in about as many lines."""

from __future__ import annotations

import pytest

from site_builder.run import numpy_runner
from tests.zoo.worked import README, apart, code_lines, lengths, names, table

TOLERANCE = 1e-6
LONGEST = 1.2  # of the twin's lines


@pytest.mark.parametrize("name", names())
def test_it_is_its_twin_in_double_precision(name: str) -> None:
    found = apart(name, numpy_runner)
    assert max(found.values()) <= TOLERANCE, found


@pytest.mark.parametrize(("name", "lines"), lengths().items(), ids=str)
def test_it_is_not_much_longer_than_its_twin(name: str, lines: tuple[int, int]) -> None:
    ours, twins = lines
    assert ours <= LONGEST * twins


def test_lines_that_hold_code_are_counted() -> None:
    def counted() -> str:
        """None of these
        two lines."""
        # nor this one

        return """but
        these two, and that which begins it"""

    assert code_lines(counted, counted) == 6


def test_the_readme_shows_the_lines() -> None:
    assert table() in README.read_text("utf-8")
