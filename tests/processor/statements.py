"""Random statements and functions around the expressions of `programs.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from tests.processor.programs import (
    ARITHMETIC,
    COUNT,
    F4,
    LIBRARY,
    SHAPES,
    U4,
    Array,
    B,
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
TEXT = """@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> u: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<u32>;
@group(0) @binding(5) var<storage, read_write> z: array<vec4<f32>>;
"""
MAIN = """@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
  let i = id.x;
  if (i >= {count}u) {{ return; }}
  let a = x[i];
  let b = u[i];
  let c = w[i];
"""


@dataclass(frozen=True)
class Statement:
    """Its lines, and what it does to those for whom the mask holds."""

    lines: tuple[str, ...]
    execute: Execute


@dataclass(frozen=True)
class Program:
    """A kernel's text, and what it stores for the buffers x, u and w."""

    text: str
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
            return self.store()
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
        return Statement(
            (f"{word} {name}{self.draw.choice(['', f': {kind}'])} = {value.text};",), setting(name, kind, value)
        )

    def assign(self) -> Statement:
        name = self.draw.choice(self.mutable)
        kind = self.names[name]
        if kind in (F4, U4) and self.draw.random() < 0.5:
            lane, part = self.draw.randrange(4), self.any(F if kind == F4 else U, 3)
            return Statement((f"{name}.{'xyzw'[lane]} = {part.text};",), setting_part(name, lane, part))
        if kind == M and self.draw.random() < 0.5:
            lane, part = self.draw.randrange(4), self.any(F4, 3)
            return Statement((f"{name}[{lane}] = {part.text};",), setting_part(name, lane, part))
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


def setting(name: str, kind: str, value: Expression) -> Execute:
    def execute(frame: Frame, live: Array) -> Array:
        old = frame.values.get(name, np.zeros((COUNT, *SHAPES[kind]), ZERO[kind]))
        frame.values[name] = chosen(live, value.evaluate(frame), old)
        return live

    return execute


def setting_part(name: str, lane: int, part: Expression) -> Execute:
    def execute(frame: Frame, live: Array) -> Array:
        changed = frame.values[name].copy()
        changed[:, lane] = part.evaluate(frame)
        frame.values[name] = chosen(live, changed, frame.values[name])
        return live

    return execute


def run_together(parts: Sequence[Statement]) -> Statement:
    def execute(frame: Frame, live: Array) -> Array:
        for part in parts:
            live = part.execute(frame, live)
        return live

    return Statement(tuple(line for part in parts for line in part.lines), execute)


def function(draw: Random, functions: list[Signature]) -> tuple[Signature, str]:
    """A function that may return early, and its text."""
    takes = tuple(draw.choice(KINDS) for _ in range(draw.randrange(1, 4)))
    gives, name = draw.choice(KINDS), f"f{len(functions)}"
    names = {f"p{n}": kind for n, kind in enumerate(takes)}
    body = Body(draw, dict(names), functions)
    body.gives = gives if draw.random() < 0.6 else None
    statements = run_together([body.statement(1) for _ in range(draw.randrange(0, 4))])
    last = body.any(gives, 4)

    def call(values: list[Array]) -> Array:
        frame = Frame(dict(zip(names, values, strict=True)), np.zeros((COUNT, *SHAPES[gives]), ZERO[gives]))
        live = statements.execute(frame, np.ones(COUNT, bool))
        assert frame.result is not None
        return chosen(live, last.evaluate(frame), frame.result)

    parameters = ", ".join(f"{parameter}: {kind}" for parameter, kind in names.items())
    lines = [f"fn {name}({parameters}) -> {gives} {{", *statements.lines, f"return {last.text};", "}"]
    return Signature(name, takes, gives, call), "\n".join(lines) + "\n"


def together(body: Body, kind: str) -> Expression:
    """What comes of all names of a type, so that none is computed in vain."""
    total = body.any(kind, 4)
    for name in [name for name, of in body.names.items() if of == kind]:
        total = added(kind, total, name)
    return total


def added(kind: str, total: Expression, name: str) -> Expression:
    """A total and what a name holds."""
    other = Expression(name, lambda frame: frame.values[name])
    if kind in (U, U4, B):
        operator = "|" if kind == B else "^"
        return made(f"({total.text} {operator} {name})", ARITHMETIC[operator], total, other)
    word = {F: "small", F4: "small4", M: "small16"}[kind]
    return made(f"{word}({total.text} + {name})", lambda a, b: small(a + b), total, other)


def mixed(whole: Array, truth: Array, wholes: Array) -> Array:
    """As the text of `v` has it."""
    return whole ^ truth.astype(np.uint32) ^ (wholes[:, 0] + 3 * wholes[:, 1] + 5 * wholes[:, 2] + 7 * wholes[:, 3])


def program(seed: int) -> Program:
    """The program of a seed."""
    draw = Random(seed)
    Body.count = 0
    functions: list[Signature] = []
    texts = []
    for _ in range(draw.randrange(0, 4)):
        signature, text = function(draw, functions)
        functions.append(signature)
        texts.append(text)
    body = Body(draw, {"a": F, "b": U, "c": F4, "i": U}, functions)
    statements = run_together([body.statement(2) for _ in range(draw.randrange(4, 12))])
    all_of = {kind: together(body, kind) for kind in KINDS}
    masks = (f"select(0u, 1u, {all_of[B].text})", f"dot4({all_of[U4].text})")
    stores = {
        "y": all_of[F],
        "v": made(f"{all_of[U].text} ^ {masks[0]} ^ {masks[1]}", mixed, all_of[U], all_of[B], all_of[U4]),
        "z": all_of[F4],
        "last": made(
            f"{all_of[M].text}[b % 4u]",
            lambda x, n: x[np.arange(COUNT), n % 4],
            all_of[M],
            Expression("b", lambda f: f.values["b"]),
        ),
    }
    last = [f"{name}[i] = {stores[name].text};" for name in "yvz"]
    last.append(f"z[i + {COUNT}u] = {stores['last'].text};")
    text = TEXT + LIBRARY + "".join(texts) + MAIN.format(count=COUNT) + "\n".join([*statements.lines, *last]) + "\n}"

    def execute(frame: Frame, live: Array) -> Array:
        everyone = statements.execute(frame, live)
        frame.values.update({name: value.evaluate(frame) for name, value in stores.items()})
        return everyone

    return Program(text, execute)
