"""What this machine will compute with, and what is missing.

In: nothing but the machine. Out: findings, each a line. Nothing is installed or changed.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from . import markup
from .bundle import node
from .config import find_project
from .errors import BuildError
from .project.cache import Cache
from .project.node import executable

BROWSERS = ("chromium", "google-chrome", "firefox-esr", "firefox")
SOFTWARE = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")  # how tests start Chromium, who has no GPU
WAIT = 20  # seconds for a program to say its version
ASKING = """<!doctype html><p id="said"></p><script>
const say = (text) => document.getElementById("said").append(text);
const asked = navigator.gpu ? navigator.gpu.requestAdapter() : Promise.resolve(null);
asked.then((adapter) => {
  if (!adapter) return;
  const { vendor, architecture, description } = adapter.info;
  const optional = ["subgroups", "shader-f16"].filter((feature) => adapter.features.has(feature));
  say(`${description || [vendor, architecture].join(" ")}, with ${optional.join(" and ") || "no optional feature"}`);
});
</script>"""


@dataclass(frozen=True)
class Finding:
    """One line of the report. `fine` is False for what is missing, `wrong` True for what would give wrong figures."""

    name: str
    text: str
    fine: bool = True
    wrong: bool = False


def examine(folder: Path) -> list[Finding]:
    """Everything that decides how a build runs here."""
    return [_project(folder), *_python(), _node(), *_runners(folder), *_browsers()]


def _project(folder: Path) -> Finding:
    try:
        return Finding("project", str(find_project(folder)))
    except BuildError as error:
        return Finding("project", str(error), fine=False)


def _python() -> Iterator[Finding]:
    yield Finding("python", f"{platform.python_version()} at {sys.executable}, {platform.platform()}")
    libraries = ("wgpu", "wasmtime", "numpy", "matplotlib")
    yield Finding("libraries", ", ".join(f"{name} {metadata.version(name)}" for name in libraries))


def _node() -> Finding:
    try:
        found = executable()
    except BuildError as error:
        return Finding("node", str(error), fine=False)
    return Finding("node", f"{_version(found)} from its wheel; packages of lock {node.lock_hash()}")


def _processor(folder: Path) -> Finding:
    """Whether a plan can be compiled and run here without any driver."""
    try:
        from .selfcheck.processor import processor

        with tempfile.TemporaryDirectory() as cache:
            said, right = processor(folder, Cache(Path(cache)))
        return Finding("processor", f"wasmtime {metadata.version('wasmtime')} {said}", fine=right, wrong=not right)
    except (BuildError, ImportError, OSError) as error:
        return Finding("processor", str(error).splitlines()[0], fine=False)


def _runners(folder: Path) -> Iterator[Finding]:
    """What figures would run on, why, and whether an adapter has what plans ask for."""
    processor = _processor(folder)
    yield processor
    try:
        from .run.device import FEATURES, LIMITS, adapter, describe, features, lacks

        chosen = adapter()
    except (BuildError, ImportError, OSError) as error:
        reason = str(error).splitlines()[0]
        use = "will run on the processor" if processor.fine else "cannot run"
        yield Finding("wgpu", f"{reason} Figures {use}.", fine=False)
        return
    software = chosen.info["adapter_type"] == "CPU"
    why = "software, as no hardware adapter was found" if software else "the first hardware adapter"
    lacking = lacks(chosen)
    use = "figures cannot run on it" if lacking else "figures will run on it"
    yield Finding("wgpu", f"{describe(chosen)}: {why}; {use}", fine=not lacking)
    if lacking:
        yield Finding("limits", f"too small: {', '.join(lacking)}", fine=False)
        return
    found = (f"{name} {chosen.limits[name]} (needed: {needed})" for name, needed in LIMITS.items())
    yield Finding("limits", f"all that plans ask for: {', '.join(found)}")
    try:
        has = [f"{name} ({feature.purpose})" for name, feature in FEATURES.items() if name in features()]
    except BuildError as error:
        yield Finding("features", str(error), fine=False, wrong=True)
        return
    yield Finding("features", ", ".join(has) if has else "none of those that variants of kernels use")
    yield _loops()
    yield from _kernels()


def _loops() -> Finding:
    """Whether the adapter runs loops as long as plans ask for: some drivers end them early and say nothing."""
    from .selfcheck.selfcheck import loops

    said, enough = loops()
    return Finding("loops", said, fine=enough, wrong=not enough)


def _kernels() -> Iterator[Finding]:
    """Every kernel's case on the adapter that figures would run on; a line for each that fails."""
    from .selfcheck.selfcheck import failures, trials

    tried = list(trials())
    wrong = [" ".join(sentence.split()) for trial in tried for sentence in failures(trial)]
    yield from (Finding("kernel", sentence, fine=False, wrong=True) for sentence in wrong)
    count = len({kernel for trial in tried for kernel in trial.kernels})
    said = f"{count} kernels agree with NumPy" if not wrong else f"{len(wrong)} failures in {count} kernels tried"
    yield Finding("kernels", said, fine=not wrong)


def _browsers() -> Iterator[Finding]:
    """Which adapter demos would run on, where a browser says so without a window; its limits are WebGPU's defaults."""
    found = [(name, path) for name in BROWSERS if (path := shutil.which(name))]
    for name, path in found:
        said = f"{name}: {_version(Path(path))}"
        yield Finding("browser", said if "firefox" in name else f"{said}; {_demos_run_on(path)}")
    if not found:
        yield Finding("browser", "neither Chromium nor Firefox was found; only tests need them", fine=False)


def _demos_run_on(browser: str) -> str:
    """A clause about the adapter that a page gets from a browser of Chromium's kind."""
    if own := _adapter_of(browser, ()):
        return f"demos would run on {own}"
    software = _adapter_of(browser, SOFTWARE)
    tests = f"tests make it use {software}" if software else "nor does it bring one of its own"
    return f"without a GPU it gives pages no adapter, and {tests}"


def _adapter_of(browser: str, flags: Sequence[str]) -> str:
    """What a page in a fresh profile reads of its adapter; nothing where it gets none or nothing starts."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder, "page.html")
        page.write_text(ASKING, encoding="utf-8")
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [browser, "--headless=new", *sandbox, *flags, f"--user-data-dir={folder}/profile"]
        command += ["--disable-background-networking", "--virtual-time-budget=5000", "--dump-dom", page.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ""
    said = [each.text for each in markup.read(done.stdout).walk("p") if each.attributes.get("id") == "said"]
    return said[0] if said else ""


def _version(program: Path) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=WAIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not start ({type(error).__name__})"
    return done.stdout.strip().partition("\n")[0] or "does not say its version"
