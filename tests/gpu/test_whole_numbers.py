"""Whole numbers with signs, and functions of single numbers, against NumPy, their gradients against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from site_builder import graph as g
from site_builder.errors import GraphError
from tests.gpu.test_words import BOX, CUBE, GATHERED, Word, agree, choices, numbers, on_device, rng, slopes, x

FROM_END = np.array([[-9, -8], [0, 8], [-1, 3]], np.int32)
WORDS: dict[str, Word] = {
    f"x{name}, from the end": (index, index, (BOX, FROM_END))
    for name, index in GATHERED.items()
    if name != "turned round"
}
WORDS["an element from the end, replaced"] = (
    lambda x, i: g.update_at(x, i[0, 1], x[8]),
    lambda x, i: np.where(np.arange(9) == 1, x[8], x),
    (numbers(9), FROM_END),
)
A, B = (rng.integers(-9, 10, (5, 33)).astype(np.int32) for _ in "ab")
C = choices(9, 5, 33)
WHOLE: dict[str, Callable[..., Any]] = {  # the same text of both, of numbers with signs
    "a + b * a - b": lambda a, b: a + b * a - b,
    "a // (b | 1)": lambda a, b: a // (b * 2 + 1),
    "a % (b | 1)": lambda a, b: a % (b * 2 + 1),
    "7 // (a | 1)": lambda a, b: 7 // (a * 2 + 1) + -7 % (b * 2 + 1),
    "divmod": lambda a, b: divmod(a, 4)[0] * 10 + divmod(b, -4)[1],
    "-a": lambda a, b: -a - 3,
    "a**2 < b": lambda a, b: (a**2 < b) + 2.0 * (a >= b) + 4.0 * (a == b),
}
WORDS |= {f"whole: {name}": (index, index, (A, B)) for name, index in WHOLE.items()}
WORDS |= {
    "whole: u32 - u32": (lambda c: c - c[:1], lambda c: c.astype(int) - c[:1], (C,)),
    "whole: u32 and numbers below 0": (lambda c: (c + -5) * 2 - 1, lambda c: (c.astype(int) - 5) * 2 - 1, (C,)),
    "whole: 4 - u32": (lambda c: g.absolute(4 - c), lambda c: abs(4 - c.astype(int)), (C,)),
    "whole: i32 and u32": (
        lambda a, c: g.maximum(a, c) * g.sign(a),
        lambda a, c: np.maximum(a, c) * np.sign(a),
        (A, C),
    ),
    "whole: distances": (
        lambda x: x * g.cast(g.iota(5)[:, None] - g.iota(7)[None], "f32"),
        lambda x: x * (np.arange(5)[:, None] - np.arange(7)),
        (CUBE,),
    ),
    "floats % floats": (lambda x, y: x % y, np.remainder, (CUBE * 9, np.pi * numbers(3, 5, 7))),
    "floats // floats": (
        lambda x, y: x // y + x * y,
        lambda x, y: x // y + x * y,
        (CUBE * 9, np.pi * numbers(3, 5, 7)),
    ),
    "a float % floats": (lambda x: -7.3 % x + g.remainder(x, 0.37), lambda x: -7.3 % x + x % 0.37, (CUBE,)),
    "rounded": (
        lambda x: g.floor(3 * x) + 10 * g.ceil(3 * x) + 100 * g.trunc(3 * x) + x,
        lambda x: np.floor(3 * x) + 10 * np.ceil(3 * x) + 100 * np.trunc(3 * x) + x,
        (CUBE,),
    ),
    "log2, exp2, log10": (
        lambda x: g.log2(x) + g.exp2(x) + g.log10(x) + g.rsqrt(x) + g.reciprocal(x),
        lambda x: np.log2(x) + np.exp2(x) + np.log10(x) + x**-0.5 + 1 / x,
        (np.abs(CUBE) + 0.1,),
    ),
    "logaddexp": (g.logaddexp, np.logaddexp, (CUBE * 9, CUBE[::-1])),
    "atan2": (g.atan2, np.arctan2, (CUBE, numbers(3, 5, 7))),
    "angles": (
        lambda x: g.asin(x) + 2 * g.acos(x) + 3 * g.atan(x) + g.atanh(x) + g.tan(x),
        lambda x: np.arcsin(x) + 2 * np.arccos(x) + 3 * np.arctan(x) + np.arctanh(x) + np.tan(x),
        (CUBE * 0.49,),
    ),
    "hyperbolic": (lambda x: g.sinh(x) - 2 * g.cosh(x), lambda x: np.sinh(x) - 2 * np.cosh(x), (CUBE,)),
}


@pytest.mark.parametrize("name", WORDS)
def test_word_is_numpys(device: Any, name: str) -> None:
    agree(*WORDS[name])


@pytest.mark.parametrize("name", WORDS)
def test_gradient_is_the_slope(name: str) -> None:
    slopes(*WORDS[name])


@pytest.mark.parametrize("times", [1, 4], ids=["one by one", "in fours"])
def test_powers_are_ieees(device: Any, times: int) -> None:
    bases, exponents = (
        np.array([-np.inf, -2, -1, -0.5, -0.0, 0, 0.5, 1, 2, np.inf]),
        np.array([-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 17]),
    )
    a, b = (np.tile(x.ravel(), times) for x in np.meshgrid(bases, exponents))
    with np.errstate(all="ignore"):
        expected = np.power(a, b)
    found = on_device(lambda a, b: a**b, a, b)
    np.testing.assert_allclose(found["y"], expected, rtol=1e-5)
    at = (a == 0) & (b >= 1)
    assert np.isfinite(found["d0"][at]).all()
    assert (found["d1"][a == 0] == 0).all()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: x(3) * x(3, dtype="i32"), r"f32\[3\] and i32\[3\] do not fit: cast one, as cast\(x, \"f32\"\)"),
        (lambda: x(3, dtype="i32") * 0.5, r"i32 numbers are whole and from -2147483648 to 2147483647, found 0.5: cast"),
        (lambda: g.absolute(x(3, dtype="u32")), r"absolute: expected f32 or i32, found u32\[3\]"),
        (lambda: g.tan(x(3, dtype="i32")), r"tan: expected f32, found i32\[3\]"),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(build: Callable[[], object], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        build()
