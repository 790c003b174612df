"""The tables of shaders/BENCHMARKS.md, in Markdown, from what is recorded.

In: a record. Out: lines: when and where it was measured, a row of each summary for each workload, then a row for every
contender. What is not recorded is an en dash. It measures nothing but how long a plan takes to be written and lowered.
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
BESIDE = {"webgpu": "jax-js", "wgpu": "PyTorch, two threads", "processor": "jax-js, WebAssembly"}  # whom rows face
HEADS = {
    "ms": "ms a step, median (least–most)",
    "used": "of all processors",
    "rate": "GFLOP/s",
    "first": "first step, ms",
    "first used": "of all",
    "shipped": "shipped, KB",
}
COLUMNS = {
    "webgpu": ("ms", "used", "rate", "times", "dispatches", "first", "first used", "shipped"),
    "wgpu": ("ms", "used", "rate", "times", "first"),
    "processor": ("ms", "used", "rate", "times", "first", "shipped"),
}
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
    """With so many digits behind the point, or two that say something where it is small."""
    if value is None:
        return NOTHING
    return f"{value:.{digits}f}" if value >= 10 ** (1 - digits) else f"{value:.2g}"


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
            return (number(self._time(workload, name)) for name in PROCESSOR)

        return self._summary(("ms a step, median", *PROCESSOR_HEADS), cells)

    def _beside(self) -> Iterator[str]:
        pair = ("ours", "jax-js")

        def cells(workload: Workload) -> Iterator[str]:
            last = [runs[-1] if (runs := self._runs(workload, name)) else None for name in pair]
            yield " / ".join(number(run.dispatches if run else None, 0) for run in last)
            yield " / ".join(number(self._first(workload, name), 0) for name in pair)
            yield " / ".join(number(run.shipped / 1e3 if run else None, 1) for run in last)
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
        heads = (
            *(f"{part}, ms" for part in parts),
            "all that, jax-js",
            "all that, wasmtime, from the module",
        )
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
            rows = [self._row(workload, entries, beside) for entries in found.values()]
            heads = [HEADS.get(head, head) for head in COLUMNS[table]]
            heads[heads.index("times")] = f"times {BESIDE[table]}"
            yield f"\n| {title} | {' | '.join(heads)} |"
            yield "|---" * (len(heads) + 1) + "|"
            for name, cells in rows:
                yield f"| {name} | {' | '.join(cells.get(column, '') for column in COLUMNS[table])} |"

    def _row(self, workload: Workload, entries: list[Entry], beside: float | None) -> tuple[str, dict[str, str]]:
        """A name, and cells by their columns."""
        name, runs = entries[0].contender, [each.run for each in entries if each.run]
        if not runs:
            return name, {"ms": f"failed: {entries[-1].failed}"}
        note, last = runs[-1].note, runs[-1]
        times = [ms for run in runs for ms in run.times]
        median = statistics.median(times)
        cells = {
            "ms": f"{number(median)} ({number(min(times))}–{number(max(times))})",
            "used": number(middle(ms for run in runs for ms in run.used)),
            "rate": number(2e-6 * workload.multiplications / median),
            "times": number(beside / median) if beside else "",
            "dispatches": number(last.dispatches or None, 0),
            "shipped": number(last.shipped / 1e3 if last.shipped else None, 1),
        }
        if note:
            return f"{name} ({note})", cells
        first, used = (middle(run.cold[n] for run in runs) for n in (0, 1))
        return name, {**cells, "first": number(first, 0), "first used": number(used or None, 0)}
