"""`scripts/bench engine`: what is to be measured, and the tables.

scripts/bench engine                          all workloads and contenders, three rounds, some four hours
scripts/bench engine matmul gpt-2             some workloads: matmul, conv, mlp, resnet, gpt, or one of them
scripts/bench engine --only processor         some contenders: webgpu, wgpu, processor, or one by its name
scripts/bench engine --rounds 1 mlp           once
scripts/bench engine --tables > tables.md     no measurement: the tables of all that is recorded
scripts/bench engine --demos                  the demos on the processor: compiling, the first step, what is shipped
scripts/bench engine --profile mlp            where a step of ours spends its time, dispatch by dispatch
scripts/bench engine --roof                   what share of the best bare kernels' rate products and GPT steps reach

What is measured is recorded, by default in .cache/bench-engine/record.jsonl; a later run measures what that file lacks,
so that it goes on where another one was ended, and parts add up. --afresh forgets what is asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import torch

from scripts.bench_site import machine
from site_builder.plan import lower

from . import against, contenders, demos, peers, profile
from .contenders import CONTENDERS, TABLES
from .models import build
from .native import ROOT
from .record import Entry, Record
from .rounds import Rounds
from .tables import Tables, middle, number
from .twins import expected
from .workloads import WORKLOADS, Workload, chosen

RECORD = ROOT / ".cache" / "bench-engine" / "record.jsonl"


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="scripts/bench engine", description="Measure the engine beside its peers.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(WORKLOADS)}, or a first part of them; else all")
    contender = f"one of {', '.join(TABLES)}, or of: {'; '.join(CONTENDERS)}; else all"
    parser.add_argument("--only", action="append", default=[], metavar="CONTENDER", help=contender)
    parser.add_argument("--rounds", type=int, default=3, help="new browsers for each contender and workload")
    parser.add_argument("--record", type=Path, default=RECORD, metavar="FILE", help="where measurements are kept")
    parser.add_argument("--afresh", action="store_true", help="forget what is recorded of these")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--tables", action="store_true", help="instead: the tables of all that is recorded")
    instead.add_argument("--demos", nargs="*", metavar="DEMO", help="instead: these or all demos on the processor")
    instead.add_argument("--roof", action="store_true", help="instead: products and steps beside the best bare kernels")
    instead.add_argument("--profile", action="store_true", help="instead: each dispatch of a step of ours, alone")
    return parser.parse_args()


def where() -> str:
    """The machine and what is installed, without the date."""
    installed = {**peers.versions(), "torch": torch.__version__, "wasmtime": version("wasmtime")}
    return "; ".join([machine().partition("; ")[2], *(" ".join(each) for each in installed.items())])


def main() -> None:
    """Measure, or print."""
    asked = arguments()
    try:
        workloads, names = chosen(asked.names), contenders.wanted(asked.only)
    except KeyError as error:
        sys.exit(f"There is no workload or contender called {error.args[0]}; scripts/bench engine --help names them.")
    if asked.tables:
        show(Tables(Record(asked.record)).lines())
        return
    print(f"{machine()}; load average {os.getloadavg()[0]:.1f} at the start\n", flush=True)
    if asked.roof:
        show(against.table([each.name for each in workloads], asked.rounds))
    elif asked.demos is not None:
        show(demos.table(asked.rounds, asked.demos))
    elif asked.profile:
        for workload in workloads:
            profiled(workload)
    else:
        measure(workloads, names, asked)


def show(lines: Iterable[str]) -> None:
    """Print lines when they are there."""
    for line in lines:
        print(line, flush=True)


def profiled(workload: Workload) -> None:
    """Print where a step spends its time on both adapters."""
    plan = lower(build(workload))
    print(f"\n### {workload.title}, SwiftShader\n")
    show(profile.table(plan, profile.in_browser(workload, plan, expected(workload))))
    print(f"\n### {workload.title}, wgpu\n")
    show(profile.table(plan, profile.through_wgpu(workload, plan)))


def measure(workloads: list[Workload], names: list[str], asked: argparse.Namespace) -> None:
    """Measure what is missing, a line on the console for each, then print these workloads' rows."""
    record, here = Record(asked.record), where()
    if asked.afresh:
        record.forget([each.name for each in workloads], names)
    for workload in workloads:
        for entry in Rounds(workload, names, record, here).measured(asked.rounds):
            print(told(entry), file=sys.stderr, flush=True)
    tables = Tables(record)
    for workload in workloads:
        show(tables.rows(workload))


def told(entry: Entry) -> str:
    """A line that says what has just been measured."""
    found = f"{number(middle(entry.run.times))} ms" if entry.run else f"failed: {entry.failed}"
    return f"{entry.when}  {entry.workload}, round {entry.round + 1}, {entry.contender}: {found}"


if __name__ == "__main__":
    main()
