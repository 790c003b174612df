"""Where a step of ours spends its time: every dispatch alone, again and again, on SwiftShader and through wgpu.

In: a workload and its plan. Out: a table: kernel, sizes, how many of them a step has, ms each, share, GFLOP/s.
A plan with a program for each distinct dispatch goes through the ordinary runners; its buffers hold what five steps
left.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import perf_counter

from site_builder.plan import Plan, PlanProgram, Step

from .browser import opened
from .native import started
from .workloads import TRAINED, Array, Workload

LEAST = 100.0  # ms that a dispatch is repeated for


def dispatches(plan: Plan) -> tuple[Plan, list[tuple[Step, int]]]:
    """A plan with the programs `0`, `1`, … beside its own, each a dispatch of `step`; and how often `step` has it."""
    kinds = Counter((step.kernel, step.workgroups) for step in plan.programs["step"].steps)
    first = {(step.kernel, step.workgroups): step for step in reversed(plan.programs["step"].steps)}
    found = [(first[kind], count) for kind, count in kinds.items()]
    programs = {str(n): PlanProgram((), (), (step,)) for n, (step, _) in enumerate(found)}
    return replace(plan, programs={**plan.programs, **programs}), found


def in_browser(workload: Workload, plan: Plan, right: Mapping[str, Array]) -> list[float]:
    """Milliseconds of each distinct dispatch on SwiftShader."""
    taken, found = dispatches(plan)
    files = {"/plan.json": taken.to_json().encode()}
    with opened("ours", workload, right, files, {}) as (tab, _):
        measured: list[float] = tab.evaluate(
            "([names, least]) => bench.each(names, least)", [[str(n) for n in range(len(found))], LEAST]
        )
    return measured


def through_wgpu(workload: Workload, plan: Plan) -> list[float]:
    """Milliseconds of each distinct dispatch through wgpu."""
    taken, found = dispatches(plan)
    runner = started(workload, taken)
    runner.run("step", TRAINED)
    last = "loss" if workload.parameters else workload.outputs[0]

    def measured(program: str, times: int) -> float:
        began = perf_counter()
        runner.run(program, times)
        runner.read(last)
        return 1e3 * (perf_counter() - began) / times

    result = []
    for n in range(len(found)):
        times = max(1, min(256, round(LEAST / measured(str(n), 2))))
        result.append(measured(str(n), times))
    return result


def table(plan: Plan, measured: list[float]) -> Iterator[str]:
    """Rows in Markdown, the dearest first."""
    _, found = dispatches(plan)
    total = sum(ms * count for ms, (_, count) in zip(measured, found, strict=True))
    yield "| kernel | sizes | workgroups | times | ms each | share | GFLOP/s |\n|---|---|---|---|---|---|---|"
    rows = sorted(zip(measured, found, strict=True), key=lambda row: -row[0] * row[1][1])
    for ms, (step, count) in rows:
        kernel = plan.kernels[step.kernel]
        file = plan.sources[kernel.source].file.removeprefix("shaders/")
        sizes = ", ".join(f"{name} {value}" for name, value in kernel.constants.items())
        rate = 2e-6 * multiplications(plan, step) / ms
        groups = "×".join(str(n) for n in step.workgroups)
        share = f"{ms * count / total:.0%}"
        yield f"| {file} | {sizes} | {groups} | {count} | {ms:.3f} | {share} | {f'{rate:.2f}' if rate else ''} |"
    yield f"| all, each alone | | | {sum(count for _, count in found)} | {total:.2f} | | |"


def multiplications(plan: Plan, step: Step) -> int:
    """Multiply-adds of a dispatch that is a product, a convolution or attention; 0 where it is something else.

    Attention counts what its definition needs: what the kernels compute again, to store no scores, is no merit.
    """
    kernel = plan.kernels[step.kernel]
    folder = plan.sources[kernel.source].file.split("/")[1]
    lengths = {
        "matrix": ("ROWS", "COLUMNS", "INNER"),
        "convolution": ("IMAGES", "OUT_HEIGHT", "OUT_WIDTH", "WINDOW_HEIGHT", "WINDOW_WIDTH", "INPUTS", "OUTPUTS"),
        "attention": ("BATCH", "HEADS", "QUERIES", "KEYS"),
    }
    sizes = kernel.constants
    if folder not in lengths or not all(name in sizes for name in lengths[folder]):
        return 0
    total = math.prod(sizes[name] for name in lengths[folder])
    if folder == "attention":
        return total * (sizes["HEAD_DIM"] + sizes["VALUE_DIM"])
    return total * sizes.get("BATCH", 1)
