"""What a page says where parameters are no numbers and the loss does not show it (demos/runtime/run/divergence.js)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node import answer

HERE = Path(__file__).parent
RUN = Path(__file__).resolve().parents[3] / "demos" / "runtime" / "run"
END = ", though the loss does not show it. Nothing here is a result any more: Reset begins anew."


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What Node says."""
    return answer(HERE / "divergence.mjs", RUN.as_uri())


def test_the_parameter_and_the_steps_are_said_once(told: dict[str, list[str]]) -> None:
    said = "w became what is not a number between steps 120 and 180" + END
    assert told["once"] == ["", "", said, ""]
    assert told["several"][1] == "w and 1 more became what is not a number between steps 0 and 2,000" + END
    assert told["infinite"][1].startswith("b became what is not a number between steps 0 and 5,")


def test_a_reader_who_went_back_or_began_anew_is_told_again(told: dict[str, list[str]]) -> None:
    assert [bool(each) for each in told["again"]] == [False, True, False, True, False, True]
    assert "between steps 3 and 5" in told["again"][3]


def test_nothing_is_said_where_there_is_nothing_to_say(told: dict[str, list[str]]) -> None:
    assert not any(told["ofStates"]), "a state may be infinite, as the best loss so far"
    assert not any(told["shown"]), "the status line says that the loss is not a number"
    assert not any(told["meant"])
    assert told["withoutLoss"][1]
