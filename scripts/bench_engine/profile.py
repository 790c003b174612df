"""Where a step of ours spends its time: every dispatch alone, again and again, on SwiftShader and through wgpu.

In: a workload and its plan. Out: a table: kernel, sizes, how many of them a step has, time each, share, GFLOP/s.
A plan with a program for each distinct dispatch goes through the ordinary runners; its buffers hold what five steps
left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from time import perf_counter, process_time

from site_builder.plan import Plan, PlanProgram, Step, multiplications
from site_builder.run import wgpu_runner

from . import cpu
from .browser import opened
from .native import started
from .workloads import TRAINED, Array, Workload

LEAST = 200.0  # ms that a dispatch is repeated for: processor time is counted in hundredths of a second

Taken = tuple[float, float]  # milliseconds: by the clock, of all processors


def dispatches(plan: Plan) -> tuple[Plan, list[tuple[Step, int]]]:
    """A plan with the programs `0`, `1`, … beside its own, each a dispatch of `step`; and how often `step` has it."""
    steps = [(step, (step.kernel, step.workgroups, step.params)) for step in plan.programs["step"].steps]
    kinds = Counter(kind for _, kind in steps)
    first = {kind: step for step, kind in reversed(steps)}
    found = [(first[kind], count) for kind, count in kinds.items()]
    programs = {str(n): PlanProgram((), (), (step,)) for n, (step, _) in enumerate(found)}
    return replace(plan, programs={**plan.programs, **programs}), found


def in_browser(workload: Workload, plan: Plan, right: Mapping[str, Array]) -> list[Taken]:
    """Each distinct dispatch on SwiftShader."""
    taken, found = dispatches(plan)
    files = {"/plan.json": taken.to_json().encode()}
    with opened("ours", workload, right, files, {}) as (tab, _):
        return _each(
            len(found),
            lambda program, times: tab.evaluate(f"bench.each({program!r}, {times})"),
            lambda: cpu.seconds() or 0.0,
        )


def through_wgpu(workload: Workload, plan: Plan) -> list[Taken]:
    """Each distinct dispatch through wgpu."""
    taken, found = dispatches(plan)
    runner = started(workload, wgpu_runner(taken))
    runner.run("step", TRAINED)
    last = "loss" if workload.parameters else workload.outputs[0]

    def run(program: str, times: int) -> None:
        runner.run(program, times)
        runner.read(last)

    return _each(len(found), run, process_time)


def _each(count: int, run: Callable[[str, int], object], clock: Callable[[], float]) -> list[Taken]:
    """Milliseconds by the clock and of all processors, over as many runs as take long enough for both."""

    def measured(program: str, times: int) -> Taken:
        began, used = perf_counter(), clock()
        run(program, times)
        return 1e3 * (perf_counter() - began) / times, 1e3 * (clock() - used) / times

    def settled(program: str) -> Taken:
        run(program, 2)
        once, _ = measured(program, 4)
        return measured(program, max(1, min(1_000, round(LEAST / once))))

    return [settled(str(n)) for n in range(count)]


def table(plan: Plan, measured: list[Taken]) -> Iterator[str]:
    """Rows in Markdown, those that take most processor time first."""
    _, found = dispatches(plan)
    total = sum(used * count for (_, used), (_, count) in zip(measured, found, strict=True))
    yield "| kernel | sizes | workgroups | times | ms each | of all processors | share | GFLOP/s |"
    yield "|---|---|---|---|---|---|---|---|"
    rows = sorted(zip(measured, found, strict=True), key=lambda row: -row[0][1] * row[1][1])
    for (ms, used), (step, count) in rows:
        kernel = plan.kernels[step.kernel]
        file = plan.sources[kernel.source].file.removeprefix("shaders/")
        sizes = ", ".join(f"{name} {value}" for name, value in plan.sizes(step).items())
        rate = 2e-6 * multiplications(plan, step) / ms
        groups = "×".join(str(n) for n in step.workgroups)
        cells = (file, sizes, groups, count, f"{ms:.3f}", f"{used:.2f}", f"{used * count / total:.0%}")
        yield f"| {' | '.join(map(str, cells))} | {f'{rate:.2f}' if rate else ''} |"
    clock = sum(ms * count for (ms, _), (_, count) in zip(measured, found, strict=True))
    yield f"| all, each alone | | | {sum(count for _, count in found)} | {clock:.2f} | {total:.2f} | | |"
