"""A program's pipelines are compiled when it is wanted, once, and those of two programs are shared."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from site_builder import graph as g
from site_builder.graph import Model, Tensor
from site_builder.plan import lower

SCRIPT = """(async () => {
    const compiled = [];
    const compile = GPUDevice.prototype.createComputePipelineAsync;
    GPUDevice.prototype.createComputePipelineAsync = function (given) {
        compiled.push(given.label);
        return compile.call(this, given);
    };
    const { createRunner } = await import("/runtime/gpu/runner.js");
    const { openDevice } = await import("/runtime/gpu/device.js");
    const plan = await (await fetch("/plan.json")).json();
    const { device } = await openDevice();
    const runner = await createRunner(device, plan, () => null, { first: ["init", "grow"] });
    const counts = [compiled.length];
    const prepared = ["grow", "add", "order"].map((each) => runner.prepared(each));
    await runner.run("init");
    await runner.run("grow", 3);
    await runner.run("order");
    counts.push(compiled.length);
    await Promise.all([runner.run("add"), runner.run("grow"), runner.run("add")]);
    counts.push(compiled.length);
    const unknown = await runner.run("shrink").catch((error) => error.message);
    const [level, order] = await Promise.all(["level", "order"].map((each) => runner.read(each)));
    return { prepared, counts, unknown, level: [...level], order: [...order] };
})()"""


def model() -> Model:
    """`grow` and `add` are one kernel each, of one text; `order` is two others."""
    lazy = Model("lazy")
    level = lazy.state("level", (5,), initial=1.0)

    @lazy.program
    def grow() -> None:
        lazy.assign(level, level * 2.0)

    @lazy.program
    def add() -> None:
        lazy.assign(level, level + 1.0)

    @lazy.program
    def order() -> dict[str, Tensor]:
        return {"order": g.rank(level * g.cast(g.iota(5), "f32"))}

    return lazy


def test_programs_are_compiled_when_they_are_wanted(
    bare: Callable[[dict[str, str]], str], open_page: Callable[..., Page]
) -> None:
    made = lower(model())
    found = open_page(bare({"/plan.json": made.to_json()})).evaluate(SCRIPT)
    assert found["prepared"] == [True, False, False]
    wanted: set[int] = set()
    for programs, count in zip((["init", "grow"], ["order"], ["add"]), found["counts"], strict=True):
        wanted |= {step.kernel for program in programs for step in made.programs[program].steps}
        assert count == len(wanted)
    assert found["level"] == [18.0] * 5  # (1 * 8) * 2 + 1 + 1: what is not compiled yet comes after what is
    assert found["order"] == [4, 3, 2, 1, 0]
    assert found["unknown"] == "The plan lazy has no program called shrink."
