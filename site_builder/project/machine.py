"""The machine that computes: the versions of its libraries, and what decides which GPU it has.

In: nothing but the machine, which is looked at without asking its driver. Out: names with versions, a digest. It does
not know what is computed.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from site_builder.project.cache import digest
from site_builder.project.imports import file_digest

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
