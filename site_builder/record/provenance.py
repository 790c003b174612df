"""What a result was derived from, found without importing or running any of it.

In: a Python file of the project. Out: digests of everything that could change what it computes: the project files it
imports, this engine, and, once it has run, the kernels, data sets and other files that it read. It does not know what
is computed, and imports no NumPy.

A result is stored in two steps, as compilers do with dependency files. `base` is the digest of what can be known
beforehand; under it lies the list of what the last run read; the digest of `base` and of those things as they are now
is the key of the result.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from site_builder.data import datasets
from site_builder.errors import BuildError
from site_builder.plan.kernels import bare
from site_builder.plan.limits import LIMITS
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import code_digest, file_digest, is_authors, python_files
from site_builder.project.paths import PACKAGE, find, shared_files, shipped

ENGINE = ("errors.py", "graph", "nn", "plan", "run")


@dataclass(frozen=True)
class Read:
    """What a run read: kernels by their file under shaders/, data sets by name, files by path from the root."""

    kernels: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def digest(self, root: Path) -> str:
        """The hash of all of it as it is now."""
        parts = [f"kernel {name} {kernel_digest(find(root, name))}" for name in self.kernels]
        parts += [f"data {name} {_data_digest(root, name)}" for name in self.data]
        parts += [f"file {name} {file_digest(root / name)}" for name in self.files]
        return digest(*parts)


class Hit(NamedTuple):
    """A result from the cache, and what the run that gave it read."""

    data: bytes
    read: Read


@dataclass(frozen=True)
class Derived:
    """A place in the cache for one result."""

    cache: Cache
    root: Path
    kind: str
    base: str

    def find(self) -> Hit | None:
        """The result, if what it was derived from is still the same."""
        listed = self.cache.get(f"{self.kind}-read", self.base)
        if listed is None:
            return None
        read = Read(**{name: tuple(found) for name, found in json.loads(listed).items()})
        stored = self.cache.get(self.kind, self._key(read))
        return None if stored is None else Hit(stored, read)

    def store(self, read: Read, result: bytes) -> None:
        """Keep a result."""
        listed = {"kernels": sorted(read.kernels), "data": sorted(read.data), "files": sorted(read.files)}
        key = self._key(Read(**{name: tuple(found) for name, found in listed.items()}))
        self.cache.put(self.kind, key, result)
        self.cache.put(f"{self.kind}-read", self.base, json.dumps(listed).encode())

    def _key(self, read: Read) -> str:
        return digest(self.base, read.digest(self.root))


def engine(root: Path) -> str:
    """The digest of what computes: the engine's own code, the fragments that any kernel may import, WebGPU's limits."""
    code = [f"{path.name} {code_digest(path)}" for part in ENGINE for path in python_files(PACKAGE / part)]
    fragments = {name: path for name, path in shared_files(root).items() if name.startswith("shaders/lib/")}
    limits = file_digest(LIMITS)
    return digest(*code, *(f"{name} {kernel_digest(path)}" for name, path in sorted(fragments.items())), limits)


def kernel_digest(path: Path) -> str:
    """The hash of what a WGSL file does: plans drop its comments and its layout, but for `// #import` and its like."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "absent"
    lines = (line.strip() if line.lstrip().startswith("// #") else bare(line) for line in text.splitlines())
    return digest(*(line for line in lines if line))


_opened: set[str] | None = None
_listening = False


@contextmanager
def things_read(root: Path) -> Iterator[list[tuple[str, ...]]]:
    """Collects what is used inside the block: afterwards the list holds names of data sets, and paths of project files.

    An audit hook sees every open() of the process, whichever library calls it; Python's own files and derived ones are
    left out. A hook cannot be taken away, so there is one, which listens only inside the block.
    """
    global _opened, _listening
    if not _listening:
        sys.addaudithook(_hear)
        _listening = True
    heard: set[str] = set()
    collected: list[tuple[str, ...]] = []
    datasets.forget()
    _opened = heard
    try:
        yield collected
    finally:
        _opened = None
        paths = (Path(os.path.abspath(name)) for name in heard)
        files = {path.relative_to(root).as_posix() for path in paths if _is_input(root, path)}
        collected += [tuple(sorted(datasets.asked_for)), tuple(sorted(files))]


def _is_input(root: Path, path: Path) -> bool:
    code = (
        path.suffix in (".py", ".pyc")
        or path.is_relative_to(root / "shaders")
        or path.is_relative_to(shipped("shaders"))
    )
    return is_authors(root, path) and not code and path.is_file()


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str):
        _opened.add(arguments[0])


def _data_digest(root: Path, name: str) -> str:
    try:
        return datasets.fingerprint(root, name)
    except BuildError:
        return "absent"
