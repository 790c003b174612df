"""Measures the blog of this checkout and prints a table in Markdown: what, how much, what it should be at most.

In: names of measurements, all when there are none. Out: rows on the console as they are done, each a median with its
spread, below a line that names the machine and the versions. It builds in a folder of its own and asserts nothing.

scripts/bench                       all of it, some ten minutes
scripts/bench click sizes           some: click, sizes, dispatches, lowering, builds, lighthouse
scripts/bench --once sizes          each once, of one demo and one post where it takes long, on a build from what
                                    earlier ones have cached: whether it runs
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from site_builder.graph.program import topological
from site_builder.plan import lower
from site_builder.project.node import executable
from site_builder.run.device import adapter, describe
from tests import tools
from tests.browser.choice import chooses
from tests.browser.published.site import Published, build, copy_project, demos, posts
from tests.chromium import find, started
from tests.curves import jobs
from tests.serving import serving
from tests.steps import bitonic, heat, life, sines
from tests.zoo import ZOO

CLICKS, BUILDS, AUDITS = 5, 3, 3  # times; each once with --once
Rows = Iterator[tuple[str, str, str]]


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    once: bool

    def times(self, usual: int) -> int:
        return 1 if self.once else usual

    def of(self, every: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of what takes long, the last or all."""
        return [*every][-1:] if self.once else [*every]


@dataclass(frozen=True)
class Spread:
    """Repeated measurements."""

    values: tuple[float, ...]

    def __str__(self) -> str:
        return f"{statistics.median(self.values):.2f} ({min(self.values):.2f}–{max(self.values):.2f})"


def repeat(times: int, measure: Callable[[], float]) -> Spread:
    return Spread(tuple(measure() for _ in range(times)))


def click(site: Published, effort: Effort) -> Rows:
    """From a click on Play to the first finished training step, in a browser that has never seen the page."""
    for on, most in (("gpu", "1.5"), ("processor", "0.2")):
        for slug, name in effort.of(demos()):
            taken = repeat(effort.times(CLICKS), partial(first_step, site, slug, name, on))
            yield f"click to first step, {name}, {on}, s", str(taken), most


def first_step(site: Published, slug: str, name: str, on: str) -> float:
    """Seconds. The profile is new, so nothing is compiled yet and nothing cached; no demo has started by itself."""
    found = f"document.getElementById('demo-{name}')"
    with started() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.add_init_script(chooses(on))
        page.goto(f"{site.url}/{slug}/")
        page.evaluate(f"{found}.scrollIntoView()")
        page.locator(f"#demo-{name} .demo-bar:not([disabled])").wait_for()
        page.wait_for_timeout(500)
        taken: float = page.evaluate(f"""(async () => {{
            const {{ demo }} = {found};
            const began = performance.now();
            {found}.querySelector('.play').click();
            while (!(demo.step > 0)) await new Promise((go) => setTimeout(go, 1));
            await demo.backend.read(demo.plan.buffers.find((each) => each.name).name); // after the step
            return performance.now() - began;
        }})()""")
    return taken / 1000


def sizes(site: Published, _: Effort) -> Rows:
    """Kilobytes as a host sends them, gzipped."""
    for slug, _ in posts():
        yield f"post {slug}: HTML, CSS, scripts, KB", f"{sum(site.sizes(slug).values()) / 1000:.1f}", "120"
    for slug in dict.fromkeys(slug for slug, _ in demos()):
        yield f"runtime of {slug} before a click, KB", f"{sum(site.runtime(slug).values()) / 1000:.1f}", "24"
    for pattern, kind, most in (("*-plan-*.json", "plan", "20"), ("*.wasm", "module", "10")):
        for name, largest in site.largest(pattern).items():
            yield f"{kind} {name}, KB", f"{largest / 1000:.1f}", most


def dispatches(_: Published, __: Effort) -> Rows:
    """Of one training step."""
    limits = {"digits": "6", "spiral": "12"}
    for _, name in demos():
        for job in jobs(name):
            plan: dict[str, Any] = json.loads(lower(job.declared.build(**job.options)).to_json())
            for title, program in plan["programs"].items():
                if title.endswith("step"):
                    label = f"{job}" if title == "step" else f"{job}, {title}"
                    yield f"dispatches per step, {label}", str(len(program["steps"])), limits.get(name, "")


def lowering(_: Published, effort: Effort) -> Rows:
    """Seconds, of programs of some 10,000 nodes, and of the zoo."""
    for steps in (heat(600), life(170), bitonic(1024), sines(10_000)):
        model = steps.model()
        count = len(topological(a.value for program in model.programs.values() for a in program.assignments))
        taken = repeat(effort.times(BUILDS), partial(seconds, lambda model=model: lower(model)))
        yield f"lowering {steps.name}, {count:,} nodes, s", str(taken), "5"
    models = [entry.build() for entry in ZOO]
    taken = repeat(effort.times(BUILDS), partial(seconds, lambda: [lower(model) for model in models]))
    yield f"lowering the {len(models)} models of the zoo, s", str(taken), ""


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def builds(site: Published, effort: Effort) -> Rows:
    """Seconds on the clock, of the whole command."""
    yield "build, nothing changed, s", str(repeat(effort.times(BUILDS), lambda: build(site.project))), "1"
    post = next(site.project.glob("posts/01-*/index.md"))

    def edit() -> float:
        text = post.read_text(encoding="utf-8")
        post.write_text(re.sub(r"\n\n([A-Z])", r"\n\nNow. \1", text, count=1), encoding="utf-8")
        return build(site.project)

    yield "build, one paragraph changed, s", str(repeat(effort.times(BUILDS), edit)), "1.5"
    yield "build, cold, with all figures, s", f"{site.seconds:.0f}", "180"


def lighthouse(site: Published, effort: Effort) -> Rows:
    """Medians of each category, Lighthouse's own simulated phone and network."""
    for slug, _ in effort.of(posts()):
        runs = [audit(f"{site.url}/{slug}/") for _ in range(effort.times(AUDITS))]
        for category in runs[0]:
            scores = sorted(run[category] for run in runs)
            yield f"Lighthouse, {slug}, {category}", f"{statistics.median(scores):.0f}", "at least 95"


def audit(url: str) -> dict[str, float]:
    """Scores of 100 by category."""
    script = tools.packages() / "lighthouse" / "cli" / "index.js"
    flags = ["--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox"]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    command = [str(executable()), str(script), url, *flags]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed: {done.stderr[-600:]}")
    categories = json.loads(done.stdout)["categories"]
    return {name: 100 * (each["score"] or 0) for name, each in categories.items()}


MEASUREMENTS = {each.__name__: each for each in (click, sizes, dispatches, lowering, builds, lighthouse)}


def machine() -> str:
    """One line: date, processor, adapter, versions."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    chromium = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=False).stdout.split()
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("wgpu", "numpy")]
    parts = [
        f"{date.today():%d %B %Y}",
        f"{os.cpu_count()} cores of {found[1] if found else platform.processor()}",
        describe(adapter()),
        f"Python {platform.python_version()}",
        *versions,
        f"Chromium {chromium[1] if len(chromium) > 1 else 'unknown'}, SwiftShader",
    ]
    return "; ".join(parts)


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure what README states.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(MEASUREMENTS)}; else all")
    parser.add_argument("--once", action="store_true", help="each once, with what is cached: whether it runs at all")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - MEASUREMENTS.keys()
    if unknown:
        sys.exit(f"There is no measurement called {', '.join(sorted(unknown))}: {', '.join(MEASUREMENTS)}.")
    print(f"{machine()}\n\n| what | median (least–most) | at most |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        project = copy_project(Path(folder), warm=arguments.once)
        seconds = build(project)
        with serving(project / "_site") as url:
            site = Published(project, url, seconds)
            for name in arguments.names or MEASUREMENTS:
                for row in MEASUREMENTS[name](site, Effort(arguments.once)):
                    print("| {} | {} | {} |".format(*row), flush=True)


if __name__ == "__main__":
    main()
