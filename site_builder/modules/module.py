"""What is made of a plan: its module, how the module's memory is arranged, and the trial of its kernels.

In: a plan, and the project, whose own kernels and runtime come before the generator's. Out: a `PlanModule`, from the
cache where the plan and the compiler are unchanged. It does not know how a plan is run.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from ..errors import KernelError
from ..plan import Plan, PlanModule
from ..plan.kernels import bare
from ..project.cache import Cache, digest
from ..project.paths import shared_files
from .compiler import SCRIPT, running

COMPILER = "demos/runtime/compiler"
FUNCTIONS = "shaders/processor/functions.wgsl"  # those that WebAssembly lacks
TRIALS = ("demos/runtime/common", "shaders/device")  # what makes trials by the compiler
KIND = "module"


def compiled(plan: Plan | str, root: Path, cache: Cache) -> PlanModule:
    """The module of a plan, or of its JSON, for the project in `root`.

    Raises KernelError where a kernel lies outside of what the compiler knows, with the line of the file if the plan is
    no JSON, which holds no comments and so has other lines. BuildError where the compiler itself cannot run.
    """
    text = plan if isinstance(plan, str) else plan.to_json()
    sources = _sources(root)
    compiler = digest(SCRIPT.read_bytes(), *(part for name, path in sources for part in (name, path.read_bytes())))
    key = digest(compiler, text)
    stored = cache.get(KIND, key)
    if stored is None:
        answer = running(sources, compiler).ask(text)
        if "refused" in answer:
            raise KernelError(
                f"the processor cannot run this kernel: {answer['refused']}",
                *_place(plan, answer),
                hint="demos/runtime/compiler/README.md says what kernels may use",
            )
        stored = json.dumps(answer).encode()
        cache.put(KIND, key, stored)
    made = json.loads(stored)
    wasm = base64.b64decode(made["wasm"])
    return PlanModule(wasm, tuple(made["addresses"]), made["scratch"], made["pages"], made["trial"])


def _sources(root: Path) -> tuple[tuple[str, Path], ...]:
    """What the compiler consists of, by name, with what makes trials by it."""
    folders = tuple(f"{folder}/" for folder in (COMPILER, *TRIALS))
    files = shared_files(root).items()
    return tuple(sorted((name, path) for name, path in files if name.startswith(folders) or name == FUNCTIONS))


def _place(plan: Plan | str, refused: dict[str, Any]) -> tuple[str, int | None]:
    """The file, and where the plan knows it the line, of what is refused in a line of the plan's JSON."""
    if isinstance(plan, str):
        return refused["file"], None
    source = plan.sources[refused["source"]]
    origins = [at for at, line in zip(source.origins, source.wgsl.splitlines(), strict=False) if bare(line)]
    return origins[refused["line"] - 1] if len(origins) >= refused["line"] else (source.file, None)
