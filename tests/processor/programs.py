"""Random programs of the subset of WGSL: functions, a kernel that calls them, and what it must store.

In: a seed. Out: the kernel's text, and a function that computes in NumPy what it stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import numpy as np

from tests.processor.expressions import (
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
    F,
    Frame,
    M,
    Signature,
    U,
    chosen,
    made,
    small,
)
from tests.processor.statements import KINDS, ZERO, Body, run_together

SIZES = {
    "x": ("f32", COUNT),
    "u": ("u32", COUNT),
    "w": ("f32", 4 * COUNT),
    "y": ("f32", COUNT),
    "v": ("u32", COUNT),
    "z": ("f32", 8 * COUNT),
}
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
class Program:
    """A kernel's text, and what it stores for the buffers x, u and w."""

    text: str
    execute: Execute


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


def numbers(seed: int) -> dict[str, Array]:
    """What the program of a seed is given."""
    draw = np.random.default_rng(seed)
    few, many = draw.integers(0, 9, COUNT), draw.integers(0, 2**32, COUNT)
    return {
        "x": draw.integers(0, 64, COUNT).astype(np.float32),
        "u": np.where(draw.random(COUNT) < 0.5, few, many).astype(np.uint32),
        "w": draw.integers(0, 64, 4 * COUNT).astype(np.float32),
    }


def stored(made: Program, given: Mapping[str, Array]) -> dict[str, Array]:
    """What it must store for these numbers."""
    frame = Frame({"a": given["x"], "b": given["u"], "c": given["w"].reshape(COUNT, 4)})
    frame.values["i"] = np.arange(COUNT, dtype=np.uint32)
    with np.errstate(all="ignore"):
        made.execute(frame, np.ones(COUNT, bool))
    vectors = np.concatenate([frame.values["z"], frame.values["last"]])
    return {"y": frame.values["y"], "v": frame.values["v"], "z": vectors.ravel()}
