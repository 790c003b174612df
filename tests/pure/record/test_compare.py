"""What was computed anew against what is kept: within tolerances, and named by its path where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder.record.compare import Comparison, differences


def record(losses: list[float], tolerance: float) -> dict[str, Any]:
    found = {"seed": 1, "program": "step", "times": 2, "series": {"loss.history": losses}, "tolerance": tolerance}
    return {"$": "record", "record": found}


def array(values: list[Any]) -> dict[str, Any]:
    return {"$": "array", "dtype": "<f4", "shape": [len(values)], "values": values}


SAME = [
    (1.0, 1.0009),
    (3, 3.0),
    (5000, 5000),
    (0.0, 9e-7),
    ("relu", "relu"),
    (None, None),
    ([1.0, 2.0, 0.001], [1.0005, 2.0, 0.00101]),
    (array([1.0, "nan", "inf"]), array([1.0, "nan", "inf"])),
    ({"a": {"b": 1.0}}, {"a": {"b": 1.0005}}),
    (record([2.0, 1.0], 0.1), record([2.0, 1.05], 0.1)),
]
OTHER = [
    (1.0, 1.002, "x is 1.002, and 1.0 is kept"),
    (0.0, 2e-6, "x is 2e-06, and 0.0 is kept"),
    (1e-8, 9e-6, "x is 9e-06, and 1e-08 is kept"),
    (5000, 5001, "x is 5001, and 5000 is kept"),
    (True, False, "x is False, and True is kept"),
    (True, 1.0, None),
    ("relu", "gelu", "x is 'gelu', and 'relu' is kept"),
    ([1.0, 2.0], [1.0, 2.01], "x is 5.0e-03 from what is kept, relative to its size, where 1e-03 is allowed"),
    ([1.0, 2.0], [1.0, 2.0, 3.0], "x is [1.0, 2.0, 3.0], and [1.0, 2.0] is kept"),
    (array([1.0, "nan"]), array([1.0, "inf"]), "x.values.1 is 'inf', and 'nan' is kept"),
    (array([1.0, 2.0]), array([1.0, 2.1]), "x.values is 5.0e-02 from what is kept"),
    ({"a": 1.0}, {"b": 1.0}, "x has b, and a are kept"),
    (record([2.0, 1.0], 1e-3), record([2.0, 1.05], 1e-3), "x is 5.0e-02 from what is kept"),
    (1.0, float("nan"), "x is nan, and 1.0 is kept"),
]


@pytest.mark.parametrize(("kept", "found"), SAME)
def test_the_same_within_the_tolerance(kept: Any, found: Any) -> None:
    assert list(differences(kept, found, "x")) == []


@pytest.mark.parametrize(("kept", "found", "said"), OTHER)
def test_what_differs_is_said_with_its_place(kept: Any, found: Any, said: str | None) -> None:
    sentences = list(differences(kept, found, "x"))
    assert len(sentences) == 1
    assert said is None or sentences[0].startswith(said)


def test_a_comparison_counts_and_collects() -> None:
    comparison = Comparison()
    comparison("fit (figures.py)", {"tree": {"loss": 1.0}}, {"tree": {"loss": 2.0}})
    comparison("new (figures.py)", None, {"tree": {}})
    comparison("old (figures.py)", {"tree": {"loss": 1.0}}, {"tree": {"loss": 1.0}})
    assert comparison.compared == 2
    assert comparison.missing == ["new (figures.py)"]
    assert comparison.wrong == ["fit (figures.py): tree.loss is 2.0, and 1.0 is kept"]
