"""The tables of shaders/BENCHMARKS.md, in Markdown, from what is recorded.

In: a record. Out: lines: when and where it was measured, a row of each summary for each workload, then every contender's
row. What is not recorded is an en dash. It measures nothing but how long a plan takes to be written and lowered.
"""

from __future__ import annotations

import gzip
import statistics
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter

from site_builder.modules import compiled
from site_builder.plan import lower
from site_builder.project.cache import Cache

from .contenders import CONTENDERS, TABLES
from .models import build
from .native import ROOT
from .record import Entry, Record, Run
from .workloads import WORKLOADS, Workload

NOTHING = "–"
BESIDE = {"webgpu": "jax-js", "wgpu": "", "processor": "jax-js, WebAssembly"}  # whom rows of a table are compared with
WEBGPU = ("ours", "jax-js", "borch", "TensorFlow.js", "ONNX Runtime", "ours, Firefox on lavapipe")
PROCESSOR = (
    *("ours, Chromium", "ours, Firefox", "ours, Node", "ours, wasmtime"),
    *("jax-js, WebAssembly", "PyTorch, one thread", "PyTorch, two threads", "ours", "ours, lavapipe"),
)
PROCESSOR_HEADS = (*PROCESSOR[:-2], "ours, SwiftShader", "ours, lavapipe")


def middle(values: Iterable[float]) -> float | None:
    """The median; none of nothing."""
    found = [*values]
    return statistics.median(found) if found else None


def number(value: float | None, digits: int = 2) -> str:
    """With so many digits behind the point, or more where it would be nothing."""
    if value is None:
        return NOTHING
    return f"{value:.{digits}f}" if not 0 < value < 10**-digits * 10 else f"{value:.2g}"


class Tables:
    """Of one record."""

    def __init__(self, record: Record) -> None:
        self._record = record
        names = {each.workload for each in record.entries.values()}
        self._workloads = [each for each in WORKLOADS.values() if each.name in names]

    def lines(self) -> Iterator[str]:
        """All of them."""
        yield from self._provenance()
        for table in (self._webgpu, self._processor, self._beside, self._cold, self._plans):
            yield ""
            yield from table()
        for workload in self._workloads:
            yield from self.rows(workload)

    def _provenance(self) -> Iterator[str]:
        entries = [*self._record.entries.values()]
        for where in sorted({each.where for each in entries}):
            here = [each for each in entries if each.where == where]
            when, loads = sorted(each.when for each in here), [each.load for each in here]
            commits = ", ".join(sorted({each.commit for each in here}))
            rounds = max(each.round for each in here) + 1
            yield (
                f"{where}; {when[0]} to {when[-1]}; load average {min(loads):.1f} to {max(loads):.1f}, which is mostly "
                f"the benchmark's own; {rounds} round{'s' if rounds > 1 else ''}; commit {commits}."
            )

    def _runs(self, workload: Workload, contender: str) -> list[Run]:
        return [each.run for each in self._record.of(workload.name, contender) if each.run]

    def _time(self, workload: Workload, contender: str) -> float | None:
        return middle(ms for run in self._runs(workload, contender) for ms in run.times)

    def _first(self, workload: Workload, contender: str) -> float | None:
        return middle(run.cold[0] for run in self._runs(workload, contender))

    def _summary(self, heads: Iterable[str], cells: Callable[[Workload], Iterable[str]]) -> Iterator[str]:
        titles = [*heads]
        yield f"| {' | '.join(titles)} |"
        yield "|---" * len(titles) + "|"
        for workload in self._workloads:
            yield f"| {workload.title} | {' | '.join(cells(workload))} |"

    def _webgpu(self) -> Iterator[str]:
        def cells(workload: Workload) -> Iterator[str]:
            times = {name: self._time(workload, name) for name in WEBGPU}
            ours, beside = times["ours"], times["jax-js"]
            ratio = f"**{beside / ours:.2f}**" if ours and beside else NOTHING
            yield from (number(times["ours"]), number(times["jax-js"]), ratio)
            yield from (number(times[name]) for name in WEBGPU[2:])

        return self._summary(("ms a step, median", "ours", "jax-js", "times", *WEBGPU[2:]), cells)

    def _processor(self) -> Iterator[str]:
        def cells(workload: Workload) -> Iterable[str]:
            return (number(self._time(workload, name), 3) for name in PROCESSOR)

        return self._summary(("ms a step, median", *PROCESSOR_HEADS), cells)

    def _beside(self) -> Iterator[str]:
        pair = ("ours", "jax-js")

        def cells(workload: Workload) -> Iterator[str]:
            last = [runs[-1] if (runs := self._runs(workload, name)) else None for name in pair]
            yield " / ".join(number(run and run.dispatches, 0) for run in last)
            yield " / ".join(number(self._first(workload, name), 0) for name in pair)
            yield " / ".join(number(run and run.shipped / 1e3, 1) for run in last)
            yield " / ".join(number(self._time(workload, name)) for name in ("ours, lavapipe", "PyTorch, two threads"))

        heads = ("dispatches", "first step, ms", "plan and runtime shipped, KB")
        titles = (f"{head}, ours / jax-js" for head in heads)
        return self._summary(("beside", *titles, "through wgpu, ms, ours / PyTorch"), cells)

    def _cold(self) -> Iterator[str]:
        """What comes before the first step on the processor, in Chromium."""

        def cells(workload: Workload) -> Iterator[str]:
            runs = self._runs(workload, "ours, Chromium")
            for part in ("compile", "instantiate", "step"):
                yield number(middle(run.parts[part] for run in runs), 1)
            yield number(self._first(workload, "jax-js, WebAssembly"), 0)
            yield number(self._first(workload, "ours, wasmtime"), 0)
            module = compiled(lower(build(workload)), ROOT, Cache(ROOT / ".cache" / "bench-engine"))
            yield f"{len(gzip.compress(module.wasm, 9, mtime=0)) / 1e3:.1f}"

        parts = ("compiled from WGSL in the page", "instantiated", "first step")
        heads = (*(f"{part}, ms" for part in parts), "all that in jax-js, WebAssembly", "all that in wasmtime, compiled")
        return self._summary(("on the processor, cold, Chromium", *heads, "module, gzipped, KB"), cells)

    def _plans(self) -> Iterator[str]:
        def cells(workload: Workload) -> Iterator[str]:
            began = perf_counter()
            plan = lower(build(workload))
            taken = 1e3 * (perf_counter() - began)
            packed = len(gzip.compress(plan.to_json().encode(), 9, mtime=0))
            yield from (str(len(plan.programs["step"].steps)), str(len(plan.kernels)))
            yield from (f"{plan.bytes / 2**20:.2f}", f"{plan.saved / 2**20:.2f}", f"{taken:.0f}", f"{packed / 1e3:.1f}")

        sizes = ("memory, MiB", "saved by taking turns, MiB", "traced and lowered, ms", "gzipped, KB")
        return self._summary(("plan of a step", "dispatches", "pipelines, with `init`'s", *sizes), cells)

    def rows(self, workload: Workload) -> Iterator[str]:
        """Every contender's, table by table."""
        yield f"\n### {workload.title}"
        for table, title in TABLES.items():
            found = {
                each.name: entries
                for each in CONTENDERS.values()
                if each.table == table and (entries := self._record.of(workload.name, each.name))
            }
            if not found:
                continue
            beside = self._time(workload, BESIDE[table])
            times = f"times {BESIDE[table] or 'nobody'}"
            yield (
                f"\n| {title} | ms a step, median (least–most) | of all processors | GFLOP/s | {times} "
                "| dispatches | first step, ms | of all | shipped, KB |"
            )
            yield "|---" * 9 + "|"
            yield from (self._row(workload, entries, beside) for entries in found.values())

    def _row(self, workload: Workload, entries: list[Entry], beside: float | None) -> str:
        name, runs = entries[0].contender, [each.run for each in entries if each.run]
        if not runs:
            return f"| {name} | failed: {entries[-1].failed} | | | | | | | |"
        note = runs[-1].note
        times = [ms for run in runs for ms in run.times]
        median = statistics.median(times)
        cold = [number(middle(run.cold[n] for run in runs) or None, 0) for n in (0, 1)]
        cells = (
            f"{name} ({note})" if note else name,
            f"{number(median, 3)} ({number(min(times), 3)}–{number(max(times), 3)})",
            number(middle(ms for run in runs for ms in run.used)),
            f"{2e-6 * workload.multiplications / median:.2f}",
            f"{beside / median:.2f}" if beside else "",
            f"{runs[-1].dispatches:.0f}" if runs[-1].dispatches else "",
            *(("", "") if note else cold),
            f"{runs[-1].shipped / 1e3:.1f}" if runs[-1].shipped else "",
        )
        return f"| {' | '.join(cells)} |"
