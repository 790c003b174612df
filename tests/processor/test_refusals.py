"""What lies outside the subset of WGSL is refused by a sentence with file and line."""

from __future__ import annotations

import pytest

from tests.processor.engines import Node, Refusal
from tests.processor.texts import HEAD, MAIN, elementwise, plan_of

FILE = "shaders/elementwise/text.wgsl"
FIRST = 10  # the line of a body in `elementwise`, without comments and with nothing before main

BODIES = [
    ("y[i] = x[i] $ 2.0;", 'a word of WGSL is expected, found "$".'),
    ("y[i] = 1.0h;", 'a word of WGSL is expected, found "1.0h;".'),
    ("y[i] = ;", "an expression is expected, found `;`."),
    ("y[i] = x[i]", "`;` is expected, found `}`."),
    ("y[i] 1.0;", "`=` or a call is expected, found `1.0`."),
    ("loop { }", "`let`, `var`, `if`, `for`, `return` or an assignment is expected, found `loop`."),
    ("while (true) { }", "`let`, `var`, `if`, `for`, `return` or an assignment is expected, found `while`."),
    ("switch i { }", "`let`, `var`, `if`, `for`, `return` or an assignment is expected, found `switch`."),
    ("for (let j = 0u; j < 2u; j++) { }", "`var` is expected at the beginning of a loop, found `;`."),
    ("for (var j = 0u; ; j++) { }", "the condition of a loop is expected, found `;`."),
    ("for (var j = 0u; j < 2u; f()) { }", "an assignment is expected at the end of a loop's head, found `)`."),
    ("let a;", "`=` and a value are expected, found `;`."),
    ("let a = 1;", "a number of type u32 or f32 is expected: write 1u or 1.0, there is no i32."),
    ("let a: i32 = 1;", "found `i32`."),
    ("let a: u32 = 1.5;", "a value of type u32 is expected, found a literal float, 1.5."),
    ("let a: u32 = -1;", "a value of type u32 is expected, found a literal integer, -1."),
    ("let a: f16 = 1.0;", "mat4x4<f32>, an array of fixed length or a struct is expected as a type, found `f16`."),
    ("let a = vec4<i32>();", "is expected as a type, found `vec4<i32>`."),
    ("let a = vec4(1.0, 2.0);", "a struct is expected as a type, found `vec4`."),
    ("let a = vec4<f32>(1.0, 2.0);", "4 numbers are expected in vec4<f32>(…), found 2."),
    ("let a = vec4<f32>(i, i, i, i);", "numbers of type f32 are expected in vec4<f32>(…), found u32."),
    ("y[i] = x[i] + i;", "operands that `+` takes are expected, found f32 and u32."),
    ("y[i] = x[i] & x[i];", "operands that `&` takes are expected, found f32 and f32."),
    ("y[i] = -i;", "an operand that `-` takes is expected, found u32."),
    ("y[i] = i;", "a value of type f32 is expected, found u32."),
    ("if (i) { }", "a value of type bool is expected, found u32."),
    ("y[i] = z;", "a name that is known here is expected, found `z`."),
    ("y[i] = atan(x[i]);", "a function that is known here is expected, found `atan`."),
    ("y[i] = toString(x[i]);", "a function that is known here is expected, found `toString`."),
    ("y[i] = constructor(x[i]);", "a function that is known here is expected, found `constructor`."),
    ("y[i] = max(x[i]);", "operands of max() are expected, 2 of them, found 1."),
    ("y[i] = max(x[i], i);", "operands that max() takes are expected, found f32 and u32."),
    ("y[i] = exp(i);", "operands that exp() takes are expected, found u32."),
    ("y[i] = select(x[i], i, true);", "two values of one type are expected in select(), found f32 and u32."),
    ("y[i] = dot(vec2<f32>(), vec2<f32>());", "operands that dot() takes are expected"),
    ("y[i] = bitcast<f32>(true);", "f32, u32 or a vector of them is expected in bitcast<f32>(…), found bool."),
    ("y[i] = vec4<f32>().q;", "a component of vec4<f32> is expected, found `q`."),
    ("y[i] = vec4<f32>()[4u];", "an index below 4 is expected, found 4."),
    ("y[i] = vec2<f32>(1.0, 2.0)[i];", "a constant is expected as the index of vec2<f32>."),
    ("y[x[i]] = 1.0;", "an index of type u32 is expected, found f32."),
    ("y[i] = x[i][0u];", "an array, a vector or a matrix is expected before `[`, found f32."),
    (f"y[i] = {'x[i] + ' * 3000}1.0;", "fewer operations in a row are expected: split them with `let`, found `+`."),
    ("i = 1u;", "a variable or an element of a buffer is expected before `=`."),
    ("let t = vec4<f32>(); t[i] = 1.0;", "a variable or an element of a buffer is expected before `=`."),
    ("continue;", "`continue` is expected in a loop alone."),
    ("return 1.0;", "`return;` is expected."),
    ("if (i > 0u) { workgroupBarrier(); }", "a barrier is expected at the top of main() alone, found one inside."),
    ("storageBarrier();", "a function that gives no value is expected, found `storageBarrier`."),
    ("var a = array<bool, 4>(); y[i] = x[i];", "an array of f32, u32, vec2, vec4 or mat4x4 is expected as `a`."),
    (
        "var a = array<f32, 9000000>(); y[i] = x[i];",
        "an array of at most 131072 bytes is expected, found one of 36000000.",
    ),
]
FUNCTIONS = [
    ("fn f(a: f32) -> f32 { return f(a); }", "y[i] = f(x[i]);", "a function that does not call itself is expected"),
    ("fn f(a: f32) -> f32 { y[0u] = a; return a; }", "y[i] = f(x[i]);", "gives a value and writes nothing"),
    ("fn f(a: f32) -> f32 { }", "y[i] = f(x[i]);", "`return` is expected at the end of f()."),
    ("fn f(a: f32) { }", "y[i] = f(x[i]);", "a function that gives a value is expected, found `f`."),
    ("fn f(a: f32) -> f32 { return a; }", "f(x[i]);", "a function that gives no value is expected, found `f`."),
    ("fn f(a: f32) -> f32 { return a; }", "y[i] = f();", "operands of f() are expected, 1 of them, found 0."),
    ("fn f(a: f32) -> f32 { return a; }", "y[i] = f(i);", "a value of type f32 is expected, found u32."),
    ("fn f(a: f32) -> u32 { return a; }", "v[i] = f(x[i]);", "a value of type u32 is expected, found f32."),
    ("fn f(a: ptr<function, f32>) { }", "y[i] = 1.0;", "found `<`."),
    ("var<private> a: f32;", "y[i] = a;", "`storage`, `uniform` or `workgroup` is expected as the space"),
    ("override A: f32 = 1.0;", "y[i] = A;", "`override A: u32` is expected."),
    ("override A: u32;", "y[i] = 1.0;", "`=` and a default are expected, found `;`."),
    ("alias A = f32;", "y[i] = 1.0;", "`override`, `const`, `var`, `struct` or `fn` is expected, found `alias`."),
]


@pytest.mark.parametrize(("body", "sentence"), BODIES, ids=[body[:60] for body, _ in BODIES])
def test_a_body_is_refused(node: Node, body: str, sentence: str) -> None:
    said = refusal(node, elementwise(body, 64).to_json())
    assert said.startswith((f"{FILE}:{FIRST}: ", f"{FILE}:{FIRST + 1}: "))
    assert sentence in said


@pytest.mark.parametrize(("before", "body", "sentence"), FUNCTIONS, ids=[f"{a} {b}" for a, b, _ in FUNCTIONS])
def test_a_declaration_is_refused(node: Node, before: str, body: str, sentence: str) -> None:
    said = refusal(node, elementwise(body, 64, before + "\n").to_json())
    assert said.startswith((f"{FILE}:6: ", f"{FILE}:{FIRST + 1}: "))
    assert sentence in said


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "@workgroup_size(64)",
            "@workgroup_size(8, 8)",
            "7: workgroups of one dimension and of a known size are expected.",
        ),
        ("@compute @workgroup_size(64)", "", "1: a kernel is expected, a function `main` with @workgroup_size."),
        ("global_invocation_id", "subgroup_size", "7: one of global_invocation_id, num_workgroups"),
        (
            "x: array<f32>",
            "x: array<vec3<f32>>",
            "2: an array of f32, u32 or vec4 without a length is expected as `x`.",
        ),
        ("x: array<f32>", "x: array<atomic<u32>>", "2: `>` is expected, found `<`."),
        ("x: array<f32>", "x: array<mat4x4<f32>>", "2: a buffer with at least one element is expected as `x`."),
        ("@binding(0) ", "", "2: the number of a binding is expected before a buffer"),
    ],
)
def test_a_kernel_is_refused(node: Node, old: str, new: str, sentence: str) -> None:
    text = f"{HEAD}{MAIN}y[i] = x[i];\n}}"
    assert old in text
    sizes = {"x": ("f32", 8), "u": ("u32", 8), "y": ("f32", 8), "v": ("u32", 8)}
    assert f"{FILE}:{sentence}" in refusal(node, plan_of(text.replace(old, new, 1), sizes).to_json())


def test_a_return_before_a_barrier_is_refused(node: Node) -> None:
    text = f"{HEAD}var<workgroup> w: array<f32, 64>;\n{MAIN}w[i] = 1.0;\nworkgroupBarrier();\ny[i] = w[0u];\n}}"
    sizes = {"x": ("f32", 8), "u": ("u32", 8), "y": ("f32", 8), "v": ("u32", 8)}
    said = refusal(node, plan_of(text, sizes).to_json())
    assert said == f"{FILE}:9: no `return` is expected before a barrier, which all invocations must reach."


def test_an_early_return_beside_a_barrier_is_refused(node: Node) -> None:
    tail = "fn tail(i: u32) {\nworkgroupBarrier();\nif (i > 3u) { return; }\ny[i] = w[0u];\n}\n"
    text = (
        f"{HEAD}var<workgroup> w: array<f32, 64>;\n{tail}{MAIN.replace('if (i >= COUNT) { return; }', '')}tail(i);\n}}"
    )
    sizes = {"x": ("f32", 8), "u": ("u32", 8), "y": ("f32", 8), "v": ("u32", 8)}
    said = refusal(node, plan_of(text, sizes).to_json())
    wanted = "`return` at its end alone is expected in a function that waits at a barrier, found `tail`."
    assert said == f"{FILE}:9: {wanted}"


def test_a_plan_of_what_is_known_is_not_refused(node: Node) -> None:
    assert node.compiled(elementwise("y[i] = x[i];", 64).to_json()).module.wasm[:4] == b"\0asm"


def refusal(node: Node, text: str) -> str:
    with pytest.raises(Refusal) as refused:
        node.compiled(text)
    return str(refused.value)
