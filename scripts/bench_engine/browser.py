"""One engine and one workload in a browser that has never run before, or in Node.

In: a page's name, a workload, what is right. Out: a tab and a `Run`: how far off its results are, how long the first
step took, then milliseconds and dispatches of later ones. Serves from memory, and counts what an engine ships.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import listening

from . import cpu
from .peers import bundle
from .places import PLACES, Tab
from .record import Run
from .workloads import MOST, Array, Workload

KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm"}
WORK = ("/", "/work.json", "/work.bin", "/model.onnx")  # not the engine's own
WARM = 0.25  # of a sample's time, before the samples: engines compile anew what has run for a while


@cache
def _packed(data: bytes) -> int:
    return len(gzip.compress(data, 9))


@contextmanager
def serving(files: Mapping[str, bytes], asked: set[str]) -> Iterator[str]:
    """An origin that browsers trust with threads: jax-js on WebAssembly wants SharedArrayBuffer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked.add(path)
            data = files.get(path)
            self.send_response(200 if data is not None else 404)
            self.send_header("Content-Type", KINDS.get(path[path.rfind(".") :], "text/html"))
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with listening(Handler) as url:
        yield url


def _work(workload: Workload, expected: Mapping[str, Array], extra: Mapping[str, Any]) -> dict[str, bytes]:
    """The workload as the pages read it."""
    packed = bytearray()

    def entries(arrays: Mapping[str, Array]) -> dict[str, Any]:
        found = {}
        for name, array in arrays.items():
            kind = "u32" if array.dtype == "uint32" else "f32"
            found[name] = {"shape": list(array.shape), "dtype": kind, "offset": len(packed)}
            packed.extend(array.astype("<u4" if kind == "u32" else "<f4").tobytes())
        return found

    work = {
        "kind": workload.kind,
        "settings": dict(workload.settings),
        "arrays": entries(workload.arrays),
        "expected": entries(expected),
        "parameters": workload.parameters,
        "outputs": workload.outputs,
        "weights": workload.weights,
        **extra,
    }
    return {"/work.json": json.dumps(work).encode(), "/work.bin": bytes(packed)}


@contextmanager
def opened(
    page: str,
    workload: Workload,
    expected: Mapping[str, Array],
    files: Mapping[str, bytes],
    extra: Mapping[str, Any],
    place: str = "Chromium",
) -> Iterator[tuple[Tab, Run]]:
    """A page whose engine has done the workload's first steps. `page` is a script of pages/, perhaps with a query."""
    script, _, query = page.partition("?")
    asked: set[str] = set()
    html = f'<!doctype html><title>bench</title><script type="module" src="/{script}.js"></script>'
    served = {**bundle(script), **_work(workload, expected, extra), **files, "/": html.encode()}
    with serving(served, asked) as url, PLACES[place](f"{url}/?{query}") as tab:
        tab.evaluate("bench.open()")
        before = cpu.seconds()
        cold = tab.evaluate("bench.first()")
        after = cpu.seconds()
        gate = tab.evaluate("bench.gate()")
        shipped = sum(_packed(served[path]) for path in asked if path in served and path not in WORK)
        parts = cold["parts"]
        yield tab, Run(gate["errors"], (cold["ms"], spent(before, after)), 0, shipped, gate["note"], parts)


def spent(before: float | None, after: float | None) -> float:
    """Milliseconds; 0 where the system does not tell."""
    return 0.0 if before is None or after is None else 1e3 * (after - before)


def timed(tab: Tab, run: Run, budget: float, samples: int) -> Run:
    """Measure `samples` times as many steps as take `budget` milliseconds."""

    def fitting(milliseconds: float, once: float) -> int:
        return max(1, min(MOST, round(milliseconds / once)))

    once = tab.evaluate("bench.time(1)")["ms"]
    if once < budget:  # of a short step, a single one is all waiting
        once = tab.evaluate(f"bench.time({min(4, fitting(budget, once))})")["ms"]
        once = tab.evaluate(f"bench.time({fitting(WARM * budget, once)})")["ms"]
    times = fitting(budget, once)
    for _ in range(samples):
        before = cpu.seconds()
        measured = tab.evaluate(f"bench.time({times})")
        after = cpu.seconds()
        run.times.append(measured["ms"])
        run.used.append(spent(before, after) / times)
        run.dispatches = measured["dispatches"]
    return run
