"""The first three tables of shaders/BENCHMARKS.md, from what `scripts/bench engine` has printed.

    scripts/bench engine > rows.md
    .venv/bin/python -m scripts.bench_engine.summary rows.md

In: rows. Out: the same numbers, a line for each workload, then the rows as they were, under the same titles.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ALIKE = {
    "the same, forward and backward": "conv2d, the same, forward and backward",
    "the same, Adam step": "MLP, the same, Adam step",
}
PLAN = re.compile(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
PEERS = ("jax-js", "TensorFlow.js", "ONNX Runtime", "jax-js, WebAssembly")
NEXT = re.compile(r"\n\d+ [A-Z][a-z]+ 20\d\d;")  # the line of another run's machine


def cells(section: str, name: str) -> list[str]:
    """A row of a section, or none."""
    found = re.search(rf"^\| {re.escape(name)} \| (.*) \|$", section, re.MULTILINE)
    return [cell.strip() for cell in found[1].split("|")] if found else []


def middle(row: list[str]) -> str:
    """The median of `median (least–most)`."""
    return row[0].split(" (")[0] if row else "–"


def tables(printed: str) -> Iterator[str]:
    """Lines in Markdown."""
    sections = {title(part): NEXT.split(part)[0].rstrip() for part in printed.split("\n### ")[1:]}
    split = {name: tuple(text.split("| through wgpu |")) for name, text in sections.items()}
    yield "| ms a step, median | ours | jax-js | times | TensorFlow.js | ONNX Runtime | jax-js, WebAssembly |"
    yield "|---|---|---|---|---|---|---|"
    for name, (web, _) in split.items():
        ours, (jax, *others) = cells(web, "ours"), (middle(cells(web, peer)) for peer in PEERS)
        yield f"| {name} | {middle(ours)} | {jax} | **{ours[3]}** | {' | '.join(others)} |"
    yield ""
    yield (
        "| beside | dispatches, ours / jax-js | first step, ms, ours / jax-js "
        "| plan and runtime shipped, KB, ours / jax-js | through wgpu, ms, ours / PyTorch |"
    )
    yield "|---|---|---|---|---|"
    for name, (web, wgpu) in split.items():
        ours, jax = cells(web, "ours"), cells(web, "jax-js")
        pairs = " | ".join(f"{ours[n]} / {jax[n]}" for n in (4, 5, 7))
        yield f"| {name} | {pairs} | {middle(cells(wgpu, 'ours'))} / {middle(cells(wgpu, 'PyTorch on the CPU'))} |"
    yield ""
    yield (
        "| plan of a step | dispatches | pipelines, with `init`'s | memory, MiB | saved by taking turns, MiB "
        "| traced and lowered, ms | gzipped, KB |"
    )
    yield "|---|---|---|---|---|---|---|"
    for found in PLAN.finditer(printed):
        name, dispatches, kernels, taken, memory, saved, packed = found.groups()
        yield f"| {ALIKE.get(name, name)} | {dispatches} | {kernels} | {memory} | {saved} | {taken} | {packed} |"
    for name, text in sections.items():
        yield f"\n### {name}{text[text.index(chr(10)) :]}"


def title(section: str) -> str:
    """Of a workload; one that says `the same` says of what."""
    name = section.split("\n", 1)[0]
    return ALIKE.get(name, name)


if __name__ == "__main__":
    print(*tables(Path(sys.argv[1]).read_text("utf-8")), sep="\n")
