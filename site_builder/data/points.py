"""Small two-class point sets, made by arithmetic alone, so that every machine makes the same ones.

In: how many, how noisy, which seed. Out: plain lists of [x, y] and of labels 0 or 1. It does not know NumPy, so that a
model's default experiment can use it inside the browser too. Coordinates are rounded to four decimals, which hides the
last bit in which two C libraries' sines differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

Points = tuple[list[list[float]], list[int]]


def uniforms(seed: int) -> Iterator[float]:
    """Numbers in [0, 1): a 64-bit linear congruential generator's upper bits (Knuth's MMIX constants)."""
    state = (seed * 2 + 1) * 0x9E3779B97F4A7C15 % 2**64
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 32) / 2**32


def bell(draws: Iterator[float]) -> float:
    """About a standard normal: the sum of twelve uniforms less six has mean 0 and variance 1."""
    return sum(next(draws) for _ in range(12)) - 6.0


def spiral(per_class: int = 100, turns: float = 1.5, noise: float = 0.02, seed: int = 1) -> Points:
    """Two interleaved spirals out from the centre, radius 0.1 to 1, the second half a turn behind the first."""
    draws = uniforms(seed)

    def place(label: int, t: float) -> tuple[float, float]:
        radius, angle = 0.1 + 0.9 * t, 2 * math.pi * turns * t + math.pi * label
        return radius * math.cos(angle), radius * math.sin(angle)

    return _scatter(place, per_class, noise, draws)


def xor(per_class: int = 100, noise: float = 0.14, seed: int = 1) -> Points:
    """Four clouds around (±0.55, ±0.55); class 1 where the signs differ."""
    draws = uniforms(seed)

    def place(label: int, t: float) -> tuple[float, float]:
        side = 0.55 if t < 0.5 else -0.55
        return side, -side if label else side

    return _scatter(place, per_class, noise, draws)


def moons(per_class: int = 100, noise: float = 0.06, seed: int = 1) -> Points:
    """Two half circles, each reaching into the other's hollow."""
    draws = uniforms(seed)

    def place(label: int, t: float) -> tuple[float, float]:
        x, y = math.cos(math.pi * t), math.sin(math.pi * t)
        return ((1 - x if label else x) - 0.5) / 1.5, ((0.5 - y if label else y) - 0.25) / 1.5

    return _scatter(place, per_class, noise, draws)


SETS: dict[str, Callable[[], Points]] = {"spiral": spiral, "xor": xor, "moons": moons}


def _scatter(
    place: Callable[[int, float], tuple[float, float]], per_class: int, noise: float, draws: Iterator[float]
) -> Points:
    """Points at even steps t in [0, 1] along each class's shape, moved by the noise; the classes alternate."""
    coordinates, labels = [], []
    for index in range(per_class):
        for label in (0, 1):
            x, y = place(label, index / max(per_class - 1, 1))
            coordinates.append([round(x + noise * bell(draws), 4), round(y + noise * bell(draws), 4)])
            labels.append(label)
    return coordinates, labels
