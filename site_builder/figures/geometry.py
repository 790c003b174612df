"""Numbers, paths and transforms as SVG may write them in the fewest characters. Strings in, strings out."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")  # rotations by tiny angles come with exponents
APART = 1.5  # tenths of a CSS pixel that a line may be off

Point = tuple[int, int]


def short(number: float, decimals: int) -> str:
    """A number with at most so many decimals, no trailing zeros, no minus zero."""
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def path_data(data: str) -> str:
    """Path data in tenths of a CSS pixel; runs of straight lines are relative, and keep only the points that are seen.

    The rounded points are what counts, so errors do not add up along a line; a curve of 500 points shrinks to a tenth.
    """
    out = ""
    run: list[Point] = [(0, 0)]  # where the pen is, and the straight lines from there on
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", data):
        tenths = [round(float(number) * 10) for number in NUMBER.findall(numbers)]
        if command == "L":
            run.append((tenths[-2], tenths[-1]))
            continue
        out += lines(run) + command + packed(tenths)
        run = [(tenths[-2], tenths[-1]) if tenths else run[-1]]
    return out + lines(run)


def lines(run: Sequence[Point]) -> str:
    """Straight lines from the first point through the others, relative; nothing when there are no others."""
    points = seen(run)
    moves = [packed((after[0] - before[0], after[1] - before[1])) for before, after in itertools.pairwise(points)]
    spaced = "".join(move if move[0] == "-" else f" {move}" for move in moves)
    return "l" + spaced.removeprefix(" ") if moves else ""


def seen(run: Sequence[Point]) -> list[Point]:
    """The points of a line without which it would be elsewhere by more than APART.

    Ramer, Douglas and Peucker: between two points that stay, the farthest from the straight line stays too if it is too
    far to be left out. https://doi.org/10.1016/S0146-664X(72)80017-0
    """
    stay = {0, len(run) - 1}
    spans = [(0, len(run) - 1)]
    while spans:
        first, last = spans.pop()
        between = range(first + 1, last)
        farthest = max(between, key=lambda index: distance(run[index], run[first], run[last]), default=first)
        if farthest != first and distance(run[farthest], run[first], run[last]) > APART:
            stay.add(farthest)
            spans += [(first, farthest), (farthest, last)]
    return [run[index] for index in sorted(stay)]


def distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the nearest one of the stretch between two others."""
    along = (end[0] - start[0], end[1] - start[1])
    from_start = (point[0] - start[0], point[1] - start[1])
    square = along[0] ** 2 + along[1] ** 2
    share = (along[0] * from_start[0] + along[1] * from_start[1]) / square if square else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(from_start[0] - share * along[0], from_start[1] - share * along[1])


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
