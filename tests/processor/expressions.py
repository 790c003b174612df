"""Random expressions of the subset of WGSL, each with what it computes: text for the compiler, NumPy for what is right.

In: names and their types. Out: expressions. Wherever numbers are f32, they are whole and small, so that every order of
additions
gives the same bits. All invocations are evaluated at once; those that a branch leaves out are masked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Evaluate = Callable[["Frame"], Array]
Execute = Callable[["Frame", Array], Array]  # who is still there at its end

COUNT = 100  # invocations, and elements of each buffer
F, U, B, F4, U4, M = "f32", "u32", "bool", "vec4<f32>", "vec4<u32>", "mat4x4<f32>"
SHAPES = {F: (), U: (), B: (), F4: (4,), U4: (4,), M: (4, 4)}
LIBRARY = """fn small(x: f32) -> f32 { return x - 64.0 * floor(x / 64.0); }
fn dot4(n: vec4<u32>) -> u32 { return n.x + 3u * n.y + 5u * n.z + 7u * n.w; }
fn small4(x: vec4<f32>) -> vec4<f32> { return x - 64.0 * floor(x / 64.0); }
fn small16(x: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(small4(x[0]), small4(x[1]), small4(x[2]), small4(x[3]));
}
"""
ARITHMETIC: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": lambda a, b: np.where(b == 0, a, a // np.maximum(b, 1)),
    "%": lambda a, b: np.where(b == 0, np.uint32(0), a % np.maximum(b, 1)),
    "&": np.bitwise_and,
    "|": np.bitwise_or,
    "^": np.bitwise_xor,
}
COMPARISONS: dict[str, Callable[[Array, Array], Array]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def small(x: Array) -> Array:
    """As in the library."""
    return (x - np.float32(64) * np.floor(x / np.float32(64))).astype(np.float32)


@dataclass
class Frame:
    """What a function's names hold, for each invocation, and who left."""

    values: dict[str, Array]
    result: Array | None = None
    skipped: list[Array] = field(default_factory=list)  # of each loop, who continues
    broke: list[Array] = field(default_factory=list)


@dataclass(frozen=True)
class Expression:
    """Its text, and what it is worth."""

    text: str
    evaluate: Evaluate


@dataclass(frozen=True)
class Signature:
    """A function of the program."""

    name: str
    takes: tuple[str, ...]
    gives: str
    call: Callable[[list[Array]], Array]


def spread(x: Array, like: Array) -> Array:
    """A number for each invocation beside vectors."""
    return x.reshape(x.shape + (1,) * (like.ndim - x.ndim))


def chosen(mask: Array, new: Array, old: Array) -> Array:
    """`new` where the mask holds."""
    return np.where(spread(mask, old), new, old)


class Expressions:
    """Draws expressions over the names that are there."""

    def __init__(self, draw: Random, names: dict[str, str], arrays: dict[str, int], functions: list[Signature]) -> None:
        self.draw = draw
        self.names = names
        self.arrays = arrays
        self.functions = functions

    def any(self, kind: str, depth: int) -> Expression:
        """One of a type."""
        if depth <= 0 or self.draw.random() < 0.2:
            return self.leaf(kind)
        callable_ = [f for f in self.functions if f.gives == kind]
        if callable_ and self.draw.random() < 0.2:
            return self.called(self.draw.choice(callable_), depth)
        return {F: self.number, U: self.whole, B: self.truth, F4: self.vector, U4: self.wholes, M: self.matrix}[kind](
            depth
        )

    def leaf(self, kind: str) -> Expression:
        """A name, or a literal where there is none."""
        names = [name for name, of in self.names.items() if of == kind]
        if names and self.draw.random() < 0.8:
            name = self.draw.choice(names)
            return Expression(name, lambda frame: frame.values[name])
        value = self.draw.choice([0, 1, 2, 3, 7, 63, self.draw.randrange(2**32)])
        if kind == F:
            number = value % 64
            return Expression(f"{number}.0", lambda frame: np.full(COUNT, number, np.float32))
        if kind == U:
            return Expression(f"{value}u", lambda frame: np.full(COUNT, value, np.uint32))
        if kind == B:
            return Expression("true" if value % 2 else "false", lambda frame: np.full(COUNT, value % 2 == 1))
        if kind == M:
            columns = [self.leaf(F4) for _ in range(4)]
            return Expression(f"mat4x4<f32>({joined(columns)})", lambda frame: stacked(columns, frame))
        parts = [self.leaf(F if kind == F4 else U) for _ in range(4)]
        return Expression(f"{kind}({joined(parts)})", lambda frame: stacked(parts, frame))

    def called(self, function: Signature, depth: int) -> Expression:
        operands = [self.any(kind, depth - 2) for kind in function.takes]
        return Expression(
            f"{function.name}({joined(operands)})", lambda frame: function.call([o.evaluate(frame) for o in operands])
        )

    def pair(self, kind: str, depth: int) -> tuple[Expression, Expression]:
        return self.any(kind, depth - 1), self.any(kind, depth - 1)

    def number(self, depth: int) -> Expression:
        a, b = self.pair(F, depth)
        which = self.draw.randrange(9)
        if which < 3:
            operator = "+-*"[which]
            return made(f"small({a.text} {operator} {b.text})", lambda x, y: small(ARITHMETIC[operator](x, y)), a, b)
        if which == 3:
            name = self.draw.choice(["min", "max"])
            return made(f"{name}({a.text}, {b.text})", {"min": np.minimum, "max": np.maximum}[name], a, b)
        if which == 4:
            return self.selected(F, depth)
        if which == 5:
            name = self.draw.choice(["floor", "ceil", "round", "trunc"])
            function = {"floor": np.floor, "ceil": np.ceil, "round": np.rint, "trunc": np.trunc}[name]
            return made(f"{name}({a.text} / 8.0)", lambda x: function(x / np.float32(8)), a)
        if which == 6:
            u = self.any(U, depth - 1)
            return made(f"f32({u.text} % 64u)", lambda x: (x % np.uint32(64)).astype(np.float32), u)
        if which == 7:
            v, w = self.any(F4, depth - 1), self.any(F4, depth - 1)
            return made(f"small(dot({v.text}, {w.text}))", lambda x, y: small(np.sum(x * y, -1, np.float32)), v, w)
        return self.component(F4, F, depth)

    def whole(self, depth: int) -> Expression:
        a, b = self.pair(U, depth)
        which = self.draw.randrange(8)
        if which < 3:
            operator = self.draw.choice([*ARITHMETIC])
            return made(f"({a.text} {operator} {b.text})", ARITHMETIC[operator], a, b)
        if which == 3:
            amount = self.draw.randrange(32)
            left = made(f"({a.text} << {amount}u)", lambda x: x << np.uint32(amount), a)
            return left if self.draw.random() < 0.5 else made(f"({a.text} >> {b.text} % 32u)", shifted, a, b)
        if which == 4:
            name = self.draw.choice(["min", "max"])
            return made(f"{name}({a.text}, {b.text})", {"min": np.minimum, "max": np.maximum}[name], a, b)
        if which == 5:
            return self.selected(U, depth)
        if which == 6:
            x = self.any(F, depth - 1)
            bits = made(f"bitcast<u32>(abs({x.text}))", lambda n: np.abs(n).view(np.uint32), x)
            return bits if self.draw.random() < 0.5 else made(f"u32({x.text})", lambda n: n.astype(np.uint32), x)
        return self.component(U4, U, depth)

    def truth(self, depth: int) -> Expression:
        which = self.draw.randrange(5)
        if which < 2:
            kind = self.draw.choice([F, U])
            a, b = self.pair(kind, depth)
            operator = self.draw.choice([*COMPARISONS])
            return made(f"({a.text} {operator} {b.text})", COMPARISONS[operator], a, b)
        if which == 2:
            a, b = self.pair(B, depth)
            operator = self.draw.choice(["&&", "||", "&", "|"])
            function = np.logical_and if "&" in operator else np.logical_or
            return made(f"({a.text} {operator} {b.text})", function, a, b)
        if which == 3:
            c = self.any(B, depth - 1)
            return made(f"!{c.text}", np.logical_not, c)
        mask = self.mask(depth)
        name = self.draw.choice(["any", "all"])
        return made(f"{name}({mask.text})", lambda x: getattr(np, name)(x, -1), mask)

    def mask(self, depth: int) -> Expression:
        kind = self.draw.choice([F4, U4])
        a, b = self.pair(kind, depth)
        operator = self.draw.choice([*COMPARISONS])
        return made(f"({a.text} {operator} {b.text})", COMPARISONS[operator], a, b)

    def selected(self, kind: str, depth: int) -> Expression:
        a, b = self.pair(kind, depth)
        c = self.any(B, depth - 1)
        return made(f"select({a.text}, {b.text}, {c.text})", lambda x, y, z: chosen(z, y, x), a, b, c)

    def component(self, kind: str, of: str, depth: int) -> Expression:
        v = self.any(kind, depth - 1)
        if self.draw.random() < 0.5:
            lane = self.draw.randrange(4)
            return made(f"{v.text}.{'xyzw'[lane]}", lambda x: x[:, lane], v)
        at = self.any(U, depth - 2)
        return made(f"{v.text}[{at.text} % 4u]", lambda x, n: x[np.arange(COUNT), n % 4], v, at)

    def vector(self, depth: int) -> Expression:
        a, b = self.pair(F4, depth)
        which = self.draw.randrange(7)
        if which < 2:
            operator = self.draw.choice("+-*")
            return made(f"small4({a.text} {operator} {b.text})", lambda x, y: small(ARITHMETIC[operator](x, y)), a, b)
        if which == 2:
            s = self.any(F, depth - 1)
            return made(f"small4({s.text} * {a.text})", lambda x, y: small(spread(x, y) * y), s, a)
        if which == 3:
            m = self.mask(depth - 1)
            return made(f"select({a.text}, {b.text}, {m.text})", lambda x, y, z: np.where(z, y, x), a, b, m)
        if which == 4:
            m = self.any(M, depth - 1)
            if self.draw.random() < 0.5:
                return made(f"small4({m.text} * {a.text})", lambda x, y: small(np.einsum("nkr,nk->nr", x, y)), m, a)
            return made(f"small4({a.text} * {m.text})", lambda x, y: small(np.einsum("nk,nrk->nr", x, y)), a, m)
        if which == 5:
            letters = "".join(self.draw.choice("xyzw") for _ in range(4))
            return made(f"{a.text}.{letters}", lambda x: x[:, ["xyzw".index(letter) for letter in letters]], a)
        parts = [self.any(F, depth - 1) for _ in range(4)]
        return Expression(f"vec4<f32>({joined(parts)})", lambda frame: stacked(parts, frame))

    def wholes(self, depth: int) -> Expression:
        a, b = self.pair(U4, depth)
        which = self.draw.randrange(6)
        if which < 2:
            operator = self.draw.choice([*ARITHMETIC])
            return made(f"({a.text} {operator} {b.text})", ARITHMETIC[operator], a, b)
        if which == 2:
            m = self.mask(depth - 1)
            return made(f"select({a.text}, {b.text}, {m.text})", lambda x, y, z: np.where(z, y, x), a, b, m)
        if which == 3:
            amount = self.draw.randrange(32)
            return made(f"({a.text} >> vec4<u32>({amount}u))", lambda x: x >> np.uint32(amount), a)
        if which == 4:
            v = self.any(F4, depth - 1)
            bits = made(f"bitcast<vec4<u32>>(abs({v.text}))", lambda x: np.abs(x).view(np.uint32), v)
            return bits if self.draw.random() < 0.5 else made(f"vec4<u32>({v.text})", lambda x: x.astype(np.uint32), v)
        parts = [self.any(U, depth - 1) for _ in range(4)]
        return Expression(f"vec4<u32>({joined(parts)})", lambda frame: stacked(parts, frame))

    def matrix(self, depth: int) -> Expression:
        a, b = self.pair(M, depth - 1)
        which = self.draw.randrange(4)
        if which == 0:
            return made(f"small16({a.text} * {b.text})", lambda x, y: small(np.einsum("nkr,nck->ncr", x, y)), a, b)
        if which == 1:
            return made(f"small16({a.text} + {b.text})", lambda x, y: small(x + y), a, b)
        if which == 2:
            return made(f"transpose({a.text})", lambda x: np.swapaxes(x, 1, 2).copy(), a)
        columns = [self.any(F4, depth - 1) for _ in range(4)]
        return Expression(f"mat4x4<f32>({joined(columns)})", lambda frame: stacked(columns, frame))


def shifted(x: Array, n: Array) -> Array:
    return x >> n % np.uint32(32)


def made(text: str, function: Callable[..., Array], *operands: Expression) -> Expression:
    """A function of other expressions."""
    return Expression(text, lambda frame: function(*(each.evaluate(frame) for each in operands)))


def joined(parts: list[Expression]) -> str:
    return ", ".join(each.text for each in parts)


def stacked(parts: list[Expression], frame: Frame) -> Array:
    """Numbers as a vector, or vectors as the columns of a matrix."""
    return np.stack([each.evaluate(frame) for each in parts], 1)
