"""The machine that computes: its system and the versions of its libraries.

In: nothing but the machine. Out: names with versions. It does not know what is computed.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib import metadata

# What models can run on at build time, and the library that it needs: a driver's device, or WebAssembly.
RUNNERS: Mapping[str, str] = {"wgpu": "wgpu", "processor": "wasmtime"}


def versions_with(runner: str) -> dict[str, str]:
    """Python's version and those of the libraries that take part in a result of one of RUNNERS."""
    return versions(("numpy", "scikit-learn", RUNNERS[runner]))


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """Python's version and those of libraries."""
    found = {"python": platform.python_version()}
    for name in libraries:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def system() -> str:
    """The operating system and the kind of processor: "Linux x86_64"."""
    return f"{platform.system()} {platform.machine()}"
