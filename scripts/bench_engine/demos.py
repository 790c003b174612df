"""Demos on the processor: how soon the first step is there, how long the page's compiler takes, what is shipped.

In: nothing, or how many new browsers. Out: a table: a row for each plan of each demo, and one for the smaller GPT. The
first step counts from the moment in which the page's scripts are there; what a click adds, `scripts/bench click` says.
"""

from __future__ import annotations

import gzip
import json
import statistics
from collections.abc import Iterator, Sequence

from site_builder.data import load_data
from site_builder.modules import compiled
from site_builder.plan import Plan, lower
from site_builder.project.cache import Cache
from tests.browser.published.site import demos
from tests.curves import jobs

from .browser import serving
from .models import build
from .native import ROOT
from .peers import bundle
from .places import PLACES
from .workloads import WORKLOADS

HTML = b'<!doctype html><title>demo</title><script type="module" src="/backend.js"></script>'
PARTS = ("open", "first", "compile")


def packed(data: bytes) -> float:
    """Kilobytes, gzipped as hosts do."""
    return len(gzip.compress(data, 9, mtime=0)) / 1e3


def plans(names: Sequence[str]) -> Iterator[tuple[str, Plan]]:
    """Of these demos with all combinations of their options; without names of every demo, and a GPT of two layers."""
    for name in names or [name for _, name in demos()]:
        for job in jobs(name):
            yield str(job), lower(job.declared.build(**job.options))
    if not names:
        yield WORKLOADS["gpt-2"].title, lower(build(WORKLOADS["gpt-2"]))


def data(plan: Plan) -> dict[str, bytes]:
    """The sets that a plan asks for, and the part of a manifest that names them."""
    files, sets = {}, {}
    for buffer in plan.buffers:
        if buffer.source and buffer.name:
            array = load_data(buffer.source, buffer.name, buffer.shape, buffer.dtype, buffer.bound)
            files[f"/{buffer.name}.bin"] = array.astype(f"<{buffer.dtype[0]}4").tobytes()
            sets[buffer.name] = {"url": f"/{buffer.name}.bin", "dtype": buffer.dtype}
    return {**files, "/data.json": json.dumps(sets).encode()}


def table(rounds: int, names: Sequence[str] = ()) -> Iterator[str]:
    """Rows in Markdown: medians of rounds, each plan in a new Chromium twice a round."""
    heads = ("opened, ms", "first finished step, ms", "compiled in the page, ms", "plan, KB", "module, KB")
    yield f"| a demo on the processor, cold | {' | '.join(heads)} |"
    yield "|---" * (len(heads) + 1) + "|"
    for name, plan in plans(names):
        module = compiled(plan, ROOT, Cache(ROOT / ".cache" / "bench-engine")).wasm
        text = plan.to_json().encode()
        files = {**bundle("backend"), **data(plan), "/": HTML, "/plan.json": text, "/module.wasm": module}
        seen = [{**_asked(files, "bench.first()"), **_asked(files, "bench.compiled()")} for _ in range(rounds)]
        times = (f"{statistics.median(each[part] for each in seen):.0f}" for part in PARTS)
        yield f"| {name} | {' | '.join(times)} | {packed(text):.1f} | {packed(module):.1f} |"


def _asked(files: dict[str, bytes], expression: str) -> dict[str, float]:
    with serving(files, set()) as url, PLACES["Chromium"](url) as tab:
        answer: dict[str, float] = tab.evaluate(expression)
        return answer
