"""`scripts/bench engine`: the rounds and the tables.

scripts/bench engine                      all workloads, about an hour
scripts/bench engine matmul gpt-2         some: matmul, conv, mlp, gpt, or one of them
scripts/bench engine --rounds 1 mlp       once; three rounds are the default
scripts/bench engine --profile mlp        where a step of ours spends its time, dispatch by dispatch
scripts/bench engine --roof               what share of the best bare kernels' rate products and GPT steps reach
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from time import perf_counter

import torch

from scripts.bench_site import machine
from site_builder.plan import Plan, lower

from . import against, contenders, native, peers, profile
from .browser import Run, opened, timed
from .models import build
from .twins import expected
from .workloads import WORKLOADS, Array, Workload, chosen

BUDGET, SAMPLES = 1_000.0, 2  # ms that a sample takes, and samples in each round
TOLERANCE = {"parameters": 1e-2}  # Adam enlarges rounding where a gradient is nearly 0
USUAL_TOLERANCE = 1e-4  # float32 against float64


def checked(name: str, errors: dict[str, float]) -> None:
    """The gate. Raises ValueError where an engine computes something else."""
    wrong = {what: error for what, error in errors.items() if not error <= TOLERANCE.get(what, USUAL_TOLERANCE)}
    if wrong:
        raise ValueError(f"{name} is off: {wrong}")


def in_browser(workload: Workload, plan: Plan, right: dict[str, Array], rounds: int) -> Iterator[str]:
    """Rows of one workload, every engine in a new browser each round."""
    runs: dict[str, list[Run]] = defaultdict(list)
    failures: dict[str, str] = {}
    for _ in range(rounds):
        for name, (files, extra) in contenders.engines(workload, right, plan).items():
            if name in failures:
                continue
            try:
                with opened(contenders.PAGES[name], workload, right, files, extra) as (tab, run):
                    checked(name, run.errors)
                    runs[name].append(timed(tab, run, BUDGET, SAMPLES))
            except Exception as error:  # an engine that fails is a row, not the end
                failures[name] = str(error).splitlines()[0][:160]
    beside = middle(ms for run in runs["jax-js"] for ms in run.times)
    for name, seen in runs.items():
        cold = " | ".join("" if seen[0].note else f"{middle(run.cold[n] for run in seen):.0f}" for n in (0, 1))
        yield row(
            f"{name} ({seen[0].note})" if seen[0].note else name,
            [ms for run in seen for ms in run.times],
            [ms for run in seen for ms in run.used],
            workload,
            beside,
            f"{seen[0].dispatches:.0f} | {cold} | {seen[0].shipped / 1e3:.1f}",
        )
    for name, reason in failures.items():
        yield f"| {name} | failed: {reason} | | | | | | |"


def middle(values: Iterable[float]) -> float:
    """The median; 0 of nothing."""
    return statistics.median([*values] or [0.0])


def row(name: str, times: list[float], used: list[float], workload: Workload, beside: float, rest: str) -> str:
    median = middle(times)
    rate = 2e-6 * workload.multiplications / median
    spread = f"{median:.2f} ({min(times):.2f}–{max(times):.2f})"
    ratio = f"{beside / median:.2f}" if beside else ""
    return f"| {name} | {spread} | {middle(used):.1f} | {rate:.2f} | {ratio} | {rest} |"


def through_wgpu(workload: Workload, plan: Plan, right: dict[str, Array], rounds: int) -> Iterator[str]:
    """Rows of one workload: ours, the bare kernels and PyTorch in one process, in turns."""
    jobs = {"PyTorch on the CPU": native.torch_cpu(workload, right), **contenders.jobs(workload, plan, right)}
    for name, job in jobs.items():
        checked(name, dict(job.errors))
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(rounds):
        for name, job in jobs.items():
            seen[name] += native.timed(job, BUDGET / 2, SAMPLES)
    beside = middle(ms for ms, _ in seen["PyTorch on the CPU"])
    for name, job in jobs.items():
        label = f"{name} ({job.note})" if job.note else name
        times, used = ([*each] for each in zip(*seen[name], strict=True))
        yield row(label, times, used, workload, beside, "" if job.note else f"{job.cold:.0f}")


def lowered(workload: Workload) -> tuple[Plan, str]:
    """The plan of ours, and a row about it."""
    began = perf_counter()
    plan = lower(build(workload))
    taken = perf_counter() - began
    packed = len(gzip.compress(plan.to_json().encode(), 9, mtime=0))
    count = len(plan.programs["step"].steps)
    sizes = f"{plan.bytes / 2**20:.2f} | {plan.saved / 2**20:.2f} | {packed / 1e3:.1f}"
    return plan, f"| {workload.title} | {count} | {len(plan.kernels)} | {1e3 * taken:.0f} | {sizes} |"


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="scripts/bench engine", description="Measure the engine beside its peers.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(WORKLOADS)}, or matmul, conv, mlp, gpt; else all")
    parser.add_argument("--rounds", type=int, default=3, help="new browsers for each engine and workload")
    parser.add_argument("--roof", action="store_true", help="instead: products and steps beside the best bare kernels")
    parser.add_argument("--profile", action="store_true", help="instead: each dispatch of a step of ours, alone")
    arguments = parser.parse_args()
    try:
        workloads = chosen(arguments.names)
    except KeyError as error:
        sys.exit(f"There is no workload called {error.args[0]}: {', '.join(WORKLOADS)}.")
    installed = {**peers.versions(), "torch": torch.__version__}
    load = f"load average {os.getloadavg()[0]:.1f} at the start"
    print("; ".join([machine(), *(" ".join(each) for each in installed.items()), load]) + "\n", flush=True)
    if arguments.roof:
        print(*against.table([each.name for each in workloads], arguments.rounds), sep="\n", flush=True)
        return
    plans = [lowered(workload) for workload in workloads]
    print("| plan of | dispatches | kernels | traced and lowered, ms | memory, MiB | saved, MiB | gzipped, KB |")
    print("|---|---|---|---|---|---|---|")
    print(*(row for _, row in plans), sep="\n", flush=True)
    for workload, (plan, _) in zip(workloads, plans, strict=True):
        (profiled if arguments.profile else partial(measure, arguments.rounds))(workload, plan, expected(workload))


def profiled(workload: Workload, plan: Plan, right: dict[str, Array]) -> None:
    """Print where a step spends its time on both adapters."""
    print(f"\n### {workload.title}, SwiftShader\n")
    print(*profile.table(plan, profile.in_browser(workload, plan, right)), sep="\n", flush=True)
    print(f"\n### {workload.title}, wgpu\n")
    print(*profile.table(plan, profile.through_wgpu(workload, plan)), sep="\n", flush=True)


def measure(rounds: int, workload: Workload, plan: Plan, right: dict[str, Array]) -> None:
    """Print both tables of one workload."""
    columns = "ms a step, median (least–most) | of all processors | GFLOP/s"
    print(f"\n### {workload.title}\n")
    print(
        f"| in Chromium, SwiftShader | {columns} | times jax-js | dispatches | first step, ms | of all | shipped, KB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for line in in_browser(workload, plan, right, rounds):
        print(line, flush=True)
    print(f"\n| through wgpu | {columns} | times PyTorch | first step, ms |\n|---|---|---|---|---|---|")
    for line in through_wgpu(workload, plan, right, rounds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
