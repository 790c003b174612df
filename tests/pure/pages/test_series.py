"""Curves (demos/runtime/views/series.js): how far they reach, which point is nearest, how runs are spread."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from site_builder.project.node import executable

SERIES = Path(__file__).resolve().parents[3] / "demos" / "runtime" / "views" / "series.js"
HEAD = f"""
const {{ extentOf, nearest, spread }} = await import({json.dumps(SERIES.as_uri())});
const curve = (steps, values, count = steps.length) =>
  ({{ steps: Float32Array.from(steps), values: Float32Array.from(values), count, ghost: false }});
const plot = (log, playing = false) => ({{ demo: {{ playing }}, x: {{ log }}, y: {{ log }} }});
"""


def node(expression: str) -> Any:
    """What Node gives for an expression over what series.js exports; what is no number comes as null."""
    script = f"{HEAD}console.log(JSON.stringify({expression}));"
    command = [executable(), "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def test_the_nearest_point_of_a_thinned_curve() -> None:
    """Room behind the last point is no part of it."""
    steps = "curve([0, 10, 20, 40, 41, 0, 0], [0, 0, 0, 0, 0, 0, 0], 5)"
    assert node(f"[-5, 0, 4, 6, 29, 31, 99].map((step) => nearest({steps}, step))") == [0, 0, 0, 1, 2, 3, 4]


def test_an_axis_holds_all_runs_and_the_ghosts() -> None:
    runs = "[curve([0, 50], [2, 0.5]), curve([0, 200], [3, 1])]"
    assert node(f"extentOf(plot(false), {runs})") == {"x": [0, 200], "y": [0, 3]}
    assert node(f"extentOf(plot(false, true), {runs}).x[1]") > 200  # room to grow into
    assert node("extentOf(plot(false), [])") == {}, "of nothing there are no numbers"


def test_an_axis_leaves_out_what_is_no_number() -> None:
    runs = "[curve([0, 1, 2, 3], [NaN, 0, 0.25, Infinity])]"
    assert node(f"extentOf(plot(true), {runs})") == {"x": [1, 20], "y": [0.25, 0.25]}  # logarithms have no zero


def test_seeds_are_spread_from_the_lowest_to_the_highest() -> None:
    runs = "[curve([0, 1, 2], [5, 1, NaN]), curve([0, 1, 2], [1, 2, NaN]), curve([0, 1, 2], [3, NaN, NaN])]"
    found = node(f"Object.values(spread({runs})).map(({{ values }}) => [...values])")
    assert found == [[1, 1, None], [3, 1.5, None], [5, 2, None]]


def test_seeds_that_were_thinned_otherwise_are_met_at_the_nearest_step() -> None:
    runs = "[curve([0, 10, 20], [1, 1, 1]), curve([0, 1, 9, 12, 19], [2, 3, 4, 5, 6])]"
    assert node(f"[...spread({runs}).high.values]") == [2, 4, 6]
