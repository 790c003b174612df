"""Numbers, paths and transforms as SVG may write them in the fewest characters. Strings in, strings out."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")  # rotations by tiny angles come with exponents


def short(number: float, decimals: int) -> str:
    """A number with at most so many decimals, no trailing zeros, no minus zero."""
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def path_data(data: str) -> str:
    """Path data in tenths of a CSS pixel; runs of straight lines are relative, from rounded point to rounded point.

    The rounded points are what counts, so errors do not add up along a line; a curve of 500 points shrinks by half.
    """
    out = ""
    here = (0, 0)
    last = ""
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", data):
        tenths = [round(float(number) * 10) for number in NUMBER.findall(numbers)]
        there = (tenths[-2], tenths[-1]) if tenths else here
        if command == "L":
            moved = packed([there[0] - here[0], there[1] - here[1]])
            out += (" " if last == "l" and moved[0] != "-" else "" if last == "l" else "l") + moved
            last = "l"
        else:
            out += command + packed(tenths)
            last = command
        here = there
    return out


def packed(tenths: Sequence[int]) -> str:
    """Numbers in tenths as SVG may write them: no leading zero, a space only where no sign separates."""
    out = ""
    for number in tenths:
        text = short(number / 10, 1).replace("0.", ".", 1) if -10 < number < 10 else short(number / 10, 1)
        out += text if not out or text[0] == "-" else " " + text
    return out


def transform_data(data: str) -> str:
    """A transform with rounded numbers; turns by nothing are left out."""
    out = []
    for kind, numbers in re.findall(r"(\w+)\(([^)]*)\)", data):
        values = [float(number) for number in NUMBER.findall(numbers)]
        if kind == "rotate" and values[0] == 0:
            continue
        decimals = 4 if kind in ("matrix", "scale") else 1
        out.append(f"{kind}({' '.join(short(value, decimals) for value in values)})")
    return " ".join(out)
