"""No index reaches beyond its buffer, whatever it is: WGSL allows any element then, here it is the last."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from site_builder.plan import Plan
from tests.processor.engines import Array, Node, OnNode, OnWasmtime, Runner
from tests.processor.texts import elementwise, plan_of

COUNT = 50
INDICES = np.array([0, 1, COUNT - 1, COUNT, COUNT + 1, 255, 2**20, 2**30 - 1, 2**30, 2**31, 2**32 - 4, 2**32 - 1], "u4")
X = np.arange(1, COUNT + 1, dtype=np.float32)
U = np.resize(INDICES, COUNT)
BEFORE = np.full(COUNT, -1, np.float32)


@pytest.mark.parametrize("engine", [OnNode, OnWasmtime])
class TestAccess:
    """Each body, in both engines."""

    def run(self, node: Node, engine: type[Runner], body: str, before: str = "") -> Runner:
        runner = engine(elementwise(body, COUNT, before), node)
        for name, array in {"x": X, "u": U, "y": BEFORE, "v": U}.items():
            runner.write(name, array)
        runner.run("run")
        assert runner.read("x").tobytes() == X.tobytes()
        assert runner.read("u").tobytes() == U.tobytes()
        return runner

    @pytest.mark.parametrize("index", ["u[i]", "u[i] + 0u * i", "u[i] & 0xffffffffu", "min(u[i], 4294967295u)"])
    def test_reading(self, node: Node, engine: type[Runner], index: str) -> None:
        found = self.run(node, engine, f"y[i] = x[{index}];").read("y")
        np.testing.assert_array_equal(found, X[np.minimum(U, COUNT - 1)])

    @pytest.mark.parametrize("most", [COUNT - 2, COUNT - 1, COUNT, COUNT + 1])
    def test_reading_up_to_the_end(self, node: Node, engine: type[Runner], most: int) -> None:
        found = self.run(node, engine, f"y[i] = x[min(u[i], {most}u)];").read("y")
        np.testing.assert_array_equal(found, X[np.minimum(U, min(most, COUNT - 1))])

    @pytest.mark.parametrize("index", ["i - 1u", "0u - i", "i * 4000000000u", "i + 4294967290u", "(i << 27u)", "~i"])
    def test_what_wraps_around(self, node: Node, engine: type[Runner], index: str) -> None:
        i = np.arange(COUNT, dtype=np.uint32)
        values = {
            "i - 1u": i - np.uint32(1),
            "0u - i": np.uint32(0) - i,
            "i * 4000000000u": i * np.uint32(4_000_000_000),
            "i + 4294967290u": i + np.uint32(4_294_967_290),
            "(i << 27u)": i << np.uint32(27),
            "~i": ~i,
        }
        found = self.run(node, engine, f"y[i] = x[{index}];").read("y")
        np.testing.assert_array_equal(found, X[np.minimum(values[index], COUNT - 1)])

    def test_writing(self, node: Node, engine: type[Runner]) -> None:
        runner = self.run(node, engine, "y[u[i] + 0u] = 7.0;")
        inside = {int(index) for index in INDICES if index < COUNT} | {COUNT - 1}
        right = np.where(np.isin(np.arange(COUNT), list(inside)), np.float32(7), np.float32(-1))
        np.testing.assert_array_equal(runner.read("y"), right)
        assert runner.read("v").tobytes() == U.tobytes()

    def test_arrays_of_a_function(self, node: Node, engine: type[Runner]) -> None:
        arrays = "var a = array<f32, 3>(1.0, 2.0, 3.0); var b = array<f32, 2>(8.0, 9.0);"
        body = f"{arrays} a[u[i]] = 5.0; y[i] = b[u[i]] + a[0u];"
        found = self.run(node, engine, body).read("y")
        right = np.where(U == 0, 13, np.where(U == 1, 10, 10)).astype(np.float32)
        np.testing.assert_array_equal(found, right)

    def test_components(self, node: Node, engine: type[Runner]) -> None:
        found = self.run(node, engine, "y[i] = vec4<f32>(1.0, 2.0, 3.0, 4.0)[u[i]];").read("y")
        np.testing.assert_array_equal(found, np.minimum(U, 3) + 1)

    def test_a_bound_holds_only_where_it_was_tested(self, node: Node, engine: type[Runner]) -> None:
        """What a branch proves of a name is forgotten behind it, also where a branch inside it leaves."""
        body = "let k = u[i]; if (i < 10u) { if (k >= 50u) { return; } } y[i] = x[k];"
        found = self.run(node, engine, body).read("y")
        right = np.where((np.arange(COUNT) < 10) & (U >= COUNT), BEFORE, X[np.minimum(U, COUNT - 1)])
        np.testing.assert_array_equal(found, right)

    def test_a_bound_is_forgotten_behind_a_branch_that_goes_on(self, node: Node, engine: type[Runner]) -> None:
        found = self.run(node, engine, "if (i >= 5u) { v[i] = 1u; } y[i] = x[i + 45u];").read("y")
        np.testing.assert_array_equal(found, X[np.minimum(np.arange(COUNT) + 45, COUNT - 1)])

    @pytest.mark.parametrize(
        ("condition", "most"), [("k < 50u", 49), ("k <= 50u", 50), ("50u > k", 49), ("50u >= k", 50), ("k == 50u", 50)]
    )
    def test_what_a_condition_proves(self, node: Node, engine: type[Runner], condition: str, most: int) -> None:
        body = (
            f"let k = u[i]; if ({condition} && i < 60u) {{ y[i] = x[k]; }} else if (!({condition})) {{ y[i] = x[k]; }}"
        )
        found = self.run(node, engine, body).read("y")
        assert most <= COUNT
        np.testing.assert_array_equal(found, X[np.minimum(U, COUNT - 1)])

    @pytest.mark.parametrize("start", ["0u", "1u", "2u", "i % 4u", "4u * (i % 3u)"])
    @pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 8])
    @pytest.mark.parametrize(("end", "further"), [(48, 3), (47, 3), (50, 1), (49, 3), (49, 1), (50, 7), (44, 7)])
    def test_four_neighbours(
        self, node: Node, engine: type[Runner], start: str, step: int, end: int, further: int
    ) -> None:
        """Of a counter it is known what divides it, so that its neighbours may need no test."""
        body = f"var s = 0.0; for (var k = {start}; k < {end}u; k += {step}u) {{ s += x[k] + x[k + {further}u]; }}"
        found = self.run(node, engine, f"{body} y[i] = s;").read("y")
        starts = {"i % 4u": np.arange(COUNT) % 4, "4u * (i % 3u)": 4 * (np.arange(COUNT) % 3)}
        firsts = starts.get(start, np.full(COUNT, int(start[0]) if start[1:] == "u" else 0))
        right = [sum(X[k] + X[min(k + further, COUNT - 1)] for k in range(int(first), end, step)) for first in firsts]
        np.testing.assert_array_equal(found, np.array(right, np.float32))

    def test_a_counter_that_its_loop_changes_is_not_bounded_by_it(self, node: Node, engine: type[Runner]) -> None:
        body = "var s = 0.0; for (var k = 0u; k < 50u; k++) { k += u[i] & 63u; s = x[k]; } y[i] = s;"
        found = self.run(node, engine, body).read("y")
        right = []
        for step in U & 63:
            k, s = 0, 0.0
            while k < COUNT:
                k += int(step)
                s = X[min(k, COUNT - 1)]
                k += 1
            right.append(s)
        np.testing.assert_array_equal(found, np.array(right, np.float32))


@pytest.mark.parametrize("engine", [OnNode, OnWasmtime])
@pytest.mark.parametrize("grid", [(7, 1, 1), (4, 2, 1), (1, 7, 1), (2, 4, 1)])
def test_a_folded_grid_runs_every_invocation_once(node: Node, engine: type[Runner], grid: tuple[int, int, int]) -> None:
    text = elementwise("v[i] += 1u + id.y * 100u;", 400).sources
    (source,) = text.values()
    sizes = {"x": ("f32", 8), "u": ("u32", 8), "y": ("f32", 8), "v": ("u32", 400)}
    runner = engine(plan_of(source.wgsl, sizes, grid, {"COUNT": 400}), node)
    runner.write("v", np.zeros(400))
    runner.run("run")
    rows = np.arange(400) // (64 * grid[0])
    np.testing.assert_array_equal(runner.read("v"), 1 + 100 * rows)


def in_parts(node: Node, plan: Plan, cuts: list[int]) -> Array:
    """What v holds after the parts of a plan's only dispatch that end at `cuts`."""
    document = json.loads(plan.to_json())
    number = node.new()
    node.ask("open", id=number, plan=document, module=node.ask("parts", plan=document, cuts=cuts)["module"])
    node.ask("run", id=number, program="run", times=1)
    return np.frombuffer(base64.b64decode(node.ask("read", id=number, name="v")["bytes"]), np.uint32)


@pytest.mark.parametrize("cuts", [[3], [1, 3], [2]])
def test_parts_of_workgroups_make_the_whole(node: Node, cuts: list[int]) -> None:
    plan = plan_of(WORKGROUPS, {"v": ("u32", 192)}, (3, 1, 1))
    whole = OnNode(plan, node)
    whole.run("run")
    expected = np.where(np.arange(192) < 64 * cuts[-1], whole.read("v"), 0)
    np.testing.assert_array_equal(in_parts(node, plan, cuts), expected)


@pytest.mark.parametrize("grid", [(7, 1, 1), (2, 4, 1)])
@pytest.mark.parametrize("cuts", [[7], [1, 7], [3, 3, 4, 7], [0, 8], [2]])
def test_parts_of_a_grid_make_the_whole(node: Node, grid: tuple[int, int, int], cuts: list[int]) -> None:
    """What threads will share: workgroups from a first up to, but not including, a last."""
    (source,) = elementwise("v[i] += 1u;", 400).sources.values()
    sizes = {"x": ("f32", 8), "u": ("u32", 8), "y": ("f32", 8), "v": ("u32", 400)}
    plan = plan_of(source.wgsl, sizes, grid, {"COUNT": 400})
    np.testing.assert_array_equal(in_parts(node, plan, cuts), np.arange(400) < 64 * cuts[-1])


WORKGROUPS = """@group(0) @binding(0) var<storage, read_write> v: array<u32>;
var<workgroup> seen: array<u32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let other = (lane + 1u) % 64u;
  seen[lane] += lane + group.x;
  workgroupBarrier();
  let mine = seen[lane];
  let its = seen[other];
  workgroupBarrier();
  v[group.x * 64u + lane] = mine * 1000u + its;
}"""


@pytest.mark.parametrize("engine", [OnNode, OnWasmtime])
def test_memory_of_a_workgroup_begins_with_zeros(node: Node, engine: type[Runner]) -> None:
    runner = engine(plan_of(WORKGROUPS, {"v": ("u32", 192)}, (3, 1, 1)), node)
    runner.run("run")
    group, lane = np.divmod(np.arange(192), 64)
    np.testing.assert_array_equal(runner.read("v"), (lane + group) * 1000 + (lane + 1) % 64 + group)
