"""A plan around one kernel's text, for texts that no model has."""

from __future__ import annotations

from collections.abc import Mapping

from site_builder.plan import Buffer, Plan, PlanKernel, PlanProgram, ShaderSource, Step

HEAD = """override COUNT: u32 = 1u;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> u: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<u32>;
"""
MAIN = """@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= COUNT) { return; }
"""


def plan_of(
    text: str,
    sizes: Mapping[str, tuple[str, int]],
    workgroups: tuple[int, int, int] = (1, 1, 1),
    constants: Mapping[str, int] | None = None,
) -> Plan:
    """A plan whose program `run` dispatches the text once. `sizes`: dtype and length of each buffer, in its order."""
    source = ShaderSource("shaders/elementwise/text.wgsl", text, "")
    buffers = tuple(
        Buffer(name, (length,), dtype, "input", n, 0, 0) for n, (name, (dtype, length)) in enumerate(sizes.items())
    )
    access = tuple("read_write" if f"read_write> {name}:" in text else "read" for name in sizes)
    step = Step(0, tuple(range(len(buffers))), workgroups)
    return Plan(
        "text",
        {source.id: source},
        (PlanKernel(source.id, "main", constants or {}, access),),
        tuple(4 * length for _, length in sizes.values()),
        buffers,
        {"run": PlanProgram(tuple(sizes), (), (step,))},
    )


def elementwise(body: str, count: int, before: str = "") -> Plan:
    """`body` computes y[i] or v[i] of x[i] and u[i]; `before` stands before main."""
    sizes = {"x": ("f32", count), "u": ("u32", count), "y": ("f32", count), "v": ("u32", count)}
    workgroups = (-(-count // 64), 1, 1) if count <= 64 * 65_535 else (-(-count // 128), 2, 1)
    return plan_of(f"{HEAD}{before}{MAIN}  {body}\n}}", sizes, workgroups, {"COUNT": count})
