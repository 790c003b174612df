"""Random statements around the expressions of `expressions.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from tests.processor.expressions import (
    ARITHMETIC,
    COUNT,
    F4,
    SHAPES,
    U4,
    Array,
    B,
    Evaluate,
    Execute,
    Expression,
    Expressions,
    F,
    Frame,
    M,
    Signature,
    U,
    chosen,
    made,
    small,
)

KINDS = (F, U, B, F4, U4, M)
ZERO = {F: np.float32, U: np.uint32, B: np.bool_, F4: np.float32, U4: np.uint32, M: np.float32}


@dataclass(frozen=True)
class Statement:
    """Its lines, and what it does to those for whom the mask holds."""

    lines: tuple[str, ...]
    execute: Execute


class Body(Expressions):
    """Draws the statements of one function."""

    loops = 0
    count = 0
    gives: str | None = None

    def __init__(self, draw: Random, names: dict[str, str], functions: list[Signature]) -> None:
        super().__init__(draw, names, {}, functions)
        self.mutable: list[str] = []

    def block(self, length: int, nested: int) -> Statement:
        """Statements with names of their own."""
        names, mutable, arrays = dict(self.names), list(self.mutable), dict(self.arrays)
        parts = [self.statement(nested) for _ in range(length)]
        self.names, self.mutable, self.arrays = names, mutable, arrays
        return run_together(parts)

    def statement(self, nested: int) -> Statement:
        which = self.draw.random()
        if nested > 0 and which < 0.12:
            return self.branch(nested - 1)
        if nested > 0 and which < 0.24:
            return self.loop(nested - 1)
        if self.loops and which < 0.3:
            return self.leave()
        if self.gives and nested == 0 and which < 0.34:
            return self.give()
        if which < 0.42:
            return self.array()
        if self.arrays and which < 0.52:
            return self.store() if self.draw.random() < 0.7 else self.replace()
        if self.mutable and which < 0.75:
            return self.assign()
        return self.declare()

    def name(self) -> str:
        Body.count += 1
        return f"n{Body.count}"

    def declare(self) -> Statement:
        kind = self.draw.choice(KINDS)
        value, name = self.any(kind, 4), self.name()
        word = self.draw.choice(["let", "var"])
        self.names[name] = kind
        if word == "var":
            self.mutable.append(name)
        said = self.draw.choice(["", f": {kind}"])
        return Statement((f"{word} {name}{said} = {value.text};",), setting(name, kind, value))

    def assign(self) -> Statement:
        name = self.draw.choice(self.mutable)
        kind = self.names[name]
        if kind in (F4, U4, M) and self.draw.random() < 0.5:
            return self.assign_part(name, {F4: F, U4: U, M: F4}[kind])
        value = self.any(kind, 4)
        if kind in (U, U4) and self.draw.random() < 0.6:
            operator = self.draw.choice([*ARITHMETIC])
            both = Expression("", lambda frame: ARITHMETIC[operator](frame.values[name], value.evaluate(frame)))
            return Statement((f"{name} {operator}= {value.text};",), setting(name, kind, both))
        if kind == M and self.draw.random() < 0.7:
            right = self.any(M, 2)
            text = f"{name} += {value.text} * {right.text}; {name} = small16({name});"
            product = lambda frame: np.einsum("nkr,nck->ncr", value.evaluate(frame), right.evaluate(frame))  # noqa: E731
            total = Expression("", lambda frame: small(frame.values[name] + product(frame)))
            return Statement((text,), setting(name, kind, total))
        return Statement((f"{name} = {value.text};",), setting(name, kind, value))

    def assign_part(self, name: str, kind: str) -> Statement:
        """A component or a column, by a constant or by an index that varies."""
        lane, part = self.draw.randrange(4), self.any(kind, 3)
        if self.draw.random() < 0.5:
            at = self.any(U, 2)
            operator = self.draw.choice([*ARITHMETIC]) if kind == U else ""
            text = f"{name}[{at.text} % 4u] {operator}= {part.text};"
            return Statement((text,), setting_part(name, lambda frame: at.evaluate(frame) % 4, part, operator))
        target = f"{name}[{lane}]" if kind == F4 else f"{name}.{'xyzw'[lane]}"
        return Statement((f"{target} = {part.text};",), setting_part(name, lambda frame: np.full(COUNT, lane), part))

    def array(self) -> Statement:
        name, length = self.name(), self.draw.randrange(1, 6)
        self.arrays[name] = length

        def execute(frame: Frame, live: Array) -> Array:
            frame.values[name] = np.zeros((COUNT, length), np.float32)
            return live

        return Statement((f"var {name} = array<f32, {length}>();",), execute)

    def store(self) -> Statement:
        name = self.draw.choice([*self.arrays])
        length = self.arrays[name]
        at, value, result = self.any(U, 2), self.any(F, 3), self.name()
        back = self.any(U, 2)
        self.names[result] = F
        text = f"{name}[{at.text} % {length}u] = {value.text};"
        lines = (text, f"let {result} = {name}[{back.text} % {length}u];")

        def execute(frame: Frame, live: Array) -> Array:
            place, new = at.evaluate(frame) % length, value.evaluate(frame)
            changed = frame.values[name].copy()
            changed[np.arange(COUNT), place] = new
            frame.values[name] = chosen(live, changed, frame.values[name])
            frame.values[result] = frame.values[name][np.arange(COUNT), back.evaluate(frame) % length]
            return live

        return Statement(lines, execute)

    def replace(self) -> Statement:
        """An array of items of it and of others, each by its place when all have been read."""
        name = self.draw.choice([*self.arrays])
        length = self.arrays[name]
        parts = [self.item(self.draw.choice([name, *self.arrays])) for _ in range(length)]
        text = f"{name} = array<f32, {length}>({', '.join(each.text for each in parts)});"

        def execute(frame: Frame, live: Array) -> Array:
            new = np.stack([each.evaluate(frame) for each in parts], 1)
            frame.values[name] = chosen(live, new, frame.values[name])
            return live

        return Statement((text,), execute)

    def item(self, name: str) -> Expression:
        """What an array holds."""
        length, lane = self.arrays[name], self.draw.randrange(self.arrays[name])
        if self.draw.random() < 0.5:
            return Expression(f"{name}[{lane}u]", lambda frame: frame.values[name][:, lane])
        at = self.any(U, 1)
        everyone = np.arange(COUNT)
        return made(f"{name}[{at.text} % {length}u]", lambda n, x: x[everyone, n % length], at, whole(name))

    def branch(self, nested: int) -> Statement:
        condition = self.any(B, 3)
        accept, reject = self.block(self.draw.randrange(1, 4), nested), self.block(self.draw.randrange(0, 3), nested)
        lines = (
            f"if ({condition.text}) {{",
            *accept.lines,
            *(("} else {", *reject.lines) if reject.lines else ()),
            "}",
        )

        def execute(frame: Frame, live: Array) -> Array:
            holds = condition.evaluate(frame)
            return accept.execute(frame, live & holds) | reject.execute(frame, live & ~holds)

        return Statement(lines, execute)

    def loop(self, nested: int) -> Statement:
        name, end = self.name(), self.any(U, 2)
        passes, step = self.draw.randrange(1, 5), self.draw.choice([1, 1, 2])
        self.names[name] = U
        self.loops += 1
        body = self.block(self.draw.randrange(1, 4), nested)
        self.loops -= 1
        del self.names[name]
        bound = self.draw.choice([f"{passes}u", f"{end.text} % {passes + 1}u"])
        limit = (lambda frame: passes) if bound == f"{passes}u" else (lambda frame: end.evaluate(frame) % (passes + 1))
        update = f"{name}++" if step == 1 else f"{name} += {step}u"
        lines = (f"for (var {name} = 0u; {name} < {bound}; {update}) {{", *body.lines, "}")

        def execute(frame: Frame, live: Array) -> Array:
            frame.values[name] = np.zeros(COUNT, np.uint32)
            done = np.zeros(COUNT, bool)
            while True:
                holds = live & (frame.values[name] < limit(frame))
                done |= live & ~holds
                if not holds.any():
                    return done
                frame.skipped.append(np.zeros(COUNT, bool))
                frame.broke.append(np.zeros(COUNT, bool))
                live = body.execute(frame, holds) | frame.skipped.pop()
                done |= frame.broke.pop()
                frame.values[name] = np.where(live, frame.values[name] + np.uint32(step), frame.values[name])

        return Statement(lines, execute)

    def leave(self) -> Statement:
        condition, word = self.any(B, 2), self.draw.choice(["continue", "break"])

        def execute(frame: Frame, live: Array) -> Array:
            left = live & condition.evaluate(frame)
            (frame.skipped if word == "continue" else frame.broke)[-1][left] = True
            return live & ~left

        return Statement((f"if ({condition.text}) {{ {word}; }}",), execute)

    def give(self) -> Statement:
        assert self.gives
        condition, value = self.any(B, 2), self.any(self.gives, 3)

        def execute(frame: Frame, live: Array) -> Array:
            left = live & condition.evaluate(frame)
            frame.result = chosen(left, value.evaluate(frame), frame.result)
            return live & ~left

        return Statement((f"if ({condition.text}) {{ return {value.text}; }}",), execute)


def whole(name: str) -> Expression:
    return Expression(name, lambda frame: frame.values[name])


def setting(name: str, kind: str, value: Expression) -> Execute:
    def execute(frame: Frame, live: Array) -> Array:
        old = frame.values.get(name, np.zeros((COUNT, *SHAPES[kind]), ZERO[kind]))
        frame.values[name] = chosen(live, value.evaluate(frame), old)
        return live

    return execute


def setting_part(name: str, lane: Evaluate, part: Expression, operator: str = "") -> Execute:
    def execute(frame: Frame, live: Array) -> Array:
        changed, place, value = frame.values[name].copy(), lane(frame), part.evaluate(frame)
        old = changed[np.arange(COUNT), place]
        changed[np.arange(COUNT), place] = ARITHMETIC[operator](old, value) if operator else value
        frame.values[name] = chosen(live, changed, frame.values[name])
        return live

    return execute


def run_together(parts: Sequence[Statement]) -> Statement:
    def execute(frame: Frame, live: Array) -> Array:
        for part in parts:
            live = part.execute(frame, live)
        return live

    return Statement(tuple(line for part in parts for line in part.lines), execute)
