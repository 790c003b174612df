"""Results that a project keeps: used while all that they were derived from is the same, and never otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from site_builder.errors import ResultError
from site_builder.record.kept_results import LIMIT, KeptResult
from site_builder.record.provenance import Dependencies

RESULT = {"accuracy": 0.1 + 0.2, "steps": 3, "whole": 1.0, "losses": [2.5, 1.25], "name": "Łukasz"}


@pytest.fixture
def kept(tmp_path: Path) -> KeptResult:
    (tmp_path / "numbers.csv").write_text("1\n2\n")
    return KeptResult(tmp_path, tmp_path / "posts/01-first/results/fit.json", "fit (posts/01-first/figures.py)", "base")


READ = Dependencies(files=("numbers.csv",))


def changed(kept: KeptResult, base: str) -> KeptResult:
    return KeptResult(kept.root, kept.path, kept.origin, base)


def test_what_was_kept_is_found_to_the_last_bit(kept: KeptResult) -> None:
    assert kept.find() is None
    assert kept.seconds() is None
    assert kept.store(READ, RESULT, 3.14159)
    assert kept.find() == RESULT
    assert isinstance(kept.find()["whole"], float)
    assert kept.seconds() == 3.1
    first = kept.path.read_bytes()
    kept.store(READ, RESULT, 3.14159)
    assert kept.path.read_bytes() == first, "the same result, the same file"
    assert b'\n  "steps": 3,\n' in first, "a change reads well in a diff"


def test_another_origin_is_another_result(kept: KeptResult) -> None:
    kept.store(READ, RESULT, 1.0)
    assert changed(kept, "other code").find() is None
    assert changed(kept, "other code").seconds() == 1.0, "still a good guess of how long it takes"
    (kept.root / "numbers.csv").write_text("1\n3\n")
    assert kept.find() is None
    (kept.root / "numbers.csv").write_text("1\n2\n")
    assert kept.find() == RESULT
    (kept.root / "numbers.csv").unlink()
    assert kept.find() is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('"steps": 3', '"steps": 4'),
        lambda text: text[:-20],
        lambda text: f"<<<<<<< ours\n{text}",
        lambda text: "[]",
        lambda text: "null",
        lambda text: "",
        lambda text: text.replace('"read"', '"red"'),
        lambda text: text.replace('"files"', '"folders"'),
        lambda text: json.dumps({**json.loads(text), "read": {"files": 3}}),
        lambda text: json.dumps({**json.loads(text), "result": {"deflated": "no base64"}}),
    ],
)
def test_an_edited_or_damaged_result_is_not_used(kept: KeptResult, damage: object) -> None:
    kept.store(READ, RESULT, 1.0)
    text = kept.path.read_text(encoding="utf-8")
    spoilt = damage(text)  # type: ignore[operator]
    assert spoilt != text
    kept.path.write_text(spoilt, encoding="utf-8")
    assert kept.find() is None
    assert kept.store(READ, RESULT, 1.0)
    assert kept.find() == RESULT


@pytest.mark.parametrize(
    "text", ['{"hash": "", "read": {}, "result": {"x": NaN}}', '{"read": {"files": ["a\\u0000b"]}}']
)
def test_what_no_json_and_no_path_can_be_is_absent(kept: KeptResult, text: str) -> None:
    kept.path.parent.mkdir(parents=True)
    kept.path.write_text(text, encoding="utf-8")
    assert kept.find() is None
    whole = '{"hash": "", "read": {"files": ["a\\u0000b"]}, "result": {"x": "\\ud800"}}'
    kept.path.write_text(whole, encoding="utf-8")
    assert kept.find() is None


def test_a_place_that_cannot_be_written_is_a_sentence(kept: KeptResult) -> None:
    kept.path.parent.parent.mkdir(parents=True)
    kept.path.parent.write_text("a file")
    with pytest.raises(ResultError, match=r"results/fit.json: the result of fit .* cannot be kept: File exists"):
        kept.store(READ, RESULT, 1.0)


def test_a_large_result_is_compressed_and_one_that_is_still_too_large_is_not_kept(kept: KeptResult) -> None:
    repeated = {"losses": [0.123456] * 100_000}
    assert kept.store(READ, repeated, 1.0)
    assert kept.find() == repeated
    assert kept.path.stat().st_size < LIMIT
    random = {"losses": [((n * 2654435761) % 2**32) / 2**32 for n in range(100_000)]}
    assert not kept.store(READ, random, 1.0)
    assert not kept.path.exists()
    assert kept.find() is None
