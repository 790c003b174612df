"""The compiler, in a process of Node that compiles one plan after the other.

In: the compiler's sources by their names in a project, and plans as JSON. Out: its answers. The process reads the
sources from a copy, since a project's own files take the place of single ones, and ends with this process, whose end
closes its input. It does not know what it is asked for.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path
from subprocess import PIPE
from typing import Any

from ..errors import BuildError
from ..project.node import executable, last_words

SCRIPT = Path(__file__).with_name("compile.mjs")


class Compiler:
    """A process that holds the compiler. Raises BuildError where its sources cannot be loaded."""

    def __init__(self, sources: Mapping[str, Path]) -> None:
        with tempfile.TemporaryDirectory(prefix="build-site-") as folder:
            for name, path in sources.items():
                place = Path(folder, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
            Path(folder, "package.json").write_text('{"type": "module"}', encoding="utf-8")
            command = [str(executable()), str(SCRIPT), folder]
            self._process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
            Finalize(self, self._process.communicate, exitpriority=1)  # in processes of a pool as well
            self._answer()  # all is loaded

    def ask(self, plan: str) -> dict[str, Any]:
        """What it answers for a plan as JSON. Raises BuildError with its last words where it dies."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(plan.replace("\n", " ").encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # its last words say more
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            _, said = self._process.communicate()
            running.cache_clear()
            words = last_words(said.decode(errors="replace"))
            raise BuildError(f"the compiler of kernels for the processor failed: {words}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@lru_cache(maxsize=1)
def running(sources: tuple[tuple[str, Path], ...], key: str) -> Compiler:
    """This process's compiler; another one where `key`, the digest of its sources, is another."""
    return Compiler(dict(sources))
