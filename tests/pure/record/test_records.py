"""Records: as JSON and back, rounding, and comparing two."""

from __future__ import annotations

import json
import math
from base64 import b64encode

import numpy as np
import pytest

from site_builder.graph import Model
from site_builder.record.records import (
    FLOOR,
    Record,
    difference,
    exact_list,
    largest_difference,
    packed,
    rounded,
    rounded_list,
    to_json,
)
from site_builder.record.session import Session


def record(**changed: object) -> Record:
    given: dict[str, object] = {"seed": 1, "program": "step", "times": 3, "series": {"loss.history": [2.3, 1.5, 1.25]}}
    return Record(**{**given, **changed})  # type: ignore[arg-type]


def test_a_record_survives_json_and_its_text_is_stable() -> None:
    full = record(inputs={"rate": {"shape": [], "values": [0.5]}}, data=["digits/images"], kernels={"a.wgsl": "0f"})
    assert Record(**json.loads(full.to_json())) == full
    assert list(json.loads(full.to_json())) == sorted(json.loads(full.to_json()))


@pytest.mark.parametrize(
    ("number", "kept"),
    [(1 / 3, 0.333333), (123456.789, 123457.0), (1.5e-9, 1.5e-9), (-0.0, 0.0), (7, 7), (True, 1), (math.nan, None)],
)
def test_numbers_keep_six_digits(number: float, kept: float | None) -> None:
    assert rounded(number) == kept
    assert not str(rounded(number)).startswith("-0.0")
    assert rounded_list([number]) == [kept]


def test_exact_numbers_are_read_back_as_they_were() -> None:
    """By the fewest digits, since a learning rate of 0.03 shall look like one."""
    values = np.concatenate([np.float32([0.03, 1e-45, -0.0, 3.4028235e38]), np.random.default_rng(1).random(999, "f4")])
    kept = exact_list(values)
    assert kept[0] == 0.03
    assert np.array_equal(np.float32(json.loads(to_json(kept))).view(np.uint32), values.view(np.uint32))
    assert exact_list(np.float32([np.nan, np.inf])) == [None, None]
    assert exact_list(np.uint32([0, 2**32 - 1])) == [0, 2**32 - 1]
    assert exact_list(np.float64([0.1])) == [0.1]


def test_the_difference_is_relative_to_what_was_recorded() -> None:
    assert difference([1.1, 2.0], [1.0, 2.0]) == pytest.approx(0.1)
    assert difference([1.0], [2.0]) == 0.5
    assert difference([2.0, FLOOR / 10], [2.0, 0.0]) == pytest.approx(0.05)  # noise around zero stays small
    assert difference([0.0], [0.0]) == 0.0
    assert difference([1e-9], [0.0]) > 1.0
    assert difference([], []) == 0.0


@pytest.mark.parametrize(
    ("ours", "theirs"), [([1.0], [1.0, 2.0]), ([None], [1.0]), ([1.0], [None]), ([math.inf], [1.0])]
)
def test_what_cannot_be_compared_differs_infinitely(ours: list[float], theirs: list[float]) -> None:
    assert difference(ours, theirs) == math.inf


def test_records_agree_within_the_tolerance_that_was_stated() -> None:
    built = record(tolerance=1e-3)
    assert largest_difference(record(series={"loss.history": [2.301, 1.5, 1.25]}), built) <= built.tolerance
    assert largest_difference(record(series={"loss.history": [2.31, 1.5, 1.25]}), built) > built.tolerance
    assert largest_difference(record(series={"error.history": [1.0]}), built) == math.inf


def test_a_record_has_the_data_that_no_source_gives() -> None:
    model = Model("m")
    corpus, images = model.data("corpus", (3,), dtype="u32"), model.data("points", (200, 2), source="xor/points")
    model.program(lambda: {"first": corpus[0], "x": images[0]})
    record = Session(model, "processor", 1, {"corpus": [4, 5, 6]}).record("step", 0, {}, 1e-3)
    numbers = np.array([4, 5, 6], "<u4").tobytes()
    assert record.written == {"corpus": {"shape": [3], "dtype": "u32", "base64": b64encode(numbers).decode()}}
    assert (record.data, record.inputs) == (["xor/points"], {})


def test_a_record_has_the_data_set_that_was_written_over() -> None:
    model = Model("m")
    sides = model.data("sides", (200,), dtype="u32", source="xor/labels")
    model.program(lambda: {"first": sides[0]})
    record = Session(model, "processor", 1, {"sides": [1, 0] * 100}).record("step", 0, {}, 1e-3)
    assert record.written == {"sides": packed(np.array([1, 0] * 100, np.uint32))}
    assert record.data == [], "what nobody reads is not sent"
