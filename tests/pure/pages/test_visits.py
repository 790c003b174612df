"""Going back in a run (demos/runtime/run/visits.js): all is as it was then, and nothing of its end is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.node import answer

HERE = Path(__file__).parent
RUNTIME = Path(__file__).resolve().parents[3] / "demos" / "runtime"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What Node says of the runs of visits.mjs."""
    return answer(HERE / "visits.mjs", f"{RUNTIME.as_uri()}/")


def test_what_a_reader_made_is_part_of_the_step_where_he_made_it(told: dict[str, Any]) -> None:
    edited = told["edited"]
    own = {"points": [5, 6], "menu": "own", "owned": 1, "link": "#demo?points=5,6"}
    assert edited["first"] == {"steps": [0, 0], "weights": [0, 0], **own}
    assert edited["before"] == {"steps": [2, 2], "weights": [10, 10], **own}
    later = {"points": [7, 8], "link": "#demo?points=7,8"}
    assert edited["last"] == {"steps": [3, 3], "weights": [15, 15], **own, **later}
    assert edited["sketch"] == [1, 1]  # no part of the run


def test_a_menu_and_a_link_say_what_the_points_were_then(told: dict[str, Any]) -> None:
    chosen = told["chosen"]
    apart = {"points": [1, 2], "menu": "apart", "owned": 0, "link": "#demo"}
    corners = {"points": [3, 4.125], "menu": "corners", "owned": 0, "link": "#demo?arrangement=corners"}
    assert chosen["1"] == {"steps": [1, 1], "weights": [1, 1], **apart}
    assert chosen["4"] == {"steps": [4, 4], "weights": [8, 8], **corners}
    assert chosen["3 of 6"] == {"steps": [3, 3], "weights": [5, 5], **corners, "owned": 1}  # the menu offers it still
    assert (chosen["5 of 6"]["menu"], chosen["5 of 6"]["owned"]) == ("own", 1)
    assert chosen["5 of 6"]["link"] == "#demo?arrangement=corners&points@0=5"


def test_what_arrives_late_is_of_no_use(told: dict[str, Any]) -> None:
    assert told["late"]["looked"] == 2
    assert 4 not in told["late"]["kept"]


def test_each_program_of_a_race_is_where_it_was(told: dict[str, Any]) -> None:
    race = told["race"]
    assert race["end"]["steps"] == [6, 6]
    assert race["before"]["steps"] == [1, 1]
    assert race["back"] == race["end"]


def test_the_end_is_waited_for_or_not_left(told: dict[str, Any]) -> None:
    slow = told["slow"]
    assert (slow["waiting"], slow["found"], slow["back"]) == ([4, 4], [1, 1], [4, 4])
    assert slow["stays"] == [5, 5]
    assert slow["sentence"] == (
        "The state of step 5 was not read within 30 seconds, and would be lost: the run stays there. Try again."
    )
