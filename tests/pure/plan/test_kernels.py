"""Reading, reflecting and fusing kernels, as text."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from site_builder.errors import KernelError
from site_builder.graph.ops import OPS
from site_builder.plan.expressions import FOURS
from site_builder.plan.fuse import Body, fuse
from site_builder.plan.kernels import Binding, Kernel, load
from site_builder.plan.limits import PROMISED

SHADERS = Path(__file__).parents[3] / "shaders"
FILES = sorted(
    path.relative_to(SHADERS.parent).as_posix()
    for path in SHADERS.rglob("*.wgsl")
    if path.relative_to(SHADERS).parts[0] not in ("device", "lib", "plots", "processor")
)
MATMUL = "shaders/matrix/matmul.wgsl"
MAP = "shaders/elementwise/map.wgsl"

GOOD = """\
// double: y[i] = 2 x[i]
// #import twice
override COUNT: u32 = 3u; // how many
override SCALE: f32 = 0.5;
const BLOCK: u32 = 4u;
@group(0) @binding(0) var<storage, read>       x: array<u32>;  // [COUNT]
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read>       table: array<vec4<f32>>;

fn load_x(i: u32) -> u32 { return x[i]; }
fn store_y(i: u32, value: f32) { y[i] = value; }

@compute @workgroup_size(8, 2)
fn double(@builtin(global_invocation_id) id: vec3<u32>) {
  store_y(id.x, twice(f32(load_x(id.x))) + table[id.y].x * SCALE);
}
"""


@pytest.fixture
def shaders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with shaders of its own: two fragments of which the first imports the second, and back."""
    folder = tmp_path / "shaders"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib/twice.wgsl").write_text("// #import add\nfn twice(x: f32) -> f32 { return add(x, x); }\n")
    (folder / "lib/add.wgsl").write_text("fn add(x: f32, y: f32) -> f32 { return x + y; }\n// #import twice\n")
    monkeypatch.setattr("site_builder.plan.kernels.project", lambda: tmp_path)
    return folder


def write(shaders: Path, text: str, file: str = "shaders/one.wgsl") -> str:
    (shaders.parent / file).write_text(text)
    return file


def changed(shaders: Path, old: str, new: str) -> str:
    assert old in GOOD
    return write(shaders, GOOD.replace(old, new))


# Reading and reflecting -------------------------------------------------------------------------------------------


def test_everything_is_read_from_the_file(shaders: Path) -> None:
    kernel = load(write(shaders, GOOD))
    assert kernel.entry == "double"
    assert kernel.workgroup_size == (8, 2, 1)
    assert kernel.bindings == (
        Binding("x", "read", "u32"),
        Binding("y", "read_write", "f32"),
        Binding("table", "read", "vec4<f32>"),
    )
    assert kernel.overrides == {"COUNT": 3, "SCALE": 0.5}
    assert kernel.constants == {"BLOCK": 4}
    assert kernel.ports == {"load_x": "u32", "store_y": "f32"}


def test_a_port_of_fours_has_their_type(shaders: Path) -> None:
    fours = GOOD.replace("array<f32>", "array<vec4<f32>>").replace("value: f32", "value: vec4<f32>")
    assert load(write(shaders, fours)).ports == {"load_x": "u32", "store_y": "vec4<f32>"}


def test_a_changed_file_is_read_again(shaders: Path) -> None:
    assert load(write(shaders, GOOD)).overrides["COUNT"] == 3
    assert load(changed(shaders, "COUNT: u32 = 3u", "COUNT: u32 = 5u")).overrides["COUNT"] == 5


def origin(kernel: Kernel, line: int) -> tuple[str, int]:
    """File and line of the source that line `line` (from 1) of `kernel.wgsl` came from."""
    _, file, number = kernel.lines[line - 1]
    return file, number


def test_an_import_stands_once_where_its_line_stands_and_lines_know_their_origin(shaders: Path) -> None:
    file = write(shaders, GOOD)
    kernel = load(file)
    lines = kernel.wgsl.splitlines()
    assert lines[1:6] == [
        "// #import twice",
        "// #import add",
        "fn add(x: f32, y: f32) -> f32 { return x + y; }",
        "// #import twice",
        "fn twice(x: f32) -> f32 { return add(x, x); }",
    ]
    assert [origin(kernel, n) for n in (1, 2, 3, 4, 5, 6, 7, len(kernel.lines))] == [
        (file, 1),
        (file, 2),
        ("shaders/lib/twice.wgsl", 1),
        ("shaders/lib/add.wgsl", 1),
        ("shaders/lib/add.wgsl", 2),
        ("shaders/lib/twice.wgsl", 2),
        (file, 3),
        (file, GOOD.count("\n")),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("// #import twice", "// #import nothing", 2, "imports shaders/lib/nothing.wgsl, which cannot be read"),
        ("// #import twice", "// #import twice, please", 2, "expected `// #import name` alone"),
        ("override COUNT: u32 = 3u;", "override COUNT: u32;", 3, "with a default"),
        ("SCALE: f32 = 0.5", "SCALE: f32 = COUNT", 4, "with a default"),
        ("@binding(1)", "@binding(3)", 7, "binding 'y' has number 3, expected 1"),
        ("var<storage, read>       x: array<u32>", "var<uniform> x: Params", 6, "expected `@group(0) @binding(0)"),
        ("array<vec4<f32>>", "array<vec2<f32>>", 8, "expected `@group(0) @binding(2)"),
        ("@group(0) @binding(2)", "@group(1) @binding(2)", 8, "expected `@group(0) @binding(2)"),
        (
            "-> u32 { return x[i]; }",
            "-> f32 { return x[i]; }",
            10,
            "wants a binding 'x' of array<f32>, it is array<u32>",
        ),
        (
            "value: f32) { y",
            "value: vec4<f32>) { y",
            11,
            "wants a binding 'y' of array<vec4<f32>>, it is array<f32>",
        ),
        ("value: f32) { y", "value: vec2<f32>) { y", 11, "expected `fn load_NAME"),
        ("fn load_x(i: u32)", "fn load_z(i: u32)", 10, "expected `fn load_NAME"),
        ("{ y[i] = value; }", "{\n  y[i] = value;\n}", 11, "expected `fn load_NAME"),
        ("{ y[i] = value; }", "{ y[i] = 2.0 * value; }", 11, "expected `fn load_NAME"),
        ("load_x(id.x)))", "x[id.x]))", 15, "touches 'x' past its port"),
        ("@workgroup_size(8, 2)", "@workgroup_size(SIZE)", 13, "expected `@compute @workgroup_size(x, y)` in numbers"),
        ("@compute @workgroup_size(8, 2)\n", "", 1, "found 0 entry points"),
        ("fn load_x", "@compute @workgroup_size(1) fn also() {}\nfn load_x", 14, "found 2 entry points"),
    ],
)
def test_what_does_not_follow_the_style_is_refused_with_its_line(
    shaders: Path, old: str, new: str, line: int, message: str
) -> None:
    with pytest.raises(KernelError, match=re.escape(message)) as caught:
        load(changed(shaders, old, new))
    assert (caught.value.file, caught.value.line) == ("shaders/one.wgsl", line)


def test_a_missing_kernel_is_named(shaders: Path) -> None:
    with pytest.raises(KernelError, match=r"^shaders/none\.wgsl: there is no such kernel"):
        load("shaders/none.wgsl")


# Fusing -----------------------------------------------------------------------------------------------------------

BIAS = Binding("bias", "read", "f32")
PRE = Binding("pre", "read_write", "f32")


def dense() -> Kernel:
    lines = ("let v = value + bias[i % COLUMNS];", "pre[i] = v;", "y[i] = max(v, 0.0);")
    return fuse(load(MATMUL), {"store_y": Body(lines, (BIAS, PRE))})


def test_a_body_replaces_a_port_and_brings_its_bindings() -> None:
    kernel = dense()
    assert [(b.name, b.access) for b in kernel.bindings] == [
        ("a", "read"),
        ("b", "read"),
        ("y", "read_write"),
        ("bias", "read"),
        ("pre", "read_write"),
    ]
    assert "@group(0) @binding(3) var<storage, read> bias: array<f32>;" in kernel.wgsl
    assert "fn store_y(i: u32, value: f32) {\n  let v = value + bias[i % COLUMNS];\n  pre[i] = v;\n" in kernel.wgsl
    assert kernel.ports == {}
    assert kernel.overrides == load(MATMUL).overrides


def test_spliced_lines_belong_to_the_port_and_later_lines_to_where_they_were() -> None:
    source = (SHADERS.parent / MATMUL).read_text().splitlines()
    kernel = dense()
    composed = kernel.wgsl.splitlines()
    port = next(n for n, text in enumerate(source, 1) if text.startswith("fn store_y"))
    assert origin(kernel, composed.index("  pre[i] = v;") + 1) == (MATMUL, port)
    assert origin(kernel, composed.index("@compute @workgroup_size(64)") + 1) == (
        MATMUL,
        source.index("@compute @workgroup_size(64)") + 1,
    )


def test_a_binding_that_nothing_touches_is_dropped_and_the_rest_renumbered() -> None:
    bodies = {"store_loss": Body(()), "load_upstream": Body(("return 0.5;",))}
    kernel = fuse(load("shaders/softmax/cross_entropy.wgsl"), bodies)
    assert [b.name for b in kernel.bindings] == ["logits", "labels", "gradient"]
    assert "fn store_loss(i: u32, value: f32) {}" in kernel.wgsl
    assert "fn load_upstream(i: u32) -> f32 { return 0.5; }" in kernel.wgsl
    assert "@binding(2) var<storage, read_write> gradient: array<f32>; // [ROWS, CLASSES], dL/dlogits" in kernel.wgsl


def test_parameters_of_fragments_do_not_keep_a_binding_alive() -> None:
    body = Body(("return gelu(in0[i]);",), (Binding("in0", "read", "f32"),), ("scalar",))
    kernel = fuse(load(MAP), {"load_x": body})
    assert "fn gelu(x: f32)" in kernel.wgsl
    assert [b.name for b in kernel.bindings] == ["y", "in0"]


def test_access_is_widened_where_a_body_writes_what_another_reads() -> None:
    bodies = {
        "load_x": Body(("return x[i] + state[i];",), (Binding("state", "read", "f32"),)),
        "store_y": Body(("y[i] = value;", "state[i] = value;"), (Binding("state", "read_write", "f32"),)),
    }
    kernel = fuse(load(MAP), bodies)
    assert kernel.bindings[-1] == Binding("state", "read_write", "f32")
    assert kernel == fuse(load(MAP), dict(reversed(bodies.items())))


def test_a_fragment_is_imported_once_and_its_lines_know_their_origin() -> None:
    bodies = {
        "load_x": Body(("return sigmoid(x[i]);",), (), ("scalar",)),
        "store_y": Body(("y[i] = gelu(value);",), (), ("scalar",)),
    }
    kernel = fuse(load(MAP), bodies)
    lines = kernel.wgsl.splitlines()
    assert lines.count("// #import scalar") == 1
    library = (SHADERS / "lib/scalar.wgsl").read_text().splitlines()
    signature = "fn gelu_derivative(x: f32) -> f32 {"
    assert origin(kernel, lines.index(signature) + 1) == ("shaders/lib/scalar.wgsl", library.index(signature) + 1)


def test_a_port_of_fours_takes_a_body_of_fours() -> None:
    body = Body(("out0[i] = max(value, vec4<f32>());",), (Binding("out0", "read_write", "vec4<f32>"),))
    kernel = fuse(load("shaders/elementwise/map_vec4.wgsl"), {"store_y": body})
    assert "fn store_y(i: u32, value: vec4<f32>) { out0[i] = max(value, vec4<f32>()); }" in kernel.wgsl
    assert [(b.name, b.dtype) for b in kernel.bindings] == [("x", "vec4<f32>"), ("out0", "vec4<f32>")]
    assert kernel.ports == {"load_x": "vec4<f32>"}


def test_a_port_that_is_not_there_is_refused() -> None:
    with pytest.raises(KernelError, match=r"no port 'store_z'; the ports are \['store_y'\]"):
        fuse(load(MATMUL), {"store_z": Body(())})


def test_one_name_cannot_have_two_types() -> None:
    body = Body(("return f32(y[i]);",), (Binding("y", "read", "u32"),))
    with pytest.raises(KernelError, match="'y' cannot be both array<f32> and array<u32>"):
        fuse(load(MAP), {"load_x": body})


# The kernels of the project ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_every_kernel_reads_like_its_article(file: str) -> None:
    kernel = load(file)
    header = (SHADERS.parent / file).read_text().split("override", 1)[0]
    assert header.startswith(f"// {Path(file).stem}: ")
    assert "// dispatch: one " in header
    assert "// why: " in header
    assert kernel.entry == "main"
    assert kernel.overrides, "sizes are overrides"
    assert kernel.workgroup_size[0] % 8 == 0
    assert math.prod(kernel.workgroup_size) <= PROMISED["maxComputeInvocationsPerWorkgroup"]
    assert len(kernel.bindings) <= 8


def test_the_readme_lists_every_kernel_and_every_fragment() -> None:
    readme = (SHADERS / "README.md").read_text()
    listed = re.findall(r"^\| `([a-z_0-9/]+\.wgsl)` \|", readme, re.MULTILINE)
    fragments = [
        p.relative_to(SHADERS).as_posix() for p in sorted((*SHADERS.glob("lib/*.wgsl"), *SHADERS.glob("device/*.wgsl")))
    ]
    assert sorted(listed) == sorted([file.removeprefix("shaders/") for file in FILES] + fragments)


def test_every_fragment_is_used() -> None:
    texts = [path.read_text() for path in SHADERS.rglob("*.wgsl")]
    spliced = {*FOURS.values(), *(op.library for op in OPS.values())}
    spliced |= {library for op in OPS.values() for _, library in op.others.values()}
    for path in SHADERS.glob("lib/*.wgsl"):
        assert path.stem in spliced or any(f"// #import {path.stem}\n" in text for text in texts), path
