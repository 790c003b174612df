"""Kinds of text that random programs do not have, each with what it stores, in both engines."""

from __future__ import annotations

import numpy as np
import pytest

from tests.processor.engines import Node, OnNode, OnWasmtime, Runner
from tests.processor.texts import HEAD, elementwise, plan_of

COUNT = 64
I = np.arange(COUNT)  # noqa: E741
X, U = (I - 20).astype(np.float32), (I % 9).astype(np.uint32)
# Ends for a number above 0 alone.
SEARCH = (
    "fn search(n: u32) -> bool { var c = 0u; for (var k = n; k != 1u; k = k / 2u + k % 2u) { c++; } return c > 1u; }\n"
)
SPINS = "fn spins(n: u32) -> bool { var c = 0u; for (var k = n; k != 1u; k += 0u) { c++; } return c > 1u; }\n"
SHADOW = "fn f(p: f32) -> f32 { var y = p; y += 2.0; { var p = 2.0; p += y; y = p; } return y; }\n"
BODIES = {
    "comments in comments": ("v[i] = 1u; /* a /* b */ v[i] = 2u; // */", "", 0 * I + 1),
    "a whole -0": (
        "v[i] = bitcast<u32>(select(-0, 1.0, i == 7u)) + bitcast<u32>(select(0 * -5, 0.0, i == 7u));",
        "",
        np.where(I == 7, 0x3F800000, 0),
    ),
    "a guard": ("v[i] = select(0u, 1u, u[i] != 0u && search(u[i]));", SEARCH, U > 2),
    "a guard of or": ("v[i] = select(0u, 1u, u[i] == 0u || search(u[i]));", SEARCH, (U == 0) | (U > 2)),
    "a constant guard": (
        "v[i] = select(0u, 1u, COUNT > 99u && spins(COUNT)) + select(0u, 2u, COUNT < 99u || spins(COUNT));",
        SPINS,
        0 * I + 2,
    ),
    "names that shadow": ("v[i] = u32(f(f32(u[i])));", SHADOW, U + 4),
    "letters of colours and bool()": (
        "v[i] = u32(vec4<f32>(1.0, 2.0, 3.0, 4.0).abgr.x) + u32(bool(x[i]));",
        "",
        4 + (X != 0),
    ),
}
MAIN = """var<workgroup> s: array<f32, 64>;
const K = 3.0;
fn tail(l: u32) { let a = K; workgroupBarrier(); { let K = 5.0; y[l] = K + a + s[63u - l]; } y[l] += K; return; }
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) l: u32) {
  var a = x[l];
  let K = 100.0;
  s[l] = a + K;
  tail(l);
  a += s[63u - l];
  v[l] = u32(a + 200.0);
}"""


@pytest.mark.parametrize("engine", [OnNode, OnWasmtime])
@pytest.mark.parametrize("name", BODIES)
def test_a_body_stores_what_it_says(node: Node, engine: type[Runner], name: str) -> None:
    body, before, right = BODIES[name]
    runner = engine(elementwise(body, COUNT, before), node)
    runner.write("x", X)
    runner.write("u", U)
    runner.run("run")
    np.testing.assert_array_equal(runner.read("v"), right)


@pytest.mark.parametrize("engine", [OnNode, OnWasmtime])
def test_names_around_a_barrier(node: Node, engine: type[Runner]) -> None:
    """A function that waits has names of its own, and what main declares may change behind the barrier first."""
    sizes = {"x": ("f32", COUNT), "u": ("u32", COUNT), "y": ("f32", COUNT), "v": ("u32", COUNT)}
    runner = engine(plan_of(HEAD + MAIN, sizes), node)
    runner.write("x", X)
    runner.run("run")
    np.testing.assert_array_equal(runner.read("y"), X[::-1] + 111)
    np.testing.assert_array_equal(runner.read("v"), X + X[::-1] + 300)
