"""Axes (demos/runtime/views/ticks.js): every number on one axis is written in one style, and none is too long."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from site_builder.project.node import executable

TICKS = Path(__file__).resolve().parents[3] / "demos" / "runtime" / "views" / "ticks.js"
ASK = """
const {{ ticksOf, logTicksOf, linearNames, logNames }} = await import({module});
const [log, low, high, most] = {axis};
const places = (log ? logTicksOf : ticksOf)(low, high, most);
const names = (log ? logNames : linearNames)(places);
console.log(JSON.stringify(names.map(({{ text, power }}) => (power ? `${{text}}^${{power}}` : text))));
"""
LONGEST = 9  # characters for which there is room to the left of a plot, the mark of a power among them


def names(log: bool, low: float, high: float, most: float) -> list[str]:
    """What Node writes at the ticks of such an axis, of `most` ticks about."""
    script = ASK.format(module=json.dumps(TICKS.as_uri()), axis=json.dumps([log, low, high, most]))
    command = [executable(), "--input-type=module", "--eval", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    written: list[str] = json.loads(done.stdout)
    return written


@pytest.mark.parametrize(
    ("axis", "written"),
    [
        ((False, -1, 1, 5), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        ((False, 0, 40, 5), ["0", "10", "20", "30", "40"]),
        ((False, 0, 2400, 3), ["0", "1,000", "2,000"]),
        ((False, 0, 0.0008, 5), ["0", "2·10^−4", "4·10^−4", "6·10^−4", "8·10^−4"]),
        ((False, -3e6, 3e6, 4), ["−2·10^6", "0", "2·10^6"]),
        ((True, -2, 0, 4), ["0.01", "0.1", "1"]),
        ((True, -1, 0, 6), ["0.1", "0.2", "0.5", "1"]),
        ((True, -4, -2, 4), ["10^−4", "10^−3", "10^−2"]),
        ((True, -4, -3, 6), ["10^−4", "2·10^−4", "5·10^−4", "10^−3"]),
        ((True, -12, 3, 5), ["10^−10", "10^−5", "10^0"]),
        ((True, 0, 6, 3), ["10^0", "10^2", "10^4", "10^6"]),
    ],
)
def test_numbers_of_one_axis_are_written_in_one_style(
    axis: tuple[bool, float, float, float], written: list[str]
) -> None:
    """Plain as long as all are short, else all in powers of ten: never 0.001 beside 1.0e−4."""
    assert names(*axis) == written


def test_no_number_is_too_long_for_its_place() -> None:
    for exponent in range(-12, 13, 3):
        for log in (False, True):
            high = exponent if log else 7.3 * 10.0**exponent
            low = high - 2.5 if log else -high
            longest = max(len(name) for name in names(log, low, high, 5))
            assert longest <= LONGEST, (log, exponent)
