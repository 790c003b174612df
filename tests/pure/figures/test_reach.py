"""What an experiment can reach: what may change its result changes its digest, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.figures.scan import code_of

FIT = """
from site_builder.figures import experiment

@experiment
def fit(lab):
    return {"n": N, "a": A.n, "l": len(L), "c": C["n"], "r": sum(f() for f in R)}
"""
BEFORE = """
import dataclasses
import numpy as np

class A:
    n = 0

L, C, R = [], {}, []
N = 1

def reg(function):
    R.append(function)
    return function

def times(count):
    return lambda function: lambda lab: function(lab)
"""


@pytest.fixture
def code(tmp_path: Path):  # type: ignore[no-untyped-def]
    """The digest of `fit` in a file of these statements, between its constants and itself."""
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "more.py").write_text("M = 1\n")

    def code(text: str, fit: str = FIT, before: str = BEFORE) -> str:
        file = tmp_path / "figures.py"
        file.write_text(before + text + fit, encoding="utf-8")
        return code_of(tmp_path, file, "fit")

    return code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("for name in ('n', 'm'):\n    C[name] = 0.1\n", "for name in ('n', 'm'):\n    C[name] = 0.5\n"),
        ("with open('x') as _:\n    A.n = 1\n", "with open('x') as _:\n    A.n = 2\n"),
        ("x = L.append(1)\n", "x = L.extend([1, 2])\n"),
        ("@reg\ndef one():\n    return 1\n", "@reg\ndef one():\n    return 2\n"),
        ("@reg\ndef one():\n    return 1\n", ""),
        ("C['n'] = 1\nC['n'] = 2\n", "C['n'] = 2\nC['n'] = 1\n"),
        ("N = 2\nN = 3\n", "N = 3\nN = 2\n"),
        ("N += 1\n", "N += 2\n"),
        ("C['n'] = 1\n", "C['n'] = 2\n"),
        ("if N:\n    N = 2\n", "if N:\n    N = 3\n"),
        ("def change():\n    A.n = 1\n\ny = change()\n", "def change():\n    A.n = 2\n\ny = change()\n"),
        ("np.random.seed(1)\n", "np.random.seed(2)\n"),
    ],
)
def test_what_may_change_the_result_counts(code, one: str, other: str) -> None:  # type: ignore[no-untyped-def]
    assert code(one) != code(other)


def test_a_decorator_of_the_authors_counts_and_a_mark_does_not(code) -> None:  # type: ignore[no-untyped-def]
    twice = FIT.replace("@experiment\n", "@experiment\n@times(2)\n")
    assert code("", twice) != code("", twice.replace("times(2)", "times(3)"))
    assert code("", twice) != code("")
    assert code("") == code("", FIT.replace("@experiment\n", "@figures.experiment\n"))


def test_who_can_reach_everything_depends_on_everything(code) -> None:  # type: ignore[no-untyped-def]
    hidden = FIT.replace('C["n"]', 'globals()["K"]')
    assert code("K = 1\n", hidden) != code("K = 2\n", hidden)
    documented = FIT.replace('C["n"]', "fit.__doc__").replace("(lab):\n", '(lab):\n    """One."""\n')
    assert code("", documented) != code("", documented.replace("One", "Two"))


def test_modules_of_the_project_count_where_they_are_reached(code, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    reached = FIT.replace('"n": N', '"n": M')
    first = code("from helpers.more import M\n", reached)
    aside = code("from helpers.more import M\n")
    (tmp_path / "helpers" / "more.py").write_text("M = 2\n")
    assert code("from helpers.more import M\n", reached) != first
    assert code("from helpers.more import M\n") == aside


@pytest.mark.parametrize(
    "text",
    [
        "# a remark\n",
        "def unused():\n    return 1\n",
        "UNUSED = 3\n",
        "GRID = np.linspace(0, 1, 9)\n",
        "@dataclasses.dataclass\nclass Unused:\n    n: int = 1\n",
        "import math\n",
        '"""Some words."""\n',
        "@figure(fit, alt='A line.')\ndef drawn(result):\n    return N\n",
    ],
)
def test_what_cannot_change_the_result_does_not_count(code, text: str) -> None:  # type: ignore[no-untyped-def]
    assert code(text) == code("")


def test_functions_may_change_places(code) -> None:  # type: ignore[no-untyped-def]
    fit = FIT.replace('"n": N', '"n": one() + two()')
    one, two = "def one():\n    return 1\n\n", "def two():\n    return 2\n\n"
    assert code(one + two, fit) == code(two + one, fit)
