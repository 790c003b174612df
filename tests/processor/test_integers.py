"""u32 as WGSL has it, also where the compiler knows how large a number can be, and computes less, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.processor.engines import Node, OnNode, OnWasmtime
from tests.processor.texts import elementwise

Array = np.ndarray[Any, Any]
COUNT = 100
EDGES = np.array(
    [0, 1, 2, 7, 8, 9, 10, 31, 32, 33, 255, 2**16, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 2, 2**32 - 1], "u4"
)
U = np.resize(EDGES, COUNT)
PLACES = np.arange(COUNT, dtype=np.uint32)
W = np.uint32
KNOWN = (
    "i % 10u",
    "min(u[i], 9u)",
    "u[i] & 15u",
    "u[i] >> 28u",
    "(i % 10u) * 3u",
    "(i % 10u) + 5u",
    "(u[i] & 7u) | 8u",
)
WORTH: dict[str, Array] = {
    "i % 10u": PLACES % W(10),
    "min(u[i], 9u)": np.minimum(U, 9),
    "u[i] & 15u": U & W(15),
    "u[i] >> 28u": U >> W(28),
    "(i % 10u) * 3u": PLACES % W(10) * W(3),
    "(i % 10u) + 5u": PLACES % W(10) + W(5),
    "(u[i] & 7u) | 8u": U & W(7) | W(8),
}
OPERATORS: dict[str, Callable[[Array, Array], Array]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: np.where(b == 0, a, a // np.maximum(b, W(1))),
    "%": lambda a, b: np.where(b == 0, W(0), a % np.maximum(b, W(1))),
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << (b & W(31)),
    ">>": lambda a, b: a >> (b & W(31)),
}
COMPARISONS: dict[str, Callable[[Array, Array], Array]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def stored(node: Node, expressions: list[str]) -> list[Array]:
    """What each expression is worth, in both engines."""
    plan = elementwise(" ".join(f"v[i + {COUNT * n}u] = {each};" for n, each in enumerate(expressions)), COUNT)
    buffers = [
        b if b.name != "v" else type(b)("v", (COUNT * len(expressions),), "u32", "input", 3, 0, 0) for b in plan.buffers
    ]
    sizes = (*plan.allocations[:3], 4 * COUNT * len(expressions))
    plan = type(plan)(plan.name, plan.sources, plan.kernels, sizes, tuple(buffers), plan.programs)
    runners = OnNode(plan, node), OnWasmtime(plan, node)
    for runner in runners:
        runner.write("u", U)
        runner.run("run")
    assert runners[0].digest() == runners[1].digest()
    return [*runners[0].read("v").reshape(len(expressions), COUNT)]


@pytest.mark.parametrize("operator", OPERATORS)
def test_operators_on_any_two(node: Node, operator: str) -> None:
    constants = [0, 1, 2, 3, 7, 8, 31, 32, 2**31, 2**32 - 1]
    if operator in ("<<", ">>"):
        constants = constants[:7]
    texts = [
        f"u[i] {operator} u[{len(EDGES)}u - 1u - i % {len(EDGES)}u]",
        *(f"u[i] {operator} {c}u" for c in constants),
    ]
    right = [
        OPERATORS[operator](U, EDGES[::-1][PLACES % len(EDGES)]),
        *(OPERATORS[operator](U, W(c)) for c in constants),
    ]
    texts += [f"{c}u {operator} u[i]" for c in constants]
    right += [OPERATORS[operator](np.full(COUNT, c, np.uint32), U) for c in constants]
    for text, found, exact in zip(texts, stored(node, texts), right, strict=True):
        np.testing.assert_array_equal(found, exact, text)


@pytest.mark.parametrize("known", KNOWN)
def test_operators_on_what_is_known(node: Node, known: str) -> None:
    """Up to and past the largest number that it can be, of which the compiler may make something else."""
    worth = WORTH[known]
    edges = sorted({0, 1, *(int(worth.max()) + n for n in (-1, 0, 1)), 2 * int(worth.max()), 2**32 - 1})
    texts, right = [], []
    for edge in edges:
        for operator in ("/", "%", "-", "*", "&", "|"):
            texts.append(f"({known}) {operator} {edge}u")
            right.append(OPERATORS[operator](worth, W(edge)))
        for operator, function in COMPARISONS.items():
            texts += [f"select(0u, 1u, ({known}) {operator} {edge}u)", f"select(0u, 1u, {edge}u {operator} ({known}))"]
            right += [function(worth, W(edge)).astype(np.uint32), function(W(edge), worth).astype(np.uint32)]
        texts += [f"min({known}, {edge}u)", f"max({edge}u, {known})", f"max({known}, {edge}u)"]
        right += [np.minimum(worth, W(edge)), np.maximum(worth, W(edge)), np.maximum(worth, W(edge))]
    for text, found, exact in zip(texts, stored(node, texts), right, strict=True):
        np.testing.assert_array_equal(found, exact, text)


def test_comparisons_of_sums_that_may_wrap_around(node: Node) -> None:
    sums: dict[str, Array] = {
        "i": PLACES,
        "i + 1u": PLACES + W(1),
        "i - 1u": PLACES - W(1),
        "i + 4294967295u": PLACES + W(2**32 - 1),
        "u[i]": U,
        "u[i] + 1u": U + W(1),
        "u[i] - 1u": U - W(1),
        "2u * u[i]": U * W(2),
        "2u * u[i] + 3u": U * W(2) + W(3),
        "2147483647u + i": PLACES + W(2**31 - 1),
        "i + 2147483648u": PLACES + W(2**31),
    }
    texts, right = [], []
    for a, left in sums.items():
        for b, other in sums.items():
            for operator, function in COMPARISONS.items():
                texts.append(f"select(0u, 1u, {a} {operator} {b})")
                right.append(function(left, other).astype(np.uint32))
    for text, found, exact in zip(texts, stored(node, texts), right, strict=True):
        np.testing.assert_array_equal(found, exact, text)


def test_conversions(node: Node) -> None:
    """What does not fit becomes the nearest number that both types hold."""
    numbers = {"-1.0": 0, "-0.0": 0, "0.99": 0, "7.5": 7, "4294967040.0": 4294967040, "1e10": 4294967040, "-1e30": 0}
    texts = [text for number in numbers for text in (f"u32({number})", f"u32({number} + f32(i) * 0.0)")]
    texts += [f"vec4<u32>(vec4<f32>({number} + f32(i) * 0.0)).z" for number in numbers]
    right = [exact for exact in numbers.values() for _ in range(2)] + [*numbers.values()]
    for text, found, exact in zip(texts, stored(node, texts), right, strict=True):
        np.testing.assert_array_equal(found, exact, text)
