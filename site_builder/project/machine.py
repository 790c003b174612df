"""The machine that computes: its system and the versions of its libraries.

In: nothing but the machine. Out: names with versions. It does not know what is computed.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata

LIBRARIES = ("numpy", "wgpu", "scikit-learn")


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """Python's version and those of the libraries that take part in a result."""
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
