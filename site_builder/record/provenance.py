"""What a result was derived from, found without importing or running any of it.

In: a Python file of the project. Out: digests of what could change what it computes: the project files it imports,
this engine, and, once it has run, the kernels, data sets and other files that it read. It does not know what is
computed, and imports no NumPy.

A result is stored in two steps, as compilers do with dependency files. `base` is the digest of what can be known
beforehand; under it lies the list of what the last run read; the digest of `base` and of those things as they are now
is the key of the result.

No digest covers the machine: its adapter, the versions of its libraries, environment variables. Nor does one cover
files outside of the project, what a subprocess reads, and whether a file is there that a run only asks about.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from site_builder.data import datasets
from site_builder.errors import BuildError
from site_builder.plan.kernels import bare
from site_builder.plan.limits import LIMITS
from site_builder.project.cache import Cache, digest
from site_builder.project.imports import SKIPPED, closure, code_digest, file_digest, parse, python_files, relative
from site_builder.project.paths import PACKAGE, RESULTS, find, is_kept, shared_files, shipped

ENGINE = ("errors.py", "graph", "nn", "plan", "run")
USES = ("open", "exec", "os.listdir", "os.scandir", "sqlite3.connect")  # audit events of what a run may depend on
# What is derived from the project, or is none of its files.
DERIVED = {*SKIPPED, ".cache", ".git", ".venv"}


@dataclass(frozen=True)
class Dependencies:
    """What a run read: kernels by their file under shaders/, data sets by name, files by path from the root.

    `runtime`: folders of what pages run that took part in it, by their place in a project.
    """

    kernels: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()

    def digest(self, root: Path) -> str:
        """The hash of all of it as it is now."""
        parts = [f"kernel {name} {kernel_digest(find(root, name))}" for name in self.kernels]
        parts += [f"data {name} {_data_digest(root, name)}" for name in self.data]
        parts += [f"file {name} {_content_digest(root / name)}" for name in self.files]
        parts += [f"runtime {_runtime_digest(root, self.runtime)}"] if self.runtime else []
        return digest(*parts)

    def listed(self) -> dict[str, list[str]]:
        """The same as JSON holds it, without what is empty."""
        return {kind: sorted(names) for kind, names in vars(self).items() if names}

    @classmethod
    def from_lists(cls, lists: Mapping[str, Sequence[str]]) -> Dependencies:
        """What `listed` gave. Raises TypeError or AttributeError where it is none of that."""
        return cls(**{kind: tuple(names) for kind, names in lists.items()})


class Hit(NamedTuple):
    """A result that was found, and what the run that gave it read."""

    result: bytes
    dependencies: Dependencies


@dataclass(frozen=True)
class CachedResult:
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
        dependencies = Dependencies.from_lists(json.loads(listed))
        stored = self.cache.get(self.kind, self._key(dependencies))
        return None if stored is None else Hit(stored, dependencies)

    def store(self, dependencies: Dependencies, result: bytes) -> None:
        """Keep a result."""
        listed = dependencies.listed()
        self.cache.put(self.kind, self._key(Dependencies.from_lists(listed)), result)
        self.cache.put(f"{self.kind}-read", self.base, json.dumps(listed).encode())

    def _key(self, dependencies: Dependencies) -> str:
        return digest(self.base, dependencies.digest(self.root))


def engine(root: Path) -> str:
    """The digest of what computes: the engine's own code, the fragments that any kernel may import, WebGPU's limits."""
    files = [path for part in ENGINE for path in python_files(PACKAGE / part)]
    code = [f"{relative(PACKAGE, path)} {code_digest(path)}" for path in files]
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


FileState = tuple[int, int] | None  # a file's size and time of last change; None where there is none


class Reads:
    """What a block reads. When it has ended: names of data sets, and paths of files and folders from the root."""

    def __init__(self, root: Path, known: set[Path]) -> None:
        self._root = root
        self._known = known
        self._stamps: dict[Path, FileState] = {}  # of what was used, when it was used first
        self.data: tuple[str, ...] = ()
        self.files: tuple[str, ...] = ()

    def note(self, path: Path) -> None:
        """A file or folder is used, which may be missing."""
        if path not in self._stamps and path.is_relative_to(self._root):
            self._stamps[path] = _stamp(path)

    def is_asked(self) -> bool:
        """Whether the author's code asks, and neither the generator, for itself, nor an import, which looks around."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(("<frozen importlib", str(PACKAGE))):
                return False
            if _is_of(self._root, Path(file)):
                return True
            frame = frame.f_back
        return False

    def changed(self) -> list[str]:
        """The files that are not as they were when they were used first."""
        differ = (path for path, stamp in self._stamps.items() if _stamp(path) != stamp and not path.is_dir())
        return sorted(relative(self._root, path) for path in differ)

    def end(self) -> None:
        """The block has ended."""
        paths = (path for path in self._stamps if path not in self._known and _is_input(self._root, path))
        self.files = tuple(sorted(relative(self._root, path) for path in paths))
        self.data = tuple(sorted(datasets.used))


_observed: Reads | None = None  # of the block that is being observed
_has_hook = False


@contextmanager
def observed(root: Path, file: Path | None = None) -> Iterator[Reads]:
    """Collects what is used inside the block.

    An audit hook sees every file that the process opens, whichever library does, also one that is not there, every
    folder that it lists, and all code that is executed. Python's own files and derived ones are left out, and so is the
    code that `file` is known to import, since a digest covers it: what importlib imports is listed. A hook cannot be
    taken away, so there is one, for all blocks.
    """
    global _observed, _has_hook
    if not _has_hook:
        sys.addaudithook(_note)
        _has_hook = True
    known = set() if file is None else {file, *closure(root, file.parent, [parse(file)])}
    datasets.forget()
    _observed = reads = Reads(root, known)
    try:
        yield reads
    finally:
        _observed = None
        reads.end()


def _stamp(path: Path) -> FileState:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def _is_input(root: Path, path: Path) -> bool:
    kernel = path.is_relative_to(root / "shaders") or path.is_relative_to(shipped("shaders"))
    derived = path == root or path.suffix == ".pyc" or is_kept(relative(root, path))
    return _is_of(root, path) and not path.is_relative_to(PACKAGE) and not kernel and not derived


def _is_of(root: Path, path: Path) -> bool:
    """Whether a path is one of the project's own, wherever the project lies."""
    return path.is_relative_to(root) and not DERIVED & set(path.relative_to(root).parts)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _observed is None or event not in USES:
        return
    what, mode, flags = (*arguments, None, None)[:3]
    if isinstance(what, CodeType):
        what = what.co_filename
    elif not _observed.is_asked():
        return
    if event == "open" and (isinstance(mode, str) and set(mode) & set("wax")):
        return
    if event == "open" and mode is None and isinstance(flags, int) and flags & os.O_ACCMODE == os.O_WRONLY:
        return
    if isinstance(what, str | bytes):
        _observed.note(Path(os.path.abspath(os.fsdecode(what))))


def _content_digest(path: Path) -> str:
    """Of a file, or of which names a folder holds."""
    if path.is_dir():
        return digest(*sorted(name for name in os.listdir(path) if name not in {*DERIVED, RESULTS}))
    return code_digest(path) if path.suffix == ".py" else file_digest(path)


def _runtime_digest(root: Path, names: Sequence[str]) -> str:
    """The hash of the scripts and kernels in folders of the project or, where it has no such file, the generator's."""
    folders, kinds = tuple(f"{each}/" for each in names), {".js": file_digest, ".wgsl": kernel_digest}
    files = sorted((name, path) for name, path in shared_files(root).items() if name.startswith(folders))
    return digest(*(f"{name} {kinds[path.suffix](path)}" for name, path in files if path.suffix in kinds))


def _data_digest(root: Path, name: str) -> str:
    try:
        return datasets.fingerprint(root, name)
    except BuildError:
        return "absent"
