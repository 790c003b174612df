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
from ..project.paths import find, shared_files
from .compiler import SCRIPT, running

COMPILER = ("demos/runtime/compiler", "shaders/processor")  # with the functions that WebAssembly lacks
TRIALS = (  # what makes trials by the compiler, with all that it imports
    "demos/runtime/common/trial.js",
    "demos/runtime/common/data.js",
    "demos/runtime/common/errors.js",
    "shaders/device/limits.json",
)
KIND = "module"


class Modules:
    """What is made of the plans of the project in `root`, by the compiler as it is now."""

    def __init__(self, root: Path, cache: Cache) -> None:
        self._root = root
        self._cache = cache
        self._sources = _sources(root)
        contents = (part for name, path in self._sources for part in (name, path.read_bytes()))
        self._compiler = digest(SCRIPT.read_bytes(), *contents)

    def of(self, plan: Plan | str) -> PlanModule:
        """The module of a plan, or of its JSON.

        Raises KernelError where a kernel lies outside of what the compiler knows, with the line of its file; of a plan
        as JSON, which holds no comments and so has other lines, if the file has one line of that text. BuildError where
        the compiler itself cannot run.
        """
        text = plan if isinstance(plan, str) else plan.to_json()
        key = digest(self._compiler, text)
        stored = self._cache.get(KIND, key)
        if stored is None:
            answer = running(self._sources, self._compiler).ask(text)
            if "refused" in answer:
                raise KernelError(
                    f"the processor cannot run this kernel: {answer['refused']}",
                    *(self._found(text, answer) if isinstance(plan, str) else _place(plan, answer)),
                    hint="demos/runtime/compiler/README.md says what kernels may use",
                )
            stored = json.dumps(answer).encode()
            self._cache.put(KIND, key, stored)
        made = json.loads(stored)
        wasm = base64.b64decode(made["wasm"])
        return PlanModule(wasm, tuple(made["addresses"]), made["scratch"], made["pages"], made["trial"])

    def _found(self, plan: str, refused: dict[str, Any]) -> tuple[str, int | None]:
        """The file of what is refused, and its line if no other has the same text."""
        wanted = json.loads(plan)["sources"][refused["source"]]["wgsl"].splitlines()[refused["line"] - 1]
        path = find(self._root, refused["file"])
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = [number for number, line in enumerate(lines, 1) if bare(line) == wanted]
        return refused["file"], found[0] if len(found) == 1 else None


def compiled(plan: Plan | str, root: Path, cache: Cache) -> PlanModule:
    """The module of one plan, or of its JSON, for the project in `root`. Raises what `Modules.of` does."""
    return Modules(root, cache).of(plan)


def _sources(root: Path) -> tuple[tuple[str, Path], ...]:
    """What the compiler consists of, by name, with what makes trials by it."""
    files, folders = shared_files(root).items(), tuple(f"{folder}/" for folder in COMPILER)
    return tuple(sorted((name, path) for name, path in files if name.startswith(folders) or name in TRIALS))


def _place(plan: Plan, refused: dict[str, Any]) -> tuple[str, int | None]:
    """The file, and where the plan knows it the line, of what is refused in a line of the plan's JSON."""
    source = plan.sources[refused["source"]]
    origins = [at for at, line in zip(source.origins, source.wgsl.splitlines(), strict=False) if bare(line)]
    return origins[refused["line"] - 1] if len(origins) >= refused["line"] else (source.file, None)
