"""What a result was derived from, found without importing or running any of it.

In: a Python file of the project. Out: digests of everything that could change what it computes: the project files it
imports, this engine, library versions, the machine's GPU drivers, and, once it has run, the kernels, data sets and
other files that it read. It does not know what is computed, and imports no NumPy.

A result is stored in two steps, as compilers do with dependency files. `base` is the digest of what can be known
beforehand; under it lies the list of what the last run read; the digest of `base` and of those things as they are now
is the key of the result.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from site_builder.cache import Cache, digest
from site_builder.errors import BuildError
from site_builder.run import datasets
from site_builder.run.imports import PACKAGE, file_digest, is_authors, python_files

ENGINE = ("errors.py", "graph", "nn", "plan", "run")
LIBRARIES = ("numpy", "wgpu", "scikit-learn")


@dataclass(frozen=True)
class Read:
    """What a run read: kernels by their file under shaders/, data sets by name, files by path from the root."""

    kernels: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def digest(self, root: Path) -> str:
        """The hash of all of it as it is now."""
        parts = [f"kernel {name} {file_digest(shaders() / Path(name).relative_to('shaders'))}" for name in self.kernels]
        parts += [f"data {name} {_data_digest(root, name)}" for name in self.data]
        parts += [f"file {name} {file_digest(root / name)}" for name in self.files]
        return digest(*parts)


@dataclass(frozen=True)
class Derived:
    """A place in the cache for one result."""

    cache: Cache
    root: Path
    kind: str
    base: str

    def find(self) -> tuple[str, bytes] | None:
        """The result's key and bytes, if what it was derived from is still the same."""
        listed = self.cache.get(f"{self.kind}-read", self.base)
        if listed is None:
            return None
        key = self._key(Read(**{name: tuple(found) for name, found in json.loads(listed).items()}))
        stored = self.cache.get(self.kind, key)
        return None if stored is None else (key, stored)

    def store(self, read: Read, result: bytes) -> str:
        """Keep a result; returns its key."""
        listed = {"kernels": sorted(read.kernels), "data": sorted(read.data), "files": sorted(read.files)}
        key = self._key(Read(**{name: tuple(found) for name, found in listed.items()}))
        self.cache.put(self.kind, key, result)
        self.cache.put(f"{self.kind}-read", self.base, json.dumps(listed).encode())
        return key

    def _key(self, read: Read) -> str:
        return digest(self.base, read.digest(self.root))


def shaders() -> Path:
    """The folder of kernels: beside the package in a checkout, inside it when installed."""
    beside = PACKAGE.parent / "shaders"
    return beside if beside.is_dir() else PACKAGE / "_shaders"


def engine() -> str:
    """The digest of the engine's own sources, of the fragments that any kernel may import, and of WebGPU's limits."""
    files = [path for part in ENGINE for path in python_files(PACKAGE / part)]
    files += [*sorted((shaders() / "lib").glob("*.wgsl")), shaders() / "device" / "limits.json"]
    return digest(*(f"{path.name} {file_digest(path)}" for path in files))


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """Python's version and those of the libraries that take part in a result."""
    found = {"python": platform.python_version()}
    for name in libraries:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def machine(runner: str) -> str:
    """The digest of what decides which runner and adapter a build gets, without asking the driver.

    On Linux these are the Vulkan drivers' manifests and the device nodes: install a driver and figures are computed
    anew, on it. With runner "numpy" the GPU takes no part.
    """
    parts = [runner, platform.machine()]
    if runner == "numpy":
        return digest(*parts)
    parts.append(platform.system())
    chosen = ("VK_ICD_FILENAMES", "VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES", "WGPU_BACKEND_TYPE", "WGPU_ADAPTER_NAME")
    parts += [f"{name}={os.environ[name]}" for name in chosen if name in os.environ]
    for folder in ("/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"):
        parts += [f"{path} {file_digest(path)}" for path in sorted(Path(folder).glob("*.json"))]
    for pattern in ("dri/render*", "nvidia[0-9]*"):
        parts += [str(path) for path in sorted(Path("/dev").glob(pattern))]
    return digest(*parts)


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
    code = path.suffix in (".py", ".pyc") or path.is_relative_to(shaders())
    return is_authors(root, path) and not code and path.is_file()


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str):
        _opened.add(arguments[0])


def _data_digest(root: Path, name: str) -> str:
    try:
        return datasets.fingerprint(root, name)
    except BuildError:
        return "absent"
