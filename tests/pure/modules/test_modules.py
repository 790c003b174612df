"""Plans as modules: compiled once, again when a plan or the compiler changes, refused by a sentence with its place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from site_builder.errors import BuildError, KernelError
from site_builder.graph import Model
from site_builder.modules import compiled, compiler
from site_builder.modules.module import TRIALS
from site_builder.plan import Plan, lower
from site_builder.plan.kernels import bare
from site_builder.project.cache import Cache
from site_builder.project.paths import shipped
from tests.zoo import ZOO

MAP = "shaders/elementwise/map.wgsl"
COMPILER, FUNCTIONS = "demos/runtime/compiler/compiler.js", "shaders/processor/functions.wgsl"


def plan_of(number: float = 1.0) -> Plan:
    model = Model("sum")
    x = model.input("x", (5,))

    @model.program
    def run() -> dict[str, Any]:
        return {"y": x + number}

    return lower(model)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[compiler.Compiler]:
    """Who was asked for a module, each time."""
    found: list[compiler.Compiler] = []
    ask = compiler.Compiler.ask

    def listening(self: compiler.Compiler, plan: str) -> dict[str, object]:
        found.append(self)
        return ask(self, plan)

    monkeypatch.setattr(compiler.Compiler, "ask", listening)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project, whose compiler no later test gets."""
    yield tmp_path
    compiler.running.cache_clear()


def own(project: Path, name: str, old: str, new: str) -> None:
    """The project's own file in place of the generator's, changed."""
    folder = next(each for each in ("demos/runtime", "shaders") if name.startswith(each))
    text = (shipped(folder) / name.removeprefix(f"{folder}/")).read_text(encoding="utf-8")
    assert old in text
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_plan_is_compiled_once_and_in_one_process(
    project: Path, cache: Cache, asked: list[compiler.Compiler]
) -> None:
    first = compiled(plan_of(), project, cache)
    assert first.wasm.startswith(b"\0asm")
    assert len(first.addresses) == len(plan_of().buffers)
    assert first.scratch >= sum(plan_of().allocations)
    assert first.pages * 2**16 > first.scratch
    assert len(json.loads(first.trial)["programs"]) == len(plan_of().kernels)
    assert compiled(plan_of().to_json(), project, cache) == first
    assert compiled(plan_of(2.0), project, cache) != first
    assert len(asked) == 2
    assert asked[0] is asked[1], "both plans by one process"


@pytest.mark.parametrize("name", [COMPILER, FUNCTIONS, *TRIALS])
def test_a_changed_compiler_compiles_again(
    project: Path, cache: Cache, asked: list[compiler.Compiler], name: str
) -> None:
    compiled(plan_of(), project, cache)
    own(project, name, "\n", "\n\n")
    compiled(plan_of(), project, cache)
    assert len(asked) == 2


def test_what_only_pages_load_compiles_nothing_again(
    project: Path, cache: Cache, asked: list[compiler.Compiler]
) -> None:
    compiled(plan_of(), project, cache)
    own(project, "demos/runtime/common/dom.js", "\n", "\n\n")
    compiled(plan_of(), project, cache)
    assert len(asked) == 1


def test_kernels_that_are_tried_in_groups_give_the_same(project: Path, cache: Cache) -> None:
    """As those of a large plan are, so that no trial takes more memory than there is."""
    plan = lower(next(entry for entry in ZOO if entry.name == "mlp").build())
    at_once = json.loads(compiled(plan, project, cache).trial)
    own(project, "demos/runtime/common/trial.js", "GROUP_BYTES = limits.maxBufferSize", "GROUP_BYTES = 1")
    one_by_one = json.loads(compiled(plan, project, cache).trial)
    assert one_by_one == at_once
    assert len(at_once["programs"]) > 5


def test_the_projects_own_compiler_goes_before_the_generators(project: Path, cache: Cache) -> None:
    own(project, COMPILER, "export function compile(plan, functions) {", "export function compile() { return [7];")
    own(
        project,
        "demos/runtime/common/trial.js",
        "export function expectedOf(plan, compile, functions) {",
        "export function expectedOf() { return [];",
    )
    assert compiled(plan_of(), project, cache).wasm == b"\7"


def test_a_kernel_outside_the_subset_is_a_sentence_with_its_place(project: Path, cache: Cache) -> None:
    plan = plan_of()
    name, source = [*plan.sources.items()][-1]  # of several that were made of one file
    lines = source.wgsl.splitlines()
    main = next(n for n, line in enumerate(lines) if "fn main(" in line)
    at = next(n for n, line in enumerate(lines) if n > main and bare(line).endswith(";"))
    lines[at] = f"var strange: i32 = 1; {lines[at]}"
    damaged = dataclasses.replace(source, wgsl="\n".join(lines))
    wrong = dataclasses.replace(plan, sources={**plan.sources, name: damaged})
    said = "the processor cannot run this kernel: .* is expected as a type, found `i32`"
    with pytest.raises(KernelError, match=said) as refused:
        compiled(wrong, project, cache)
    assert (refused.value.file, refused.value.line) == source.origins[at]
    with pytest.raises(KernelError, match=said) as refused:
        compiled(wrong.to_json(), project, cache)
    assert (refused.value.file, refused.value.line) == (MAP, None), "JSON has no comments and so has other lines"
    assert compiled(plan, project, cache).wasm, "the process goes on"


def test_a_compiler_that_cannot_be_loaded_is_a_sentence(project: Path, cache: Cache) -> None:
    own(project, COMPILER, "export function compile(", "export functional compile(")
    with pytest.raises(BuildError, match=r"the compiler of kernels for the processor failed: .*SyntaxError"):
        compiled(plan_of(), project, cache)


def test_a_process_that_was_ended_is_a_sentence_and_another_starts(
    project: Path, cache: Cache, asked: list[compiler.Compiler]
) -> None:
    compiled(plan_of(), project, cache)
    asked[0]._process.kill()
    asked[0]._process.wait()
    with pytest.raises(BuildError, match="the compiler of kernels for the processor failed: it said nothing"):
        compiled(plan_of(3.0), project, cache)
    assert compiled(plan_of(3.0), project, cache).wasm
